import type { Client } from "../client.ts";
import type { Timing } from "../timing.ts";
import type { BotLog } from "./bot-log.ts";
import type { ConversationStates } from "./conversation-states.ts";
import type { Registry } from "./registry.ts";
import type { ReplyOptions } from "./reply.ts";
import type { BotStorage } from "./storage/bot-storage.ts";

/** Where a bot gets its time, its waiting and its dice from. Tests hand in their own. */
export interface BotTiming extends Timing {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What the parts of a bot share. */
export interface BotCore {
  /** Begins the ids of the bot's messages. */
  readonly name: string;
  readonly agentId: string | undefined;
  readonly client: Client;
  readonly storage: BotStorage;
  readonly states: ConversationStates;
  readonly registry: Registry;
  readonly timing: BotTiming;
  readonly log: BotLog;
  readonly initialSession: () => unknown;
  readonly replyDefaults: ReplyOptions;
  readonly handlerTimeoutMs: number;
  readonly concurrencyMax: number;
  /** Aborts when the bot stops and its handlers have had their time. */
  readonly stopped: AbortSignal;
  /** Called then. A set, as there are more of them than a signal takes for a leak. */
  readonly onStopped: Set<() => void>;
}
