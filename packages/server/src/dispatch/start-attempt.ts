import { isSendable, type StatusChange } from "../domain/lifecycle.ts";
import type { ClaimedSend, NewLeg, NextAttempt, Reason, SendSettlement } from "../store/store.ts";
import { planNextLeg } from "./plan-next-leg.ts";
import type { SendContext, StartedAttempt } from "./send-context.ts";
import { uncertainMs } from "./watch-times.ts";

type Surroundings = Pick<SendContext, "clock" | "providers" | "agents" | "health" | "random">;

/** Checks at the moment of sending whether there still is something to send, and to whom. */
export function startAttempt(context: Surroundings, claim: ClaimedSend): StartedAttempt {
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
      watchAtMs: nowMs + uncertainMs,
    });
  }
  const suspendedUntilMs = context.health.suspendedUntilMs(leg.provider);
  if (suspendedUntilMs > nowMs) {
    return settled(claim, nowMs, passSuspended(context, claim, suspendedUntilMs));
  }
  const passed = passDegraded(context, claim);
  if (passed !== undefined) return settled(claim, nowMs, passed);
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
function afterExpiry(context: Surroundings, claim: ClaimedSend, nowMs: number): Settled {
  const reason = {
    code: "ttl_expired",
    detail: "The time to live ended before the message could be sent.",
  };
  const newLeg = planNextLeg(context, claim.message, claim.leg.index);
  if (claim.mayHaveBeenTaken) return { reason, watchAtMs: nowMs };
  if (newLeg?.channel !== "sms") return { change: { kind: "expired" }, reason };
  return takeOver(context, claim, newLeg, reason);
}

/**
 * Over how long what waits for a suspended provider comes back, in milliseconds. Ours: most of it comes
 * after the first calls have shown whether the credentials are taken by now.
 */
const returnSpreadMs = 5_000;

/** While a provider is out of service its messages take the next route at once; where there is none they wait. */
function passSuspended(
  context: Surroundings,
  claim: ClaimedSend,
  suspendedUntilMs: number,
): Settled {
  const { tries, retriesUsed, leg } = claim;
  const newLeg = claim.mayHaveBeenTaken
    ? undefined
    : planNextLeg(context, claim.message, leg.index);
  const detail = `${leg.provider} refuses our credentials.`;
  if (newLeg !== undefined)
    return takeOver(context, claim, newLeg, { code: "auth_failed", detail });
  const dueAtMs = suspendedUntilMs + Math.floor(context.random() * returnSpreadMs);
  return { next: { dueAtMs, retriesUsed, tries, legIndex: leg.index, newLeg } };
}

/**
 * What a degraded provider loses to a healthy one of the same channel: messages that it was never asked to
 * deliver. SMS is no substitute for an RCS provider that is ill; those messages stay and follow the retry
 * schedule, and their calls go on telling how the provider does.
 */
function passDegraded(context: Surroundings, claim: ClaimedSend): Settled | undefined {
  const { health } = context;
  const { leg } = claim;
  if (health.isHealthy(leg.provider)) return undefined;
  if (claim.mayHaveBeenTaken || claim.retriesUsed > 0) return undefined;
  const newLeg = findSubstitute(context, claim);
  // Asked only where the answer matters: each question counts toward the provider's share.
  if (newLeg === undefined || health.admits(leg.provider)) return undefined;
  const detail = `${leg.provider} fails or is slow.`;
  return takeOver(context, claim, newLeg, { code: "provider_unavailable", detail });
}

/** The next route of the same channel whose provider is healthy; the agent's list ends the search. */
function findSubstitute(context: Surroundings, { message, leg }: ClaimedSend): NewLeg | undefined {
  let next = planNextLeg(context, message, leg.index);
  while (next?.channel === leg.channel) {
    if (context.health.isHealthy(next.provider)) return next;
    next = planNextLeg(context, message, next.index);
  }
  return undefined;
}

function takeOver(
  { clock }: Surroundings,
  { tries }: ClaimedSend,
  newLeg: NewLeg,
  reason: Reason,
): Settled {
  return {
    change: { kind: "next_leg", channel: newLeg.channel },
    reason,
    next: { dueAtMs: clock.now(), retriesUsed: 0, tries, legIndex: newLeg.index, newLeg },
  };
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
