import type { MessageContent } from "@richline/contract";
import type { BotEvent } from "./event-kinds.ts";
import type { ReplyOptions, SentReply } from "./reply.ts";

/** Where an error came from, for `bot.catch`. */
export interface Failure {
  /** The event that was handled; nothing when a durable conversation went on by itself. */
  readonly event: BotEvent | undefined;
  readonly conversationId: string | undefined;
  /** The durable conversation that failed and is ended. */
  readonly conversation: string | undefined;
  /** Tells the person something. */
  reply(message: string | MessageContent, options?: ReplyOptions): Promise<SentReply>;
}
