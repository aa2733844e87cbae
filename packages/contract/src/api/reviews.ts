import { z } from "zod";
import { agentId, conversationId, messageId, timestamp } from "../ids.ts";
import { limits } from "../limits.ts";
import { problem } from "../problem.ts";
import { messageListItem } from "./messages.ts";
import { page, pageQuery } from "./page.ts";

/** What a person can decide about a message in review. */
export const reviewActions = ["retry", "send-as-sms", "dismiss"] as const;
export type ReviewAction = (typeof reviewActions)[number];

/** A message that waits for a person's decision. */
export const review = messageListItem.extend({
  /** When it came into review. */
  since: timestamp,
  /** Provider calls made for it so far, over all routes. */
  attempts: z.int(),
  /** The provider and the channel of the route that it stopped at. */
  provider: z.string(),
  channel: z.enum(["rcs", "sms"]),
  /** Whether that route may have delivered it all the same. */
  mayHaveBeenTaken: z.boolean(),
});
export type Review = z.output<typeof review>;
export const reviewPage = page(review);
export type ReviewPage = z.output<typeof reviewPage>;

const reviewFilter = {
  agentId: agentId.optional(),
  conversationId: conversationId.optional(),
  /** The code of the message's `reason`. */
  code: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, "Use a code as `reason` has it, such as provider_unavailable.")
    .optional(),
};

export const listReviewsQuery = z.strictObject({ ...pageQuery, ...reviewFilter });

const note = z.string().min(1).max(limits.reviewNoteCharsMax);

/** Body of `POST /v1/reviews/{id}:retry` and `…:send-as-sms`; none is the same as an empty one. */
export const decideReviewRequest = z
  .strictObject({
    /** Whether to go on although the person may then get the message twice. Default false. */
    force: z.boolean().optional(),
    /** Kept in the audit log. */
    note: note.optional(),
  })
  .optional();

/** Body of `POST /v1/reviews/{id}:dismiss`; none is the same as an empty one. */
export const dismissReviewRequest = z
  .strictObject({
    /** Why; it becomes the `reason` of the message, and is kept in the audit log. */
    note: note.optional(),
  })
  .optional();

/** Body of `POST /v1/reviews:bulk`: these messages, or the oldest that a filter finds. */
export const bulkReviewRequest = z
  .strictObject({
    action: z.enum(reviewActions),
    ids: z.array(messageId).min(1).max(limits.reviewsPerRequestMax).optional(),
    filter: z.strictObject(reviewFilter).optional(),
    /** With `filter`: most messages of this request, 1 to 200. Default 200. */
    limit: z.int().min(1).max(limits.pageSizeMax).optional(),
    /** With `filter`: `nextCursor` of the answer before. */
    cursor: z.string().min(1).max(512).optional(),
    force: z.boolean().optional(),
    note: note.optional(),
  })
  .refine((body) => (body.ids === undefined) !== (body.filter === undefined), {
    error: "Give either ids or filter; an empty filter stands for all.",
    params: { code: "conflicting_fields" },
  });
export type BulkReviewRequest = z.input<typeof bulkReviewRequest>;

/** Answer of `POST /v1/reviews:bulk`: one result a message, in the order given or found. */
export const bulkReviewResponse = z.object({
  done: z.int(),
  refused: z.int(),
  results: z.array(z.object({ id: z.string(), status: z.int(), problem: problem.optional() })),
  /** With `filter`: there are more, behind this place. */
  nextCursor: z.string().optional(),
});
export type BulkReviewResponse = z.output<typeof bulkReviewResponse>;
