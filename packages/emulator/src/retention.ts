/** How much the emulator remembers. Everything beyond is forgotten, oldest first; nothing is written to disk. */
export const retention = {
  /** Messages of all phones together. At about 1 kB each, 100 MB. */
  messagesMax: 100_000,
  /** Phones that came into being by use and were never configured. One message each is the rarest use, so as many as messages. */
  phonesByUseMax: 100_000,
  /** Phones made or changed through the control API. */
  configuredPhonesMax: 10_000,
  /** Phones in one answer of `GET /_emulator/phones`: the configured ones first, then the newest by use. */
  listedPhonesMax: 1_000,
  /** Messages in one answer of `GET /_emulator/phones/{number}/messages`: the newest. */
  listedMessagesMax: 10_000,
  /** Ids by which a repeated message or event is recognised. */
  knownIdsMax: 250_000,
  /** Recorded requests. */
  requestsMax: 1_000,
  /** Largest body that a recorded request shows, in bytes; of a larger one only its size is kept. */
  recordedBodyBytesMax: 65_536,
  /** Recorded webhooks. */
  webhooksMax: 1_000,
  /** Webhooks of one agent that wait for their first or next try. One more is dropped, and recorded so. */
  pendingWebhooksMax: 200_000,
  /** Uploaded files. */
  filesMax: 1_000,
  /** Bytes of all uploaded files together (512 MiB). */
  fileBytesMax: 536_870_912,
  /** Bearer tokens that are valid at once. */
  tokensMax: 10_000,
  /** Agents. */
  agentsMax: 1_000,
  /** Regions of one agent's launches. */
  launchRegionsMax: 100,
  /** Answers of capability requests by which a repeated request id is recognised. At about 300 bytes each, 30 MB. */
  capabilityAnswersMax: 100_000,
  /** Addresses whose file was fetched and found good. */
  fetchedMediaMax: 10_000,
  /** Most of the answer to a webhook that a record shows, in bytes. */
  recordedAnswerBytesMax: 2_048,
  /** SMS senders. */
  smsSendersMax: 1_000,
  /** SMPP sessions that are open at once. */
  smppSessionsMax: 100,
  /** SMS of which not all parts have come in; the oldest is forgotten. */
  smsPartsMax: 10_000,
  /** Calls that are never answered; one more ends the oldest. */
  stalledCallsMax: 1_000,
  /** Calls that wait for a message, a webhook or a request. */
  waitsMax: 1_000,
  /** Largest state document, in bytes (32 MiB): 20,000 messages at about 1 kB each, and phones. */
  stateBytesMax: 33_554_432,
  /** Open connections of `GET /_emulator/stream`. */
  streamClientsMax: 32,
} as const;
