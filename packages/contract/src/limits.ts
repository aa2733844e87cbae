/**
 * Every number that a message may break, with its unit and its source.
 *
 * Sources, read 2026-11-23:
 * - `RBM reference`: Google's generated client and REST reference of rcsbusinessmessaging v1
 *   (developers.google.com/business-communications/rcs-business-messaging/reference/rest).
 * - `RBM guide`: the developer guides beside it (…/guides/build/messages).
 */
export const limits = {
  /** Longest text of a message, in characters. Source: RBM reference, AgentContentMessage.text. */
  textCharsMax: 3072,
  /** Largest stringified message, in bytes of UTF-8 JSON (250 KB). Source: RBM guide, "Send messages". */
  messageBytesMax: 250_000,
  /** Most suggestions under a message. Source: RBM guide, "Suggestion chip list". */
  suggestionsPerMessageMax: 11,
  /** Most suggestions in one card. Source: RBM guide, "Rich cards" (the reference text says 10; the guide is the stricter). */
  suggestionsPerCardMax: 4,
  /** Longest label of a suggestion, in characters. Source: RBM reference, SuggestedReply.text. */
  suggestionTextCharsMax: 25,
  /** Longest postback data, in characters. Source: RBM reference, SuggestedAction.postbackData. */
  postbackDataCharsMax: 2048,
  /** Longest URL of an action or of media, in characters. Source: RBM reference, OpenUrlAction.url. */
  urlCharsMax: 2048,
  /** Longest card title, in characters. Source: RBM reference, CardContent.title. */
  cardTitleCharsMax: 200,
  /** Longest card description, in characters. Source: RBM reference, CardContent.description. */
  cardDescriptionCharsMax: 2000,
  /** Fewest cards in a carousel. Source: RBM reference, CarouselCard.cardContents. */
  carouselCardsMin: 2,
  /** Most cards in a carousel. Source: RBM reference, CarouselCard.cardContents. */
  carouselCardsMax: 10,
  /** Longest title of a calendar event, in characters. Source: RBM reference, CreateCalendarEventAction. */
  calendarTitleCharsMax: 100,
  /** Longest description of a calendar event, in characters. Source: RBM reference, CreateCalendarEventAction. */
  calendarDescriptionCharsMax: 500,
  /** Largest media file, and largest sum of all media of one message, in bytes (100 MiB). Source: RBM guide, "Rich cards". */
  mediaBytesMax: 104_857_600,
  /** Largest thumbnail, in bytes (100 kB). Source: RBM guide, "Media". */
  thumbnailBytesMax: 100_000,
  /** Longest time to live of a message, in milliseconds (15 days). Source: RBM guide, "Set a message expiration". */
  ttlMsMax: 15 * 24 * 60 * 60 * 1000,
  /** Shortest sensible time to live, in milliseconds (10 s). Source: RBM guide, "Set a message expiration" (recommended). */
  ttlMsMin: 10_000,
  /** Longest description (alternative text) of media, in characters. Ours: the reference names no number; a card's description is the nearest. */
  contentDescriptionCharsMax: 2000,
  /** Most fields of a form. Ours: a form longer than this is not finished on a phone. */
  formFieldsMax: 30,
  /** Most options of a select field. Ours: what a handset's list shows without searching. */
  formOptionsMax: 100,
  /** Longest text of a field of a form, in characters. Ours: three pages of a letter. */
  formTextCharsMax: 10_000,
  /** Most languages of one text of a form. Ours. */
  formLanguagesMax: 30,
  /** Shortest time that a form is open, in milliseconds (a minute). Ours. */
  formOpenMsMin: 60_000,
  /** Longest time that a form is open, in milliseconds (90 days). Ours. */
  formOpenMsMax: 90 * 24 * 60 * 60 * 1000,
  /** How long a form is open when nothing is said, in milliseconds (30 days). Ours. */
  formOpenMsDefault: 30 * 24 * 60 * 60 * 1000,
  /** Longest conversation id, in characters. Ours: fits any UUID, hash or e-mail address. */
  conversationIdCharsMax: 128,
  /** Longest message id, in characters. Ours. */
  messageIdCharsMax: 128,
  /** Longest fallback text, in characters: ten concatenated GSM-7 parts of 153. Source: 3GPP TS 23.040, 9.2.3.24.1. */
  fallbackTextCharsMax: 1530,
  /** Most messages in one batch request. Ours: bounded by the 1 MiB body and one commit. */
  batchMessagesMax: 1000,
  /** Most messages in review that one request decides on. Ours: the same as of a batch. */
  reviewsPerRequestMax: 1000,
  /** Longest note on a decision, in characters. Ours. */
  reviewNoteCharsMax: 500,
  /** Most bad lines that the answer to an import names. Ours: who has more looks at the file first. */
  importProblemsMax: 100,
  /** Most attributes of a contact. Ours: the same as of metadata. */
  contactAttributesMax: 50,
  /** Longest text of an attribute, in characters. Ours: the same as of metadata. */
  attributeValueCharsMax: 500,
  /** Most tags of a contact. Ours. */
  contactTagsMax: 50,
  /** Largest body of an import of contacts, in bytes (4 MiB). Ours: some 50,000 lines, stored well within the time that a request has. */
  importBodyBytesMax: 4_194_304,
  /** Largest body of an API request, in bytes (1 MiB). Ours: four whole messages of the largest size. */
  requestBodyBytesMax: 1_048_576,
  /** Most keys of `metadata`. Ours. */
  metadataKeysMax: 50,
  /** Longest key of `metadata`, in characters. Ours. */
  metadataKeyCharsMax: 40,
  /** Longest value of `metadata`, in characters. Ours. */
  metadataValueCharsMax: 500,
  /** Furthest `sendAt` from now, in milliseconds (90 days). Ours. */
  sendAtAheadMsMax: 90 * 24 * 60 * 60 * 1000,
  /** Most rows of one page of a list. Ours. */
  pageSizeMax: 200,
  /** Rows of a page when none is asked for. Ours. */
  pageSizeDefault: 50,
  /** Highest limit of an agent or a provider, in messages a second. Ours: beyond what any carrier grants one sender. */
  messagesPerSecondMax: 100_000,
  /** Highest limit of an API key, in requests a second. Ours: beyond what one node answers. */
  requestsPerSecondMax: 100_000,
  /** Longest label of a conversation, in characters. Ours. */
  labelCharsMax: 40,
  /** Most labels of one conversation. Ours. */
  labelsPerConversationMax: 20,
  /** Longest name of who looks after a conversation or wrote a note, in characters. Ours: fits an e-mail address. */
  assigneeCharsMax: 254,
  /** Longest note on a conversation, in characters. Ours. */
  noteCharsMax: 4000,
  /** Most notes on one conversation. Ours. */
  notesPerConversationMax: 1000,
  /** Largest file of a person that is fetched and kept, in bytes (20 MiB). Ours: far above what phones send by MMS or as a picture over RCS. */
  inboundMediaBytesMax: 20_971_520,
  /** How long a file of a person is kept, in milliseconds (30 days). Ours. */
  inboundMediaKeptMsMax: 30 * 24 * 60 * 60 * 1000,
  /** Most bytes of people's files that are kept at once, over both modes (10 GiB). Ours: strangers may send as much as they like. */
  inboundMediaTotalBytesMax: 10_737_418_240,
  /** How long the link to a file in an event is good, in milliseconds (7 days). Ours. */
  eventMediaLinkMsMax: 7 * 24 * 60 * 60 * 1000,
  /** How long a link to a file that is read over the API is good, in milliseconds (1 day). Ours. */
  mediaLinkMsMax: 24 * 60 * 60 * 1000,
  /** How long after an SMS its numbers are understood as its replies, in milliseconds (24 hours). Ours. */
  numberedReplyMsMax: 24 * 60 * 60 * 1000,
  /** Most endpoints in one mode. Ours: each event is offered to each of them. */
  endpointsMax: 50,
} as const;

/** Most numbers one bulk reachability call takes, and the fewest. Source: RBM reference, users.batchGet. */
export const rbmBatchGetUsers = { min: 500, max: 10_000 } as const;

/** Card media heights, in density-independent pixels. Source: RBM guide, "Rich cards". */
export const mediaHeightDp = { SHORT: 112, MEDIUM: 168, TALL: 264 } as const;
