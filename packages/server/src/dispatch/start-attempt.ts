import { isSendable, type StatusChange } from "../domain/lifecycle.ts";
import type { ClaimedSend, NextAttempt, Reason, SendSettlement } from "../store/store.ts";
import { planNextLeg } from "./plan-next-leg.ts";
import type { SendContext, StartedAttempt } from "./send-context.ts";

/** Checks at the moment of sending whether there still is something to send, and to whom. */
export function startAttempt(context: SendContext, claim: ClaimedSend): StartedAttempt {
  const nowMs = context.clock.now();
  const { message, leg } = claim;
  if (!isSendable(message.status) || !claim.isCurrent) return settled(claim, nowMs, {});
  if (hasExpired(claim, nowMs)) return settled(claim, nowMs, afterExpiry(context, claim, nowMs));
  const provider = context.providers.get(leg.provider);
  if (provider === undefined) {
    return settled(claim, nowMs, {
      change: { kind: "needs_review" },
      reason: {
        code: "provider_unavailable",
        detail: `Provider ${leg.provider} is not configured any more.`,
      },
    });
  }
  // The intent was committed and its end never was: the process died in between, and so may the call have.
  if (message.status === "SENDING" && !provider.capabilities.idempotentSend) {
    return settled(claim, nowMs, {
      change: { kind: "uncertain" },
      reason: {
        code: "outcome_unknown",
        detail: "The gateway stopped while it called the provider.",
      },
    });
  }
  const suspendedUntilMs = context.health.suspendedUntilMs(leg.provider);
  if (suspendedUntilMs > nowMs) {
    return settled(claim, nowMs, { next: passSuspended(context, claim, suspendedUntilMs) });
  }
  return {
    kind: "started",
    provider,
    attempt: {
      messageUid: message.uid,
      legIndex: leg.index,
      number: claim.tries + 1,
      provider: leg.provider,
      startedAtMs: nowMs,
      endedAtMs: null,
      outcome: "started",
      code: null,
      detail: null,
    },
  };
}

/** The time to live is RCS's; an SMS that follows it has its own. */
function hasExpired({ message, leg }: ClaimedSend, nowMs: number): boolean {
  const isFallback = leg.channel === "sms" && leg.index > 0;
  return !isFallback && message.expiresAtMs !== null && message.expiresAtMs <= nowMs;
}

/** SMS at once where nothing was sent; what may have been taken is taken back first. */
function afterExpiry(context: SendContext, claim: ClaimedSend, nowMs: number): Settled {
  const reason = {
    code: "ttl_expired",
    detail: "The time to live ended before the message could be sent.",
  };
  const newLeg = planNextLeg(context, claim.message, claim.leg.index);
  if (claim.mayHaveBeenTaken) return { reason, watchAtMs: nowMs };
  if (newLeg?.channel !== "sms") return { change: { kind: "expired" }, reason };
  const next = {
    dueAtMs: nowMs,
    retriesUsed: 0,
    tries: claim.tries,
    legIndex: newLeg.index,
    newLeg,
  };
  return { change: { kind: "next_leg", channel: newLeg.channel }, reason, next };
}

/** While a provider is out of service its messages take the next route at once; where there is none they wait. */
function passSuspended(
  context: SendContext,
  claim: ClaimedSend,
  suspendedUntilMs: number,
): NextAttempt {
  const { tries, retriesUsed, leg } = claim;
  const newLeg = claim.mayHaveBeenTaken
    ? undefined
    : planNextLeg(context, claim.message, leg.index);
  return newLeg === undefined
    ? { dueAtMs: suspendedUntilMs, retriesUsed, tries, legIndex: leg.index, newLeg }
    : { dueAtMs: context.clock.now(), retriesUsed: 0, tries, legIndex: newLeg.index, newLeg };
}

interface Settled {
  readonly change?: StatusChange;
  readonly reason?: Reason;
  readonly next?: NextAttempt;
  readonly watchAtMs?: number;
}

function settled(claim: ClaimedSend, nowMs: number, what: Settled): StartedAttempt {
  const settlement: SendSettlement = {
    jobId: claim.jobId,
    leaseToken: claim.leaseToken,
    messageUid: claim.message.uid,
    agentId: claim.message.agentId,
    legIndex: claim.leg.index,
    conversation: claim.conversation,
    attempt: undefined,
    providerMessageId: undefined,
    change: what.change,
    reason: what.reason,
    next: what.next,
    watchAtMs: what.watchAtMs,
    nowMs,
  };
  return { kind: "settled", settlement };
}
