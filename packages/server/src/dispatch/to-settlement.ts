import type { StatusChange } from "../domain/lifecycle.ts";
import { decideNextStep, type NextStep } from "../domain/retry-policy.ts";
import { conversationForLog } from "../kernel/logger.ts";
import type { Provider, SendOutcome } from "../providers/provider.ts";
import type {
  AttemptRow,
  ClaimedSend,
  NewLeg,
  NextAttempt,
  SendSettlement,
} from "../store/store.ts";
import { planNextLeg } from "./plan-next-leg.ts";
import type { SendContext } from "./send-context.ts";

type Failure = Exclude<SendOutcome, { kind: "accepted" }>;

interface Ended {
  readonly attempt: AttemptRow;
  readonly outcome: SendOutcome;
}

/** What an attempt's outcome means for the message, its leg and its job. */
export function toSettlement(
  context: SendContext,
  claim: ClaimedSend,
  provider: Provider,
  { attempt, outcome }: Ended,
): SendSettlement {
  const nowMs = context.clock.now();
  const common = {
    jobId: claim.jobId,
    leaseToken: claim.leaseToken,
    messageUid: claim.message.uid,
    nowMs,
  };
  const label = outcome.kind === "accepted" ? "accepted" : outcome.code;
  context.metrics.count("richline_attempts_total", { provider: provider.name, outcome: label });
  if (outcome.kind === "accepted") {
    context.health.succeeded(provider.name);
    const chosenByProvider = claim.leg.providerMessageId === null;
    return {
      ...common,
      attempt: { ...attempt, endedAtMs: nowMs, outcome: "accepted" },
      providerMessageId: chosenByProvider ? outcome.providerMessageId : undefined,
      // When it was handed over, not when the answer came: a receipt may be on its way before that.
      change: { kind: "sent", occurredAtMs: attempt.startedAtMs },
      reason: undefined,
      next: undefined,
    };
  }
  const nextLeg = planNextLeg(context, claim);
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
    change: toChange(step),
    reason: { code: outcome.code, detail: outcome.detail },
    next: toNext(step, claim, nextLeg, nowMs),
  };
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
    retryAfterMs: outcome.kind === "deferred" ? outcome.retryAfterMs : undefined,
    random: context.random(),
  });
  if (outcome.code === "auth_failed") {
    const delayMs = step.kind === "retry" ? step.delayMs : context.retryPolicy.suspendedDelayMs;
    context.health.suspend(provider.name, context.clock.now() + delayMs, outcome.detail);
  }
  return step;
}

function toChange(step: NextStep): StatusChange {
  switch (step.kind) {
    case "retry":
    case "next_leg":
      return { kind: "retried" };
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
        dueAtMs: nowMs + step.delayMs,
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
        legIndex: claim.leg.index + 1,
        newLeg: nextLeg,
      };
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
