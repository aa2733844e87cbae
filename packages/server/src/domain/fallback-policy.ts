import type { FailureCode, MessageStatus, TrafficType } from "@richline/contract";
import { failureReactions } from "./failure-taxonomy.ts";
import { isOpen, type StatusChange } from "./lifecycle.ts";

/**
 * What to do when nobody can say whether RCS will still deliver:
 * - `fall_back`: send the SMS; the person may get both.
 * - `review`: a person decides.
 * - `leave`: nothing more, and the message is UNCERTAIN: a late delivery still counts.
 */
export type InconclusiveAction = "fall_back" | "review" | "leave";

/** How an agent's traffic of one type falls back to SMS. */
export interface FallbackPolicy {
  /** How long RCS may try before it is taken back, in milliseconds; for ever when not given. A message's own `ttl` wins. */
  readonly afterMs: number | undefined;
  readonly whenInconclusive: InconclusiveAction;
}

export type FallbackPolicies = Readonly<Record<TrafficType, FallbackPolicy>>;

const minute = 60_000;

/**
 * The defaults. A one-time code is worth a second copy and is needed at once; an order update can wait for
 * a phone that is switched on within the hour, and two of it need a person's word; a promotion is never
 * worth two messages. Source of the principle: Google's guide, "Set a message expiration", which sends a
 * one-time code by SMS also after an inconclusive expiry.
 */
export const defaultFallbackPolicies: FallbackPolicies = {
  AUTHENTICATION: { afterMs: minute, whenInconclusive: "fall_back" },
  TRANSACTION: { afterMs: 60 * minute, whenInconclusive: "review" },
  SERVICEREQUEST: { afterMs: 60 * minute, whenInconclusive: "review" },
  ACKNOWLEDGEMENT: { afterMs: 60 * minute, whenInconclusive: "review" },
  PROMOTION: { afterMs: 24 * 60 * minute, whenInconclusive: "leave" },
};

/**
 * How a leg that a provider had taken came to its end.
 * - `failed`, `expired`, `revoked`: it is known not to deliver.
 * - `delivered`: it could not be taken back because it was delivered.
 * - `inconclusive`: the provider cannot say.
 */
export type LegEnd = "failed" | "expired" | "revoked" | "delivered" | "inconclusive";

export interface EndedLeg {
  readonly status: MessageStatus;
  readonly end: LegEnd;
  readonly hasNextLeg: boolean;
  readonly whenInconclusive: InconclusiveAction;
}

export type FallbackStep =
  | { readonly kind: "next_leg" }
  | { readonly kind: "end"; readonly change: StatusChange }
  /** Nothing to decide: it was delivered, or is decided already. */
  | { readonly kind: "leave" };

/** What follows when a leg has ended: SMS only when RCS is known not to deliver, or by the stated policy (invariant 5). */
export function decideFallback(leg: EndedLeg): FallbackStep {
  if (!isOpen(leg.status) || leg.end === "delivered") return { kind: "leave" };
  if (leg.end === "inconclusive") return decideInconclusive(leg);
  if (leg.hasNextLeg) return { kind: "next_leg" };
  return { kind: "end", change: { kind: leg.end === "failed" ? "failed" : "expired" } };
}

function decideInconclusive({ hasNextLeg, whenInconclusive }: EndedLeg): FallbackStep {
  if (whenInconclusive === "fall_back" && hasNextLeg) return { kind: "next_leg" };
  return {
    kind: "end",
    change: { kind: whenInconclusive === "leave" ? "undecided" : "inconclusive" },
  };
}

/** Whether a receipt that says `failed` speaks of this route only, so that the next may be tried. */
export function mayTakeNextLeg(code: string | undefined): boolean {
  const reaction = isFailureCode(code) ? failureReactions[code] : "retry";
  return reaction !== "fail";
}

function isFailureCode(code: string | undefined): code is FailureCode {
  return code !== undefined && Object.hasOwn(failureReactions, code);
}
