import type { Event, MessageListItem } from "@richline/contract";
import { isStatus } from "./statuses.ts";

/** Messages that the console holds. Ours: what a table can still be scrolled through; older ones are dropped. */
export const knownMessagesMax = 1_000;

/** What is known after reading a page: newest first, each message once, as the page has it. */
export function withPage(
  known: readonly MessageListItem[],
  page: readonly MessageListItem[],
): readonly MessageListItem[] {
  const fresh = new Set(page.map((message) => message.name));
  return [...page, ...known.filter((message) => !fresh.has(message.name))]
    .toSorted((a, b) => Date.parse(b.createTime) - Date.parse(a.createTime))
    .slice(0, knownMessagesMax);
}

/** What is known after an event: its message has the status that the event reports. Nothing new: the same list. */
export function withEvent(
  known: readonly MessageListItem[],
  event: Event,
): readonly MessageListItem[] {
  const status = event.messageStatus;
  const isNews = (message: MessageListItem) =>
    message.id === event.messageId &&
    message.conversationId === event.conversationId &&
    message.status !== status;
  if (!isStatus(status) || !known.some(isNews)) return known;
  return known.map((message) => (isNews(message) ? { ...message, status } : message));
}
