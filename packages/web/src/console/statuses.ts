import type { MessageStatus } from "@richline/contract";

/** How a status is coloured. A record of all of them, since the contract's own list would bring its schemas into the page. */
export const statusTones: Readonly<Record<MessageStatus, "good" | "bad" | "warn" | "plain">> = {
  SCHEDULED: "plain",
  QUEUED: "plain",
  SENDING: "plain",
  UNCERTAIN: "warn",
  SENT: "plain",
  DELIVERED: "good",
  READ: "good",
  NEEDS_REVIEW: "warn",
  FAILED: "bad",
  EXPIRED: "bad",
  CANCELLED: "plain",
};

/** All statuses of a message, in the order of its life. */
export const statuses: readonly MessageStatus[] = Object.keys(statusTones).filter(isStatus);

/** Whether a reported status is one of a message: `INTERACTED` and `FALLBACK` are only reported. */
export function isStatus(value: string | undefined): value is MessageStatus {
  return value !== undefined && Object.hasOwn(statusTones, value);
}
