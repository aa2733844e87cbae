import type { FailureCode } from "@richline/contract";
import { assertNever } from "../kernel/errors.ts";
import { failureReactions } from "./failure-taxonomy.ts";

/** When failed attempts are repeated. */
export interface RetryPolicy {
  /** Wait before the first, second, … retry, in milliseconds. After the last: the next leg, then review. */
  readonly retryDelaysMs: readonly number[];
  /** Wait after `rate_limited` when the provider names no time, in milliseconds. */
  readonly rateLimitedDelayMs: number;
  /** Wait after `auth_failed` before the provider is tried again, in milliseconds. */
  readonly suspendedDelayMs: number;
  /** Longest wait that a provider may ask for, in milliseconds. */
  readonly waitMsMax: number;
}

/** First retry after 5 s, second after 30 s, third after 5 min. Source: the guide, "Error Handling and Retries". */
export const defaultRetryPolicy: RetryPolicy = {
  retryDelaysMs: [5_000, 30_000, 300_000],
  rateLimitedDelayMs: 1_000,
  suspendedDelayMs: 60_000,
  waitMsMax: 3_600_000,
};

/** Up to this share of a delay is added at random, so that a burst of failures does not return as one. */
const jitterShareMax = 0.1;

export interface FailedAttempt {
  readonly code: FailureCode;
  /** Retries of this leg that were used up before this attempt. */
  readonly retriesUsed: number;
  /** Whether the provider recognises a repeated message id. */
  readonly idempotentSend: boolean;
  readonly hasNextLeg: boolean;
  /** Whether an earlier attempt of the leg may have delivered: then no other route is taken. */
  readonly mayHaveBeenTaken: boolean;
  /** Whether the provider fails for everybody: its outage uses up no message's retries. */
  readonly duringOutage: boolean;
  /** Whether the provider can be asked to take the message back. */
  readonly canRevoke: boolean;
  /** What the provider asked us to wait, if it did. */
  readonly retryAfterMs: number | undefined;
  /** A random number from 0 up to 1. */
  readonly random: number;
}

export type NextStep =
  | { readonly kind: "retry"; readonly delayMs: number; readonly usesRetry: boolean }
  | { readonly kind: "next_leg" }
  /** The leg may have delivered: it is taken back before another route is taken. */
  | { readonly kind: "take_back" }
  | { readonly kind: "failed" }
  | { readonly kind: "needs_review" }
  | { readonly kind: "uncertain" };

/** What happens after an attempt that did not succeed. */
export function decideNextStep(policy: RetryPolicy, failed: FailedAttempt): NextStep {
  const mayHaveBeenTaken = failed.mayHaveBeenTaken || failureReactions[failed.code] === "unknown";
  const attempt = { ...failed, mayHaveBeenTaken };
  const reaction = failureReactions[attempt.code];
  switch (reaction) {
    case "next_leg":
      if (attempt.mayHaveBeenTaken) return lastRetryStep(attempt);
      return { kind: attempt.hasNextLeg ? "next_leg" : "failed" };
    case "fail":
      return { kind: "failed" };
    case "wait":
      return waitStep(policy, attempt, policy.rateLimitedDelayMs);
    case "suspend_provider":
      return attempt.hasNextLeg && !attempt.mayHaveBeenTaken
        ? { kind: "next_leg" }
        : waitStep(policy, attempt, policy.suspendedDelayMs);
    case "retry":
      return retryStep(policy, attempt);
    case "unknown":
      return attempt.idempotentSend ? retryStep(policy, attempt) : { kind: "uncertain" };
    default:
      return assertNever(reaction);
  }
}

function waitStep(policy: RetryPolicy, attempt: FailedAttempt, defaultMs: number): NextStep {
  const askedMs = Math.min(attempt.retryAfterMs ?? defaultMs, policy.waitMsMax);
  return { kind: "retry", delayMs: lengthen(askedMs, attempt.random), usesRetry: false };
}

function retryStep(policy: RetryPolicy, attempt: FailedAttempt): NextStep {
  const delays = policy.retryDelaysMs;
  const delayMs = delays[attempt.retriesUsed] ?? (attempt.duringOutage ? delays.at(-1) : undefined);
  if (delayMs === undefined) return lastRetryStep(attempt);
  const askedMs = Math.min(attempt.retryAfterMs ?? 0, policy.waitMsMax);
  return {
    kind: "retry",
    delayMs: lengthen(Math.max(delayMs, askedMs), attempt.random),
    usesRetry: !attempt.duringOutage,
  };
}

/** A leg whose outcome is unknown must not be followed by another route while both could deliver (invariants 4 and 5). */
function lastRetryStep(attempt: FailedAttempt): NextStep {
  if (!attempt.hasNextLeg) return { kind: "needs_review" };
  if (!attempt.mayHaveBeenTaken) return { kind: "next_leg" };
  return { kind: attempt.canRevoke ? "take_back" : "needs_review" };
}

/** Jitter only lengthens a delay: what the schedule promises is the least. */
function lengthen(delayMs: number, random: number): number {
  return Math.ceil(delayMs * (1 + random * jitterShareMax));
}
