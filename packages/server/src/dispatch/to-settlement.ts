import type { Feature } from "../domain/degrade.ts";
import type { StatusChange } from "../domain/lifecycle.ts";
import { decideNextStep, type NextStep } from "../domain/retry-policy.ts";
import { conversationForLog } from "../kernel/logger.ts";
import { providerBucket } from "../kernel/rate-limiter.ts";
import type { Provider, SendOutcome } from "../providers/provider.ts";
import type {
  AttemptRow,
  ClaimedSend,
  NewLeg,
  NextAttempt,
  SendSettlement,
} from "../store/store.ts";
import { planNextLeg } from "./plan-next-leg.ts";
import { beforeExpiry } from "./rcs-time.ts";
import type { SendContext } from "./send-context.ts";
import { expiryGraceMs, uncertainMs } from "./watch-times.ts";

type Failure = Exclude<SendOutcome, { kind: "accepted" }>;

interface Ended {
  readonly attempt: AttemptRow;
  readonly outcome: SendOutcome;
  /** Features that the content asked for and the handset lacks. */
  readonly missing?: readonly Feature[];
}

/** What an attempt's outcome means for the message, its leg and its job. */
export function toSettlement(
  context: SendContext,
  claim: ClaimedSend,
  provider: Provider,
  { attempt, outcome, missing = [] }: Ended,
): SendSettlement {
  const nowMs = context.clock.now();
  const common = {
    jobId: claim.jobId,
    leaseToken: claim.leaseToken,
    messageUid: claim.message.uid,
    agentId: claim.message.agentId,
    legIndex: claim.leg.index,
    conversation: claim.conversation,
    missing,
    nowMs,
  };
  const label = outcome.kind === "accepted" ? "accepted" : outcome.code;
  context.metrics.count("richline_attempts_total", { provider: provider.name, outcome: label });
  if (outcome.kind === "accepted") {
    context.health.succeeded(provider.name);
    const chosenByProvider = !provider.capabilities.clientMessageId;
    return {
      ...common,
      attempt: { ...attempt, endedAtMs: nowMs, outcome: "accepted" },
      providerMessageId: chosenByProvider ? outcome.providerMessageId : undefined,
      // When it was handed over, not when the answer came: a receipt may be on its way before that.
      change: { kind: "sent", occurredAtMs: attempt.startedAtMs },
      reason: undefined,
      next: undefined,
      watchAtMs: watchAfterSending(claim, nowMs),
    };
  }
  const nextLeg = planNextLeg(context, claim.message, claim.leg.index);
  const step = decide(context, claim, provider, { outcome, hasNextLeg: nextLeg !== undefined });
  logFailure(context, claim, outcome, step);
  return {
    ...common,
    attempt: {
      ...attempt,
      endedAtMs: nowMs,
      outcome: outcome.kind,
      code: outcome.code,
      detail: outcome.detail,
    },
    providerMessageId: undefined,
    change: toChange(step, nextLeg),
    reason: { code: outcome.code, detail: outcome.detail },
    next: toNext(step, claim, nextLeg, nowMs),
    watchAtMs: watchAfterFailure(step, nowMs),
  };
}

/** RCS has until the message's time to live ends; an SMS is not taken back. */
function watchAfterSending({ leg, message }: ClaimedSend, nowMs: number): number | undefined {
  if (leg.channel === "sms" || message.expiresAtMs === null) return undefined;
  return Math.max(message.expiresAtMs, nowMs) + expiryGraceMs;
}

function watchAfterFailure(step: NextStep, nowMs: number): number | undefined {
  if (step.kind === "take_back") return nowMs;
  return step.kind === "uncertain" ? nowMs + uncertainMs : undefined;
}

function decide(
  context: SendContext,
  claim: ClaimedSend,
  provider: Provider,
  { outcome, hasNextLeg }: { readonly outcome: Failure; readonly hasNextLeg: boolean },
): NextStep {
  const step = decideNextStep(context.retryPolicy, {
    code: outcome.code,
    retriesUsed: claim.retriesUsed,
    idempotentSend: provider.capabilities.idempotentSend,
    hasNextLeg,
    mayHaveBeenTaken: claim.mayHaveBeenTaken,
    duringOutage: context.health.outageUntilMs(provider.name) !== undefined,
    canRevoke: provider.capabilities.revoke && claim.leg.providerMessageId !== null,
    retryAfterMs: outcome.kind === "deferred" ? outcome.retryAfterMs : undefined,
    random: context.random(),
  });
  if (outcome.code === "rate_limited") {
    const retryAfterMs = outcome.kind === "deferred" ? outcome.retryAfterMs : undefined;
    context.rateLimiter.slowDown(providerBucket(provider.name), retryAfterMs);
  }
  if (outcome.code === "auth_failed") {
    const delayMs = step.kind === "retry" ? step.delayMs : context.retryPolicy.suspendedDelayMs;
    context.health.suspend(provider.name, context.clock.now() + delayMs, outcome.detail);
  }
  return step;
}

function toChange(step: NextStep, nextLeg: NewLeg | undefined): StatusChange | undefined {
  switch (step.kind) {
    case "retry":
      return { kind: "retried" };
    case "next_leg":
      return { kind: "next_leg", channel: nextLeg?.channel ?? "rcs" };
    case "take_back":
      return undefined;
    case "failed":
    case "needs_review":
    case "uncertain":
      return { kind: step.kind };
  }
}

function toNext(
  step: NextStep,
  claim: ClaimedSend,
  nextLeg: NewLeg | undefined,
  nowMs: number,
): NextAttempt | undefined {
  switch (step.kind) {
    case "retry":
      return {
        dueAtMs: beforeExpiry(claim, nowMs + step.delayMs),
        retriesUsed: claim.retriesUsed + (step.usesRetry ? 1 : 0),
        tries: claim.tries + 1,
        legIndex: claim.leg.index,
        newLeg: undefined,
      };
    case "next_leg":
      return {
        dueAtMs: nowMs,
        retriesUsed: 0,
        tries: claim.tries + 1,
        legIndex: nextLeg?.index ?? claim.leg.index,
        newLeg: nextLeg,
      };
    case "take_back":
    case "failed":
    case "needs_review":
    case "uncertain":
      return undefined;
  }
}

function logFailure(
  context: SendContext,
  claim: ClaimedSend,
  outcome: Failure,
  step: NextStep,
): void {
  context.logger.warn(
    {
      messageId: claim.message.id,
      conversationId: conversationForLog(claim.message.conversationId),
      provider: claim.leg.provider,
      attempt: claim.tries + 1,
      code: outcome.code,
      next: step.kind,
    },
    "an attempt did not succeed",
  );
}
