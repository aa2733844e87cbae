import type {
  PersonEventRequest,
  PersonSendsRequest,
  Phone,
  PhoneScreen,
  ScreenSuggestion,
  Thread,
  ThreadMessage,
  UpdatePhoneRequest,
  WaitForMessageQuery,
} from "@richline/contract";
import { type Caller, EmulatorError } from "./call.ts";

/** How much longer than the wait itself its answer may take, in milliseconds. */
const waitGraceMs = 10_000;

/** What to set on a phone; null takes a setting back. */
export type PhoneSettings = UpdatePhoneRequest;

/** Which message is waited for: the first that fits all that is given. What an agent sent, unless `direction` says otherwise. */
export interface WaitForMessage
  extends Readonly<Omit<WaitForMessageQuery, "since" | "timeoutMs" | "direction">> {
  /** `outbound`, from an agent or a sender to the person, when not given. */
  readonly direction?: "outbound" | "inbound" | "any";
  /** Only messages behind this one: the message itself, its id, or an instant in RFC 3339. */
  readonly since?: Pick<ThreadMessage, "messageId"> | string;
  /** Real time, in milliseconds, at most 60,000; 10,000 when not given. */
  readonly timeoutMs?: number;
}

/** Which suggestion is tapped: its label, or what tells it from others. */
export type Tap =
  | string
  | {
      readonly label?: string;
      readonly postbackData?: string;
      /** Only of this message. */
      readonly messageId?: string;
    };

/** A phone, and the person who holds it. */
export interface PhoneControl {
  readonly phoneNumber: string;
  /** Changes the phone; makes it when there is none. */
  set(settings: PhoneSettings): Promise<Phone>;
  /** What the phone is. */
  settings(): Promise<Phone>;
  /** Waits for a message, there already or to come. When it does not come, the error says what the phone shows instead. */
  waitForMessage(wanted?: WaitForMessage): Promise<ThreadMessage>;
  /** Taps what can be tapped now; of several that fit, the newest. */
  tap(suggestion: Tap): Promise<ScreenSuggestion>;
  /** Writes a text; by the channel and to the addressee of the newest message unless they are given. */
  type(
    text: string,
    to?: Pick<PersonSendsRequest, "agentId" | "channel" | "sender">,
  ): Promise<ThreadMessage>;
  shareLocation(
    location: { readonly latitude: number; readonly longitude: number },
    to?: Pick<PersonSendsRequest, "agentId">,
  ): Promise<ThreadMessage>;
  sendFile(
    file: NonNullable<PersonSendsRequest["file"]>,
    to?: Pick<PersonSendsRequest, "agentId">,
  ): Promise<ThreadMessage>;
  /** Reads all that is unread, of one agent or of all; answers how many messages that were. */
  read(agentId?: string): Promise<number>;
  /** Begins to write. */
  startTyping(agentId?: string): Promise<void>;
  unsubscribe(agentId?: string): Promise<void>;
  subscribe(agentId?: string): Promise<void>;
  /** The thread, oldest first; empty for a phone that nobody has written to. */
  messages(agentId?: string): Promise<readonly ThreadMessage[]>;
  /** What the screen shows: lines, cards, what can be tapped now, and how much is unread. */
  shown(agentId?: string): Promise<PhoneScreen>;
  /** Takes the phone away. */
  remove(): Promise<void>;
}

export function createPhoneControl(call: Caller, phoneNumber: string): PhoneControl {
  const path = `/phones/${encodeURIComponent(phoneNumber)}`;
  const send = (body: PersonSendsRequest) =>
    call<ThreadMessage>({ method: "POST", path: `${path}/messages`, body });
  const act = (event: PersonEventRequest["event"], agentId: string | undefined) =>
    call<{ readonly messagesRead?: number }>({
      method: "POST",
      path: `${path}/events`,
      body: { event, agentId },
    });
  const shown = (agentId?: string) =>
    call<PhoneScreen>({ path: `${path}/shown`, query: { agentId } });
  return {
    phoneNumber,
    set: (settings) => setPhone(call, phoneNumber, settings),
    settings: () => call({ path }),
    waitForMessage: (wanted = {}) => waitForMessage(call, path, wanted),
    tap: async (tap) => {
      const wanted = typeof tap === "string" ? { label: tap } : tap;
      const { messageId, index, ...suggestion } = findTappable(await shown(), wanted);
      await call({ method: "POST", path: `${path}/taps`, body: { messageId, index } });
      return { messageId, index, ...suggestion };
    },
    type: (text, to = {}) => send({ text, ...to }),
    shareLocation: (location, to = {}) => send({ location, ...to }),
    sendFile: (file, to = {}) => send({ file, ...to }),
    read: async (agentId) => (await act("read", agentId)).messagesRead ?? 0,
    startTyping: async (agentId) => void (await act("typing", agentId)),
    unsubscribe: async (agentId) => void (await act("unsubscribe", agentId)),
    subscribe: async (agentId) => void (await act("subscribe", agentId)),
    messages: (agentId) => readThread(call, path, agentId),
    shown,
    remove: () => call({ method: "DELETE", path }),
  };
}

async function setPhone(
  call: Caller,
  phoneNumber: string,
  settings: PhoneSettings,
): Promise<Phone> {
  const path = `/phones/${encodeURIComponent(phoneNumber)}`;
  const known = await unlessMissing(call<Phone>({ path }));
  if (known === undefined) await call({ method: "POST", path: "/phones", body: { phoneNumber } });
  return call({ method: "PATCH", path, body: settings });
}

function waitForMessage(
  call: Caller,
  path: string,
  { direction = "outbound", since, timeoutMs = 10_000, ...query }: WaitForMessage,
): Promise<ThreadMessage> {
  return call({
    path: `${path}/wait`,
    timeoutMs: timeoutMs + waitGraceMs,
    query: {
      ...query,
      timeoutMs,
      direction: direction === "any" ? undefined : direction,
      since: typeof since === "object" ? since.messageId : since,
    },
  });
}

function findTappable(screen: PhoneScreen, wanted: Exclude<Tap, string>): ScreenSuggestion {
  const { label, postbackData, messageId } = wanted;
  const found = screen.suggestions.findLast(
    (one) =>
      (label === undefined || one.label === label) &&
      (postbackData === undefined || one.postbackData === postbackData) &&
      (messageId === undefined || one.messageId === messageId),
  );
  if (found !== undefined) return found;
  const labels = screen.suggestions.map((one) => JSON.stringify(one.label));
  const lines = screen.lines.map(({ text }) => JSON.stringify(text));
  throw new EmulatorError(`Tapping ${JSON.stringify(wanted)} on ${screen.phoneNumber}`, 404, {
    code: "not_found",
    detail:
      labels.length === 0
        ? `nothing can be tapped. The phone shows ${lines.join(", ") || "nothing"}.`
        : `what can be tapped is ${labels.join(", ")}.`,
    lines: screen.lines,
  });
}

async function readThread(
  call: Caller,
  path: string,
  agentId: string | undefined,
): Promise<readonly ThreadMessage[]> {
  const thread = call<Thread>({ path: `${path}/messages`, query: { agentId } });
  return (await unlessMissing(thread))?.messages ?? [];
}

async function unlessMissing<Body>(answer: Promise<Body>): Promise<Body | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EmulatorError && error.status === 404) return undefined;
    throw error;
  }
}
