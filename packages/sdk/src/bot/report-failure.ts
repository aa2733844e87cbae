import type { BotCore } from "./bot-core.ts";
import { partsOfKey } from "./conversation-states.ts";
import type { BotEvent } from "./event-kinds.ts";
import { sendReply } from "./send-reply.ts";

interface Origin {
  readonly key: string;
  /** The id of the event or run that failed. */
  readonly id: string;
  readonly event?: BotEvent;
  readonly conversation?: string;
}

/** Tells `bot.catch`, or the log where there is none. Rejects with what `bot.catch` throws. */
export async function reportFailure(core: BotCore, error: unknown, origin: Origin): Promise<void> {
  const { onFailure } = core.registry;
  if (onFailure === undefined) {
    const what = origin.conversation === undefined ? "A handler" : `"${origin.conversation}"`;
    core.log({ level: "error", message: `${what} failed.`, eventId: origin.event?.id, error });
    return;
  }
  let replies = 0;
  await onFailure(error, {
    event: origin.event,
    conversationId: partsOfKey(origin.key).conversationId,
    conversation: origin.conversation,
    reply: (message, options = {}) => {
      replies += 1;
      const messageId = `${core.name}.${origin.id}.failed${replies}`;
      return sendReply(core, origin.key, { messageId, message, options }, core.stopped);
    },
  });
}
