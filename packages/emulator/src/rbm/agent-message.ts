import { limits } from "@richline/contract";
import { z } from "zod";
import { exactlyOneOf } from "./one-of.ts";
import { rbmContentInfo, rbmRichCard, rbmUploadedFile, uploadedName } from "./rich-card.ts";
import { rbmSuggestion, rbmTimestamp } from "./suggestion.ts";

/** What a message shows. Source: RBM reference, AgentContentMessage. */
const contentMessage = z
  .strictObject({
    text: z.string().min(1).max(limits.textCharsMax).optional(),
    fileName: uploadedName.optional(),
    uploadedRbmFile: rbmUploadedFile.optional(),
    richCard: rbmRichCard.optional(),
    contentInfo: rbmContentInfo.optional(),
    suggestions: z.array(rbmSuggestion).max(limits.suggestionsPerMessageMax).optional(),
  })
  .refine(...exactlyOneOf(["text", "fileName", "uploadedRbmFile", "richCard", "contentInfo"]));
export type RbmContent = z.output<typeof contentMessage>;

const daysMax = limits.ttlMsMax / 86_400_000;

/** A protobuf Duration in JSON: seconds with up to nine fractional digits and an `s`. Source: protobuf.dev, "ProtoJSON Format". */
const timeToLive = z
  .string()
  .regex(/^[0-9]{1,12}(\.[0-9]{1,9})?s$/, 'Must be a duration in seconds, such as "10s" or "3.5s".')
  .refine((text) => durationMs(text) > 0 && durationMs(text) <= limits.ttlMsMax, {
    error: `Must be more than 0 s and at most ${daysMax} days.`,
  });

/**
 * The body of `phones.agentMessages.create`. Source: RBM reference, AgentMessage.
 *
 * Field names are lowerCamelCase only, and unknown ones are refused. Five are output only; Google ignores them on input, and so
 * does this.
 */
export const rbmAgentMessage = z
  .strictObject({
    name: z.string().optional(),
    sendTime: z.string().optional(),
    richMessageClassification: z.unknown().optional(),
    totalPayloadSizeBytes: z.unknown().optional(),
    carrier: z.unknown().optional(),
    contentMessage,
    messageTrafficType: z
      .enum([
        "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED",
        "AUTHENTICATION",
        "TRANSACTION",
        "PROMOTION",
        "SERVICEREQUEST",
        "ACKNOWLEDGEMENT",
      ])
      .optional(),
    expireTime: rbmTimestamp.optional(),
    ttl: timeToLive.optional(),
  })
  .refine((message) => message.expireTime === undefined || message.ttl === undefined, {
    path: ["ttl"],
    error: "At most one of expireTime, ttl must be set.",
    when: ({ value }) => typeof value === "object" && value !== null,
  });
export type RbmAgentMessage = z.output<typeof rbmAgentMessage>;

/** The body of `phones.agentEvents.create`. Source: RBM reference, AgentEvent. */
export const rbmAgentEvent = z
  .strictObject({
    name: z.string().optional(),
    sendTime: z.string().optional(),
    eventType: z.enum(["IS_TYPING", "READ"]),
    messageId: z.string().min(1).optional(),
  })
  .refine((event) => event.eventType !== "READ" || event.messageId !== undefined, {
    path: ["messageId"],
    error: "READ needs the messageId of the message that was read.",
  });

/** Milliseconds of a protobuf Duration such as `"3.5s"`. */
export function durationMs(duration: string): number {
  return Math.round(Number(duration.slice(0, -1)) * 1000);
}
