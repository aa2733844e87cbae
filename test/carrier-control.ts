import type {
  CreatePhoneRequest,
  FaultRule,
  PersonSendsRequest,
  PutSmsSenderRequest,
  TapRequest,
  Thread,
  ThreadMessage,
  UpdatePhoneRequest,
} from "@richline/contract";

/** One request that came in at the carrier, as its log shows it. */
export interface CarrierRequest {
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly at: string;
}

/** The emulator's control API: sets the scene, acts as the person, and shows what happened. */
export interface CarrierControl {
  makePhone(phone: CreatePhoneRequest): Promise<void>;
  changePhone(phoneNumber: string, change: UpdatePhoneRequest): Promise<void>;
  /** What the phone shows, oldest first; nothing for a phone that nobody has written to. */
  thread(phoneNumber: string): Promise<readonly ThreadMessage[]>;
  /** Whether the agent's typing bubble shows. */
  showsTyping(phoneNumber: string): Promise<boolean>;
  tap(phoneNumber: string, tap: TapRequest): Promise<void>;
  personSends(phoneNumber: string, what: PersonSendsRequest): Promise<void>;
  /** Uploads a file as the phone page does; answers where it is. */
  uploadFile(agentId: string, file: Blob): Promise<string>;
  personReads(phoneNumber: string): Promise<void>;
  personTypes(phoneNumber: string): Promise<void>;
  setFaults(rules: readonly FaultRule[]): Promise<void>;
  /** Rules behind those that are set. */
  addFaults(rules: readonly FaultRule[]): Promise<void>;
  /** The rules that are not used up yet. */
  faults(): Promise<readonly FaultRule[]>;
  /** Calls that try to send a message, oldest first; the newest 1,000 requests are known. */
  sends(): Promise<readonly CarrierRequest[]>;
  /** Those of them that are RCS. */
  rcsSends(): Promise<readonly CarrierRequest[]>;
  /** Those of them that are SMS over Twilio's API. */
  smsSends(): Promise<readonly CarrierRequest[]>;
  /** Parts of SMS that came over SMPP; a throttled one has the status 429. */
  submits(): Promise<readonly CarrierRequest[]>;
  /** Calls that ask what phones can do, one or many. */
  lookups(): Promise<readonly CarrierRequest[]>;
  /** Calls that try to take a message back, oldest first. */
  revocations(): Promise<readonly CarrierRequest[]>;
  /** Webhooks that were not answered 200 yet. */
  webhooksPending(): Promise<number>;
  /** Changes what a sender of SMS is reached by, credentials included. */
  changeSender(address: string, wire: PutSmsSenderRequest): Promise<void>;
  /** Where an agent's webhooks go from now on; the address must pass the challenge. */
  pointWebhooksAt(agentId: string, webhookUrl: string): Promise<void>;
}

export function createCarrierControl(emulatorUrl: string): CarrierControl {
  const call = (method: string, path: string, body?: unknown) =>
    callControl(`${emulatorUrl}/_emulator${path}`, method, body);
  const phonePath = (phoneNumber: string) => `/phones/${encodeURIComponent(phoneNumber)}`;
  const requests = async () =>
    // SAFETY: the control API answers this shape; a wrong one fails the expectations.
    ((await call("GET", "/requests")) as { requests: CarrierRequest[] }).requests;
  const faults = async () =>
    // SAFETY: as above.
    ((await call("GET", "/faults")) as { rules: FaultRule[] }).rules;
  return {
    makePhone: async (phone) => void (await call("POST", "/phones", phone)),
    changePhone: async (phoneNumber, change) =>
      void (await call("PATCH", phonePath(phoneNumber), change)),
    thread: async (phoneNumber) => {
      const path = `${phonePath(phoneNumber)}/messages`;
      const answer = await call("GET", path);
      // SAFETY: the control API answers this shape; a wrong one fails the expectations.
      return answer === undefined ? [] : (answer as Thread).messages;
    },
    showsTyping: async (phoneNumber) => {
      const answer = await call("GET", `${phonePath(phoneNumber)}/messages`);
      // SAFETY: as above.
      return (answer as Thread | undefined)?.agentTypingUntil !== undefined;
    },
    tap: async (phoneNumber, tap) =>
      void (await call("POST", `${phonePath(phoneNumber)}/taps`, tap)),
    personSends: async (phoneNumber, what) =>
      void (await call("POST", `${phonePath(phoneNumber)}/messages`, what)),
    uploadFile: async (agentId, file) => {
      // SAFETY: as above.
      const { access_token: token } = (await call("POST", "/token", {})) as {
        access_token: string;
      };
      const answer = await fetch(`${emulatorUrl}/upload/v1/files?agentId=${agentId}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": file.type },
        body: file,
      });
      // SAFETY: as above.
      const { name } = (await answer.json()) as { name: string };
      return `${emulatorUrl}/_emulator/${name}`;
    },
    personReads: async (phoneNumber) =>
      void (await call("POST", `${phonePath(phoneNumber)}/events`, { event: "read" })),
    personTypes: async (phoneNumber) =>
      void (await call("POST", `${phonePath(phoneNumber)}/events`, { event: "typing" })),
    setFaults: async (rules) => void (await call("PUT", "/faults", { rules })),
    addFaults: async (rules) =>
      void (await call("PUT", "/faults", { rules: [...(await faults()), ...rules] })),
    faults,
    sends: async () =>
      (await requests()).filter(({ method, url }) => method === "POST" && isSend(url)),
    rcsSends: async () =>
      (await requests()).filter(
        ({ method, url }) => method === "POST" && url.includes("/agentMessages"),
      ),
    smsSends: async () =>
      (await requests()).filter(
        ({ method, url }) => method === "POST" && url.includes("/Messages.json"),
      ),
    submits: async () =>
      (await requests()).filter(
        ({ method, url }) => method === "SMPP" && url.endsWith("/submit_sm"),
      ),
    lookups: async () =>
      (await requests()).filter(({ url }) => /\/capabilities|:batchGet/.test(url)),
    revocations: async () =>
      (await requests()).filter(
        ({ method, url }) => method === "DELETE" && url.includes("/agentMessages"),
      ),
    webhooksPending: async () =>
      // SAFETY: as above.
      ((await call("GET", "/health")) as { webhooksPending: number }).webhooksPending,
    changeSender: async (address, wire) =>
      void (await call("PUT", `/sms-senders/${encodeURIComponent(address)}`, wire)),
    pointWebhooksAt: async (agentId, webhookUrl) =>
      void (await call("PUT", `/agents/${agentId}`, { webhookUrl })),
  };
}

function isSend(url: string): boolean {
  return url.includes("/agentMessages") || url.includes("/Messages.json");
}

/** Answers the parsed body; nothing for a 404 of a read. Any other refusal is the test's mistake. */
async function callControl(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status === 404 && method === "GET") return undefined;
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
