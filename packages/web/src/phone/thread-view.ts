import type { Phone, ThreadMessage } from "@richline/contract";
import { readContent } from "../message/content-view.ts";
import { objectIn } from "../message/read-json.ts";
import type { SuggestionView } from "../message/suggestion-view.ts";
import type { Agent } from "./emulator-api.ts";
import { displayPhoneNumber } from "./phone-in-url.ts";

/** A pause after which the thread shows the time again, in milliseconds (1 h). Ours: what Google Messages seems to do. */
const pauseMs = 60 * 60 * 1000;
/** Messages of one side that are closer than this stand together, in milliseconds (2 min). Ours, as above. */
const groupMs = 2 * 60 * 1000;

/** A message's place among its neighbours. */
export interface RowPlace {
  readonly showsTimeAbove: boolean;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
}

/** Where a message of a thread, oldest first, stands in the groups by sender and time. Only the rows in sight are asked for. */
export function rowOf(messages: readonly ThreadMessage[], index: number): RowPlace {
  const message = messages[index];
  if (message === undefined) return { showsTimeAbove: false, startsGroup: true, endsGroup: true };
  const before = messages[index - 1];
  const after = messages[index + 1];
  const showsTimeAbove = before === undefined || isLongPause(before, message);
  return {
    showsTimeAbove,
    startsGroup: showsTimeAbove || !standTogether(before, message),
    endsGroup: after === undefined || isLongPause(message, after) || !standTogether(message, after),
  };
}

/** The chips to show, and under which message: those of the newest message, until one of them is tapped or the person writes. */
export function visibleChips(
  messages: readonly ThreadMessage[],
): { readonly messageId: string; readonly chips: readonly SuggestionView[] } | undefined {
  const at = messages.findLastIndex((message) => !isSilentTap(message));
  const newest = messages[at];
  if (newest === undefined || newest.direction === "inbound" || newest.channel === "sms") {
    return undefined;
  }
  const { chips } = readContent(newest.content, () => undefined);
  const tapped = messages.slice(at + 1).map(postbackOf);
  if (chips.length === 0 || chips.some((chip) => tapped.includes(chip.postbackData))) {
    return undefined;
  }
  return { messageId: newest.messageId, chips };
}

/** RCS messages of agents that are not read yet. `reported` are the ids whose reading was reported already. */
export function newlyRead(
  messages: readonly ThreadMessage[],
  reported: ReadonlySet<string>,
): readonly ThreadMessage[] {
  return messages.filter(
    (message) =>
      message.direction === "outbound" &&
      message.channel === "rcs" &&
      message.readAt === undefined &&
      !reported.has(message.messageId),
  );
}

/** What tells messages of a thread apart: an agent and a person may choose the same id. */
export function keyOf(message: ThreadMessage): string {
  const known = keys.get(message);
  if (known !== undefined) return known;
  const key = `${message.direction} ${message.channel} ${partyOf(message)} ${message.messageId}`;
  keys.set(message, key);
  return key;
}

/** Ten thousand keys are asked for whenever a long thread grows. */
const keys = new WeakMap<ThreadMessage, string>();

function postbackOf(message: ThreadMessage): unknown {
  return objectIn(message.content["suggestionResponse"])?.["postbackData"];
}

function isSilentTap(message: ThreadMessage): boolean {
  const response = objectIn(message.content["suggestionResponse"]);
  return message.direction === "inbound" && response?.["type"] === "ACTION";
}

function isLongPause(before: ThreadMessage, after: ThreadMessage): boolean {
  const gapMs = Date.parse(after.sentAt) - Date.parse(before.sentAt);
  const newDay = new Date(after.sentAt).toDateString() !== new Date(before.sentAt).toDateString();
  return gapMs > pauseMs || newDay;
}

function standTogether(before: ThreadMessage, after: ThreadMessage): boolean {
  return (
    before.direction === after.direction &&
    before.channel === after.channel &&
    partyOf(before) === partyOf(after) &&
    // What stands under an SMS of several parts is said of it alone.
    (before.parts ?? 1) === 1 &&
    Date.parse(after.sentAt) - Date.parse(before.sentAt) < groupMs
  );
}

/** Whom the thread is with: the agent or the SMS sender of the newest message. */
export function agentOfThread(
  agents: readonly Agent[],
  messages: readonly ThreadMessage[],
): Agent | undefined {
  const newest = messages.at(-1);
  return newest === undefined ? agents[0] : agentOfMessage(agents, newest);
}

/** Whom a message is with. An SMS sender, and an agent that the emulator does not list, has its id for a name. */
function agentOfMessage(agents: readonly Agent[], message: ThreadMessage): Agent {
  const { channel } = message;
  const agentId = partyOf(message);
  const known = agents.find((agent) => agent.channel === channel && agent.agentId === agentId);
  return (
    known ?? {
      channel,
      agentId,
      displayName: /^\+[0-9]+$/.test(agentId) ? displayPhoneNumber(agentId) : agentId,
    }
  );
}

/** Finds whom each message is with, and answers the same object for the same one, so that its rows are not drawn again. */
export function agentFinder(agents: readonly Agent[]): (message: ThreadMessage) => Agent {
  const found = new Map<string, Agent>();
  return (message) => {
    const key = `${message.channel} ${partyOf(message)}`;
    const agent = found.get(key) ?? agentOfMessage(agents, message);
    found.set(key, agent);
    return agent;
  };
}

/** By which channel the person writes: RCS where the phone has it, unless the newest message is an SMS. */
export function replyChannel(
  phone: Pick<Phone, "rcs">,
  messages: readonly ThreadMessage[],
): ThreadMessage["channel"] {
  return phone.rcs === "enabled" ? (messages.at(-1)?.channel ?? "rcs") : "sms";
}

/** What stands under an SMS: that it is one, and in how many parts it came, if in several. */
export function smsLabel({ parts = 1 }: Pick<ThreadMessage, "parts">): string {
  return parts === 1 ? "Text message" : `Text message · ${parts} parts`;
}

function partyOf({ agentId, sender }: ThreadMessage): string {
  return agentId ?? sender ?? "";
}

/**
 * Whether the person has opted out of what the agent sends: the last keyword they wrote to it says so.
 * Source: RBM guide, "Unsubscribe and resubscribe", the keywords of each country.
 */
export function isOptedOut(messages: readonly ThreadMessage[], agentId: string): boolean {
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (message?.direction !== "inbound" || message.agentId !== agentId) continue;
    const words = String(message.content["text"] ?? "")
      .trim()
      .toLowerCase();
    if (optOutWords.includes(words)) return true;
    if (optInWords.includes(words)) return false;
  }
  return false;
}

const optOutWords = ["stop", "baja", "parar"];
const optInWords = ["start", "alta", "démarrer", "começar"];
