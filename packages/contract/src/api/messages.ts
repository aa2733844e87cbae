import { z } from "zod";
import { agentId, conversationId, e164, messageId, mode, timestamp } from "../ids.ts";
import { limits } from "../limits.ts";
import { messageContent, messageTypes } from "../message/content.ts";
import { problem } from "../problem.ts";
import { deviceSupports, interactionType, messageStatus, trafficType } from "../status.ts";
import { purpose } from "./consents.ts";
import { page, pageQuery } from "./page.ts";

/** Free key-value pairs of the customer, returned in events. Keys are sorted, so that equal metadata compares equal. */
export const metadata = z
  .record(
    z.string().min(1).max(limits.metadataKeyCharsMax),
    z.string().max(limits.metadataValueCharsMax),
  )
  .refine((value) => Object.keys(value).length <= limits.metadataKeysMax, {
    error: `At most ${limits.metadataKeysMax} keys.`,
    params: { code: "too_many", limit: limits.metadataKeysMax },
  })
  .transform((value) =>
    Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
  );

/** A length of time as Google writes it: seconds with a final `s`, such as `600s`. 10 s to 15 days. */
export const ttl = z
  .string()
  .regex(/^[0-9]{1,7}(\.[0-9]{1,9})?s$/, {
    error: "Use seconds with a final s, such as 600s.",
    abort: true,
  })
  .refine((value) => within(ttlToMs(value), limits.ttlMsMin, limits.ttlMsMax), {
    error: "The time to live is 10 s to 15 days.",
    params: { code: "invalid_value", limit: limits.ttlMsMax / 1000 },
  });

/** Milliseconds of a `ttl` string. */
export function ttlToMs(value: string): number {
  return Math.round(Number.parseFloat(value) * 1000);
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

/** Body of `POST /v1/messages`. */
export const sendMessageRequest = z.strictObject({
  conversationId,
  messageId: messageId.optional(),
  message: messageContent,
  /** Needed when the conversation is not known and its id is no number. */
  to: e164.optional(),
  agentId: agentId.optional(),
  userId: z.string().min(1).max(limits.conversationIdCharsMax).optional(),
  fallbackText: z.string().min(1).max(limits.fallbackTextCharsMax).optional(),
  /** `never`: no SMS, whatever the agent's routes are. Default `auto`. */
  fallback: z.enum(["auto", "never"]).optional(),
  trafficType: trafficType.optional(),
  /** What the message is for: the person's consent to it counts beside that to `all`. */
  purpose: purpose.optional(),
  sendAt: timestamp.optional(),
  /** How long RCS may try. Then the message is taken back and goes on as SMS; without an SMS route it is EXPIRED. */
  ttl: ttl.optional(),
  /** 0 is the most urgent, 9 the least. The traffic type's own when not given. */
  priority: z.int().min(0).max(9).optional(),
  metadata: metadata.optional(),
  dryRun: z.boolean().optional(),
});
export type SendMessageRequest = z.output<typeof sendMessageRequest>;
export type SendMessageInput = z.input<typeof sendMessageRequest>;

/** Something that is allowed but may surprise. */
export const warning = z.object({ path: z.string(), code: z.string(), detail: z.string() });
export type Warning = z.output<typeof warning>;

/** Answer of `POST /v1/messages`. `state` is the status at acceptance; a replay answers the first one. */
export const sendMessageResponse = z.object({
  name: z.string(),
  createTime: timestamp,
  state: z.enum(["QUEUED", "SCHEDULED"]),
  fallbackText: z.string().optional(),
  warnings: z.array(warning).optional(),
});
export type SendMessageResponse = z.output<typeof sendMessageResponse>;

/** Body of `POST /v1/messages:batch`. Each entry is judged by itself. */
export const batchRequest = z.strictObject({
  messages: z.array(z.unknown()).min(1).max(limits.batchMessagesMax),
});

/** Answer of `POST /v1/messages:batch`: one result an entry, in the order given. */
export const batchResponse = z.object({
  accepted: z.int(),
  rejected: z.int(),
  results: z.array(
    z.object({
      status: z.int(),
      message: sendMessageResponse.optional(),
      problem: problem.optional(),
    }),
  ),
});
export type BatchResponse = z.output<typeof batchResponse>;

/** What a message would be over one of its routes, in the order they are tried. */
export const channelPreview = z.object({
  channel: z.enum(["rcs", "sms"]),
  provider: z.string(),
  /** SMS only: the words, the alphabet they need and how many messages that is. */
  sms: z
    .object({ text: z.string(), encoding: z.enum(["GSM-7", "UCS-2"]), parts: z.int() })
    .optional(),
});
export type ChannelPreview = z.output<typeof channelPreview>;

/** Answer of `POST /v1/messages:validate` and of a `dryRun`. */
export const validateResponse = z.object({
  valid: z.literal(true),
  messageType: z.enum(messageTypes),
  fallbackText: z.string().optional(),
  previews: z.array(channelPreview),
  warnings: z.array(warning),
});
export type ValidateResponse = z.output<typeof validateResponse>;

/** A message as the API shows it. */
export const message = z.object({
  name: z.string(),
  id: z.string(),
  mode,
  agentId: z.string(),
  conversationId: z.string(),
  userId: z.string().optional(),
  /** Empty once the person is erased. */
  phoneNumber: z.string(),
  messageType: z.enum(messageTypes),
  /** Null once the person is erased. */
  content: z.unknown(),
  fallbackText: z.string().optional(),
  trafficType,
  purpose: z.string().optional(),
  status: messageStatus,
  deviceSupport: z.enum(deviceSupports),
  reason: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
  createTime: timestamp,
  sendAt: timestamp.optional(),
  sentAt: timestamp.optional(),
  deliveredAt: timestamp.optional(),
  readAt: timestamp.optional(),
  /** When the person was erased, and with them what the message said. */
  erasedAt: timestamp.optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  interactions: z.array(
    z.object({
      id: z.string(),
      interactionType,
      postbackData: z.string().optional(),
      createdAt: timestamp,
    }),
  ),
  /** Tracked links, where the agent has them: how often people followed each. */
  links: z
    .array(
      z.object({
        url: z.string(),
        trackedUrl: z.string(),
        clicks: z.int(),
        lastClickedAt: timestamp.optional(),
      }),
    )
    .optional(),
});
export type Message = z.output<typeof message>;

/** A message in a list: no interactions, which are read one message at a time. */
export const messageListItem = message.omit({ interactions: true, links: true });
export type MessageListItem = z.output<typeof messageListItem>;
export const messagePage = page(messageListItem);
export type MessagePage = z.output<typeof messagePage>;

export const listMessagesQuery = z.strictObject({
  ...pageQuery,
  status: messageStatus.optional(),
  conversationId: conversationId.optional(),
  agentId: agentId.optional(),
});

/** One line of a message's history, oldest first. */
export const timelineEntry = z.object({
  at: timestamp,
  kind: z.enum(["event", "attempt", "receipt"]),
  /** Event type, `attempt`, or the receipt's kind. */
  type: z.string(),
  provider: z.string().optional(),
  /** The provider's own words, as it sent them. */
  detail: z.unknown().optional(),
});
export const timeline = z.object({ messageId: z.string(), entries: z.array(timelineEntry) });
export type Timeline = z.output<typeof timeline>;
