import { z } from "zod";
import { limits } from "../limits.ts";
import { acrossFields, areAllLeftOut, type Fields, namesGiven } from "./across-fields.ts";
import { boundedArray } from "./bounded-array.ts";
import { contentInfo, richCard, uploadedRbmFile } from "./card.ts";
import { form } from "./form.ts";
import { suggestion } from "./suggestion.ts";

/** The fields that can be the body of a message; `text` may stand beside any of the others as its plain-text alternative. */
const richBodies = ["richCard", "contentInfo", "uploadedRbmFile", "form"] as const;

/**
 * The content of a message, in the shape of Google's RBM `contentMessage`, plus `form`.
 *
 * Exactly one body (text, rich card, file or form). `text` beside a rich body is not shown on an RCS
 * handset: it is the default SMS fallback and the preview in a notification.
 */
export const messageContent = z
  .strictObject({
    text: z.string().min(1).max(limits.textCharsMax).optional(),
    richCard: richCard.optional(),
    contentInfo: contentInfo.optional(),
    uploadedRbmFile: uploadedRbmFile.optional(),
    form: form.optional(),
    suggestions: boundedArray(suggestion, { max: limits.suggestionsPerMessageMax }).optional(),
  })
  .check(acrossFields(checkBodies), acrossFields(checkSize));

function checkBodies(content: Fields, context: z.RefinementCtx): void {
  if (areAllLeftOut(content, ["text", ...richBodies])) {
    context.addIssue({
      code: "custom",
      message: "A message needs text, richCard, contentInfo, uploadedRbmFile or form.",
      params: { code: "required" },
    });
  }
  const bodies = namesGiven(content, richBodies);
  if (bodies.length > 1) {
    context.addIssue({
      code: "custom",
      message: `A message has one body; this has ${bodies.join(" and ")}.`,
      params: { code: "conflicting_fields" },
    });
  }
}

function checkSize(content: Fields, context: z.RefinementCtx): void {
  const bytes = jsonBytes(content);
  if (bytes <= limits.messageBytesMax) return;
  context.addIssue({
    code: "custom",
    message: `The message is ${bytes} bytes of JSON; the limit is ${limits.messageBytesMax}.`,
    params: { code: "too_large", limit: limits.messageBytesMax },
  });
}

export type MessageContent = z.output<typeof messageContent>;

/** What the body of a message is; `message_type` of the guide's data model. */
export const messageTypes = ["text", "rich_card", "carousel", "file", "form"] as const;
export type MessageType = (typeof messageTypes)[number];

/** Names the body of `content`. */
export function messageTypeOf(content: MessageContent): MessageType {
  if (content.form !== undefined) return "form";
  if (content.richCard?.carouselCard !== undefined) return "carousel";
  if (content.richCard !== undefined) return "rich_card";
  if (content.contentInfo !== undefined || content.uploadedRbmFile !== undefined) return "file";
  return "text";
}

/** Bytes of `value` as UTF-8 JSON. Three bytes bound one UTF-16 unit, so short values are not encoded at all. */
function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value);
  if (json.length * 3 <= limits.messageBytesMax) return json.length;
  return new TextEncoder().encode(json).length;
}
