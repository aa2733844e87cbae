import type { EventType, MessageStatus } from "@richline/contract";
import { assertNever } from "../kernel/errors.ts";

/** Which statuses a message may have next. What is not listed never happens (invariant 3). */
export const allowedMoves: Readonly<Record<MessageStatus, readonly MessageStatus[]>> = {
  SCHEDULED: [
    "QUEUED",
    "SENDING",
    "SENT",
    "DELIVERED",
    "READ",
    "FAILED",
    "NEEDS_REVIEW",
    "EXPIRED",
    "CANCELLED",
  ],
  QUEUED: [
    "SENDING",
    "UNCERTAIN",
    "SENT",
    "DELIVERED",
    "READ",
    "FAILED",
    "NEEDS_REVIEW",
    "EXPIRED",
    "CANCELLED",
  ],
  SENDING: [
    "QUEUED",
    "UNCERTAIN",
    "SENT",
    "DELIVERED",
    "READ",
    "FAILED",
    "NEEDS_REVIEW",
    "EXPIRED",
  ],
  // Back to QUEUED by the next leg only, once this one is known, or by policy taken, not to deliver.
  UNCERTAIN: [
    "QUEUED",
    "SENT",
    "DELIVERED",
    "READ",
    "FAILED",
    "NEEDS_REVIEW",
    "EXPIRED",
    "CANCELLED",
  ],
  SENT: [
    "QUEUED",
    "UNCERTAIN",
    "DELIVERED",
    "READ",
    "FAILED",
    "NEEDS_REVIEW",
    "EXPIRED",
    "CANCELLED",
  ],
  DELIVERED: ["READ"],
  READ: [],
  // A receipt that comes after all still counts; a person may also put the message back or dismiss it.
  NEEDS_REVIEW: ["QUEUED", "SENT", "DELIVERED", "READ", "FAILED"],
  FAILED: [],
  EXPIRED: ["DELIVERED", "READ"],
  CANCELLED: [],
};

/** Statuses in which a message still waits to be handed to a provider. */
export function isSendable(status: MessageStatus): boolean {
  return status === "SCHEDULED" || status === "QUEUED" || status === "SENDING";
}

/** Statuses in which it still matters how the current leg ends. */
export function isOpen(status: MessageStatus): boolean {
  return isSendable(status) || status === "SENT" || status === "UNCERTAIN";
}

export function canMove(from: MessageStatus, to: MessageStatus): boolean {
  return allowedMoves[from].includes(to);
}

/** What a route carries. */
export type Channel = "rcs" | "sms";

/** The part of a message that its history decides. Times are epoch milliseconds. */
export interface MessageState {
  readonly status: MessageStatus;
  readonly sentAtMs: number | null;
  readonly deliveredAtMs: number | null;
  readonly readAtMs: number | null;
}

/** Something that was learnt about a message. */
export type StatusChange =
  | { readonly kind: "sending" }
  | { readonly kind: "sent" | "delivered" | "read"; readonly occurredAtMs: number }
  | { readonly kind: "retried" }
  /** The current leg will not deliver; the message goes on over `channel`. */
  | { readonly kind: "next_leg"; readonly channel: Channel }
  | { readonly kind: "failed" | "needs_review" | "uncertain" | "expired" | "cancelled" }
  /** A person gave the message up. */
  | { readonly kind: "dismissed" }
  /** A provider took the message, and nobody can say whether it will deliver: a person has to decide. */
  | { readonly kind: "inconclusive" }
  /** The same, and nobody has to decide: it is not worth a person's time. */
  | { readonly kind: "undecided" }
  /** Taken back before it was delivered. */
  | { readonly kind: "revoked" }
  /** Somebody put a message back that was reviewed. */
  | { readonly kind: "requeued" }
  | { readonly kind: "revoke_failed" };

export interface Advance {
  readonly state: MessageState;
  /** What to log; nothing when the change says nothing new. */
  readonly event: EventType | undefined;
}

/**
 * What a message becomes when `change` is learnt.
 *
 * A fact that comes late is recorded (its time, its event) and never moves the status back; a fact
 * that is known already changes nothing and is not logged again.
 */
export function advance(state: MessageState, change: StatusChange): Advance {
  switch (change.kind) {
    case "sent":
      if (state.sentAtMs !== null) return unchanged(state);
      return {
        state: { ...moved(state, "SENT"), sentAtMs: change.occurredAtMs },
        event: "message.sent",
      };
    case "delivered":
      if (state.deliveredAtMs !== null) return unchanged(state);
      return {
        state: { ...moved(state, "DELIVERED"), deliveredAtMs: change.occurredAtMs },
        event: "message.delivered",
      };
    case "read":
      if (state.readAtMs !== null) return unchanged(state);
      return {
        state: { ...moved(state, "READ"), readAtMs: change.occurredAtMs },
        event: "message.read",
      };
    case "sending":
      return moveOnly(state, "SENDING", "message.sending");
    case "retried":
      // Also from QUEUED: a provider that recognises repeats is called without a SENDING in between.
      return isSendable(state.status)
        ? { state: { ...state, status: "QUEUED" }, event: "message.retried" }
        : unchanged(state);
    case "next_leg":
      return nextLeg(state, change.channel);
    case "requeued":
      // Its time of sending goes, as with another leg: else the next `sent` would say nothing new.
      return state.status === "NEEDS_REVIEW"
        ? { state: { ...state, status: "QUEUED", sentAtMs: null }, event: "message.queued" }
        : unchanged(state);
    case "failed":
    case "dismissed":
      return moveOnly(state, "FAILED", "message.failed");
    case "needs_review":
      return unlessSent(state, "NEEDS_REVIEW", "message.needs_review");
    case "inconclusive":
      return moveOnly(state, "NEEDS_REVIEW", "message.needs_review");
    case "uncertain":
      return unlessSent(state, "UNCERTAIN", "message.uncertain");
    case "undecided":
      return moveOnly(state, "UNCERTAIN", "message.uncertain");
    case "expired":
      return moveOnly(state, "EXPIRED", "message.expired");
    case "cancelled":
      return isSendable(state.status)
        ? moveOnly(state, "CANCELLED", "message.cancelled")
        : unchanged(state);
    case "revoked":
      return moveOnly(state, "CANCELLED", "message.cancelled");
    case "revoke_failed":
      return { state, event: "message.revoke_failed" };
    default:
      return assertNever(change);
  }
}

/** The one move back: what was sent over the leg before is undone, so its time of sending goes too. */
function nextLeg(state: MessageState, channel: Channel): Advance {
  const event = channel === "sms" ? "message.fallback" : "message.retried";
  const mayMove = isSendable(state.status) || canMove(state.status, "QUEUED");
  return mayMove
    ? { state: { ...state, status: "QUEUED", sentAtMs: null }, event }
    : unchanged(state);
}

function unchanged(state: MessageState): Advance {
  return { state, event: undefined };
}

function moved(state: MessageState, to: MessageStatus): MessageState {
  return canMove(state.status, to) ? { ...state, status: to } : state;
}

function moveOnly(state: MessageState, to: MessageStatus, event: EventType): Advance {
  return canMove(state.status, to) ? { state: { ...state, status: to }, event } : unchanged(state);
}

/** A provider has it: an attempt that lost its lease may say `sent` while another one gives up. */
function unlessSent(state: MessageState, to: MessageStatus, event: EventType): Advance {
  return state.status === "SENT" ? unchanged(state) : moveOnly(state, to, event);
}
