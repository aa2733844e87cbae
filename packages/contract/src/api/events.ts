import { z } from "zod";
import { event, eventType } from "../event.ts";
import { conversationId, messageId } from "../ids.ts";
import { page, pageQuery } from "./page.ts";

/** Query of `GET /v1/events`: oldest first from `cursor`. */
export const listEventsQuery = z.strictObject({
  ...pageQuery,
  type: eventType.optional(),
  conversationId: conversationId.optional(),
  messageId: messageId.optional(),
});
/** `endCursor` is the place behind the last event read: the cursor for those that come later. */
export const eventPage = page(event).extend({ endCursor: z.string().optional() });
export type EventPage = z.output<typeof eventPage>;

/** Query of `GET /v1/events:stream`. No cursor: from now on. `Last-Event-ID` counts as one. */
export const streamEventsQuery = z.strictObject({
  cursor: z.string().min(1).max(512).optional(),
  types: z.string().max(2000).optional(),
});
