import type { BotCore } from "../bot-core.ts";
import {
  type ConversationState,
  type InboxItem,
  inboxCharsMax,
  inboxItemsMax,
  seenMax,
} from "../conversation-state.ts";
import { conversationKey } from "../conversation-states.ts";
import type { BotEvent } from "../event-kinds.ts";
import type { StoredEntry } from "../storage/bot-storage.ts";

/** What the ids of events look like; they become part of the ids of replies. */
const eventIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** An inbox has no room. Whoever brought the event brings it again later. */
export class InboxFullError extends Error {
  override readonly name = "InboxFullError";
}

/**
 * Takes an event into its conversation's inbox, with `beside` in the same write. Durable when it resolves. An event
 * that was there before is not taken again. Rejects with an `InboxFullError` when too much waits there.
 */
export async function receiveEvent(
  core: BotCore,
  event: BotEvent,
  beside?: readonly StoredEntry[],
): Promise<void> {
  if (!isWanted(core, event)) {
    if (beside !== undefined) await core.storage.write(beside);
    return;
  }
  const key = conversationKey(event.conversationId, event.agentId);
  const item = { kind: "event", id: event.id, event } as const;
  await core.states.update(key, (state) => withItem(state, item), beside);
}

/** Whether anything is registered for such an event, and it is of the bot's agent. */
function isWanted(core: BotCore, event: BotEvent): boolean {
  if (!eventIdPattern.test(event.id)) {
    core.log({ level: "warn", message: "An event whose id is not one of a gateway was left out." });
    return false;
  }
  const isOfAgent =
    core.agentId === undefined || event.agentId === undefined || event.agentId === core.agentId;
  return isOfAgent && core.registry.types.has(event.type);
}

/** The state with one more thing to handle, unless it has had it. */
export function withItem(state: ConversationState, item: InboxItem): ConversationState {
  if (state.seen.includes(item.id)) return state;
  if (state.inbox.length > 0 && !hasRoom(state.inbox, item)) {
    throw new InboxFullError("Too many events of the conversation wait to be handled.");
  }
  return {
    ...state,
    inbox: [...state.inbox, item],
    seen: [...state.seen, item.id].slice(-seenMax),
  };
}

function hasRoom(inbox: readonly InboxItem[], item: InboxItem): boolean {
  if (inbox.length >= inboxItemsMax) return false;
  return JSON.stringify([...inbox, item]).length <= inboxCharsMax;
}
