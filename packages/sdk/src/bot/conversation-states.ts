import { BotLimitError } from "./bot-errors.ts";
import {
  type ConversationState,
  decodeState,
  encodeState,
  stateCharsMax,
  wakeAtMs,
} from "./conversation-state.ts";
import type { BotStorage, StoredEntry } from "./storage/bot-storage.ts";

/** The states of all conversations, each changed by one at a time. */
export interface ConversationStates {
  read(key: string): Promise<ConversationState>;
  /**
   * Reads, changes and writes a state; `beside` is written behind it. A change that answers the state it was handed
   * writes nothing. Rejects with a `BotLimitError` when the state would be too large.
   */
  update(
    key: string,
    change: (state: ConversationState) => ConversationState,
    beside?: readonly StoredEntry[],
  ): Promise<ConversationState>;
  /** Writes a state as it is, so that the storage knows when to look at it. */
  refresh(key: string): Promise<void>;
  forget(key: string): Promise<void>;
}

export function createConversationStates(storage: BotStorage): ConversationStates {
  const queues = new Map<string, Promise<unknown>>();
  /** One at a time for each key. */
  const inTurn = async <Result>(key: string, task: () => Promise<Result>): Promise<Result> => {
    const before = queues.get(key) ?? Promise.resolve();
    const running = before.then(task, task);
    const settled = running.catch(() => undefined);
    queues.set(key, settled);
    try {
      return await running;
    } finally {
      if (queues.get(key) === settled) queues.delete(key);
    }
  };
  const read = async (key: string) => decodeState(await storage.read(storageKey(key)));
  const write = (key: string, state: ConversationState, beside: readonly StoredEntry[] = []) => {
    const value = encodeState(state);
    if (value.length > stateCharsMax) checkSize(state);
    return storage.write([{ key: storageKey(key), value, wakeAtMs: wakeAtMs(state) }, ...beside]);
  };
  return {
    read,
    update: (key, change, beside) =>
      inTurn(key, async () => {
        const before = await read(key);
        const after = change(before);
        if (after !== before) await write(key, after, beside);
        else if (beside !== undefined) await storage.write(beside);
        return after;
      }),
    refresh: (key) => inTurn(key, async () => write(key, await read(key))),
    forget: (key) => inTurn(key, () => storage.write([{ key: storageKey(key), value: undefined }])),
  };
}

/** What waits in the inbox has a bound of its own. */
function checkSize(state: ConversationState): void {
  const { length } = encodeState({ ...state, inbox: [] });
  if (length <= stateCharsMax) return;
  throw new BotLimitError(
    `The conversation's session and journal are ${length} characters of JSON; the limit is ${stateCharsMax}. Keep less in the session and in the results of steps.`,
    stateCharsMax,
  );
}

/** Conversations stand apart from what else the bot keeps. */
const keyPrefix = "conversation/";

function storageKey(key: string): string {
  return keyPrefix + key;
}

/** The conversation that a wake-up is for. */
export function conversationOf(key: string): string {
  return key.slice(keyPrefix.length);
}

/** The same conversation id at two agents is two conversations. `*` holds what belongs to no conversation. */
export function conversationKey(
  conversationId: string | undefined,
  agentId: string | undefined,
): string {
  return conversationId === undefined ? "*" : `${agentId ?? ""}/${conversationId}`;
}

/** What a key was made of. Agents' names hold no slash. */
export function partsOfKey(key: string): {
  readonly conversationId: string | undefined;
  readonly agentId: string | undefined;
} {
  if (key === "*") return { conversationId: undefined, agentId: undefined };
  const slash = key.indexOf("/");
  const agentId = key.slice(0, slash);
  return {
    conversationId: key.slice(slash + 1),
    agentId: agentId === "" ? undefined : agentId,
  };
}
