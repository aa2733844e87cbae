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
export const eventPage = page(event);
export type EventPage = z.output<typeof eventPage>;

/** Query of `GET /v1/events:stream`. No cursor: from now on. `Last-Event-ID` counts as one. */
export const streamEventsQuery = z.strictObject({
  cursor: z.string().min(1).max(512).optional(),
  types: z.string().max(2000).optional(),
});
