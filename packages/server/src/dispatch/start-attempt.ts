import { isSendable, type StatusChange } from "../domain/lifecycle.ts";
import type { ClaimedSend, NextAttempt, Reason, SendSettlement } from "../store/store.ts";
import { planNextLeg } from "./plan-next-leg.ts";
import type { SendContext, StartedAttempt } from "./send-context.ts";

/** Checks at the moment of sending whether there still is something to send, and to whom. */
export function startAttempt(context: SendContext, claim: ClaimedSend): StartedAttempt {
  const nowMs = context.clock.now();
  const { message, leg } = claim;
  if (!isSendable(message.status)) return settled(claim, nowMs, {});
  if (message.expiresAtMs !== null && message.expiresAtMs <= nowMs) {
    return settled(claim, nowMs, {
      change: { kind: "expired" },
      reason: {
        code: "ttl_expired",
        detail: "The time to live ended before the message could be sent.",
      },
    });
  }
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

/** While a provider is out of service its messages take the next route at once; where there is none they wait. */
function passSuspended(
  context: SendContext,
  claim: ClaimedSend,
  suspendedUntilMs: number,
): NextAttempt {
  const { tries, retriesUsed, leg } = claim;
  const newLeg = claim.mayHaveBeenTaken ? undefined : planNextLeg(context, claim);
  return newLeg === undefined
    ? { dueAtMs: suspendedUntilMs, retriesUsed, tries, legIndex: leg.index, newLeg }
    : { dueAtMs: context.clock.now(), retriesUsed: 0, tries, legIndex: newLeg.index, newLeg };
}

interface Settled {
  readonly change?: StatusChange;
  readonly reason?: Reason;
  readonly next?: NextAttempt;
}

function settled(claim: ClaimedSend, nowMs: number, what: Settled): StartedAttempt {
  const settlement: SendSettlement = {
    jobId: claim.jobId,
    leaseToken: claim.leaseToken,
    messageUid: claim.message.uid,
    attempt: undefined,
    providerMessageId: undefined,
    change: what.change,
    reason: what.reason,
    next: what.next,
    nowMs,
  };
  return { kind: "settled", settlement };
}
