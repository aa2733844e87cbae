import type { JsonValue } from "../messages/postback-data.ts";
import type { BotEvent, PersonEventKind } from "./event-kinds.ts";

/** Most events of one conversation that wait to be handled. Ours: nobody taps that fast. */
export const inboxItemsMax = 200;
/** Most characters of them as JSON. Ours: room for 200 long texts. */
export const inboxCharsMax = 1_000_000;
/** How many events of a conversation are remembered after they were handled, so that they are not handled again. Ours. */
export const seenMax = 256;
/** Most steps of one run of a durable conversation. Ours: a loop that never ends is stopped. */
export const journalStepsMax = 1_000;
/** Most characters of a conversation's session and journal as JSON. Ours: each step writes them. */
export const stateCharsMax = 1_000_000;

/** What waits to be handled in a conversation. */
export type InboxItem =
  | { readonly kind: "event"; readonly id: string; readonly event: BotEvent }
  | {
      readonly kind: "enter";
      readonly id: string;
      readonly name: string;
      readonly input?: JsonValue | undefined;
    };

/** How a step ended: with a value (none is undefined), or with an error to be thrown. */
export type StepOutcome =
  | { readonly value?: unknown }
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly detail?: unknown;
      };
    };

/** A step that is done. `step` is its kind and, where it has one, its name: `run:price`. */
export interface JournalEntry {
  readonly step: string;
  readonly outcome: StepOutcome;
}

/** What a run waits for. */
export interface Wait {
  readonly step: string;
  readonly kinds: readonly PersonEventKind[];
  /** The question, where it is one: only what answers it counts. */
  readonly question?: {
    readonly messageId: string;
    readonly offered: readonly { readonly label: string; readonly postbackData: string }[];
  };
  readonly untilMs?: number;
}

/** One walk through a durable conversation. Without a `wait` it is to be gone on with. */
export interface Run {
  readonly id: string;
  readonly name: string;
  readonly input?: JsonValue | undefined;
  readonly journal: readonly JournalEntry[];
  readonly wait?: Wait | undefined;
}

/** Everything that a bot knows of one conversation. It is written as a whole. */
export interface ConversationState {
  readonly inbox: readonly InboxItem[];
  /** Ids of the newest events that came in, oldest first. */
  readonly seen: readonly string[];
  readonly session?: unknown;
  readonly run?: Run | undefined;
  /** What failed for now: how often, and when it is tried again. */
  readonly retry?: { readonly tries: number; readonly atMs: number } | undefined;
}

const empty: ConversationState = { inbox: [], seen: [] };

export function decodeState(json: string | undefined): ConversationState {
  // SAFETY: only `encodeState` writes these values.
  return json === undefined ? empty : (JSON.parse(json) as ConversationState);
}

export function encodeState(state: ConversationState): string {
  return JSON.stringify(state);
}

/** When somebody has to look at the conversation again; 0 is now. Nothing when only an event changes anything. */
export function wakeAtMs({ inbox, run, retry }: ConversationState): number | undefined {
  if (retry !== undefined) return retry.atMs;
  if (inbox.length > 0 || (run !== undefined && run.wait === undefined)) return 0;
  return run?.wait?.untilMs;
}

/** The state without the item: it is done. */
export function withoutItem(state: ConversationState, id: string): ConversationState {
  return { ...state, inbox: state.inbox.filter((item) => item.id !== id) };
}
