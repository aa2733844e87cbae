import type { MessageContent } from "@richline/contract";
import { RichlineConnectionError, RichlineError } from "../errors.ts";
import type { BotCore } from "./bot-core.ts";
import { BotEndedError } from "./bot-errors.ts";
import { partsOfKey } from "./conversation-states.ts";
import type { ReplyOptions, SentReply } from "./reply.ts";

export interface Reply {
  readonly messageId: string;
  readonly message: string | MessageContent;
  readonly options: ReplyOptions;
}

/**
 * Sends a reply under an id that is the same in every try, so that the gateway recognises a repeat.
 *
 * A conflict means that an earlier try got through with another content, from a handler whose words change between
 * two tries. The person has an answer to this event, so it counts as sent; a second one would be a double.
 */
export async function sendReply(
  core: BotCore,
  key: string,
  { messageId, message, options }: Reply,
  signal: AbortSignal,
): Promise<SentReply> {
  const { conversationId, agentId } = partsOfKey(key);
  if (conversationId === undefined) {
    throw new TypeError("This event belongs to no conversation, so there is nobody to reply to.");
  }
  if (signal.aborted) throw new BotEndedError("The handler has ended; it can send no more.");
  const content = typeof message === "string" ? { text: message } : message;
  const body = { ...core.replyDefaults, ...options, conversationId, messageId, message: content };
  try {
    const sent = await core.client.messages.send(
      agentId === undefined ? body : { ...body, agentId },
      { signal },
    );
    return { messageId, replayed: sent.replayed, changed: false };
  } catch (error) {
    if (!(error instanceof RichlineError) || error.code !== "message_id_conflict") throw error;
    core.log({
      level: "warn",
      message: `${messageId} was sent before with another content, which the person keeps. If two bots follow this gateway, give each a name of its own.`,
    });
    return { messageId, replayed: true, changed: true };
  }
}

/** Whether the same call may succeed later: no connection, too many requests, a key that is being replaced, an outage. */
export function isPassing(error: unknown): boolean {
  if (error instanceof RichlineConnectionError) return error.reason !== "unreadable";
  if (!(error instanceof RichlineError)) return false;
  return error.status === 429 || error.status === 401 || error.status >= 500;
}
