import { isSendable, type StatusChange } from "../domain/lifecycle.ts";
import type { ClaimedSend, NewLeg, NextAttempt, Reason, SendSettlement } from "../store/store.ts";
import { optedOutReason, stopsAtOptOut } from "./opt-out.ts";
import { planNextLeg } from "./plan-next-leg.ts";
import { beforeExpiry, hasExpired } from "./rcs-time.ts";
import type { SendContext, StartedAttempt } from "./send-context.ts";
import { uncertainMs } from "./watch-times.ts";

type Surroundings = Pick<SendContext, "clock" | "providers" | "agents" | "health" | "random">;

/** Checks at the moment of sending whether there still is something to send, and to whom. */
export function startAttempt(context: Surroundings, claim: ClaimedSend): StartedAttempt {
  const nowMs = context.clock.now();
  const { message, leg } = claim;
  if (!isSendable(message.status) || !claim.isCurrent) return settled(claim, nowMs, {});
  const provider = context.providers.get(leg.provider);
  // The intent was committed and its end never was: the process died in between, and so may the call have.
  if (message.status === "SENDING" && provider?.capabilities.idempotentSend !== true) {
    return settled(claim, nowMs, {
      change: { kind: "uncertain" },
      reason: {
        code: "outcome_unknown",
        detail: "The gateway stopped while it called the provider.",
      },
      watchAtMs: nowMs + uncertainMs,
    });
  }
  const unwanted = settleOptedOut(context, claim);
  if (unwanted !== undefined) return { kind: "settled", settlement: unwanted };
  const expired = settleExpired(context, claim);
  if (expired !== undefined) return { kind: "settled", settlement: expired };
  if (provider === undefined) {
    return settled(claim, nowMs, {
      change: { kind: "needs_review" },
      reason: {
        code: "provider_unavailable",
        detail: `Provider ${leg.provider} is not configured any more.`,
      },
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

/** What follows when the person does not want the message any more; nothing while they may get it. */
export function settleOptedOut(
  context: Surroundings,
  claim: ClaimedSend,
  hasOptedOut = claim.hasOptedOut,
): SendSettlement | undefined {
  if (!hasOptedOut || !stopsAtOptOut(context, claim.message)) return undefined;
  const nowMs = context.clock.now();
  return toSettlement(claim, nowMs, {
    reason: optedOutReason,
    // What a provider may have is taken back: nobody knows yet that it was not delivered.
    ...(claim.mayHaveBeenTaken ? { watchAtMs: nowMs } : { change: { kind: "failed" } }),
  });
}

/** What follows when the time of the leg is over; nothing while it is not. */
export function settleExpired(
  context: Surroundings,
  claim: ClaimedSend,
): SendSettlement | undefined {
  const nowMs = context.clock.now();
  if (!hasExpired(claim, nowMs)) return undefined;
  return toSettlement(claim, nowMs, afterExpiry(context, claim, nowMs));
}

/** SMS at once where nothing was sent; what may have been taken is taken back first. */
function afterExpiry(context: Surroundings, claim: ClaimedSend, nowMs: number): Settled {
  const reason = {
    code: "ttl_expired",
    detail: "The time to live ended before the message could be sent.",
  };
  if (claim.mayHaveBeenTaken) return { reason, watchAtMs: nowMs };
  // The time to live is that of every RCS route.
  const newLeg = planNextLeg(
    context,
    claim.message,
    claim.leg.index,
    ({ capabilities }) => capabilities.channel === "sms",
  );
  if (newLeg === undefined) return { change: { kind: "expired" }, reason };
  return takeOver(context, claim, newLeg, reason);
}

/**
 * Over how long what waits for a provider comes back, in milliseconds. Ours: most of it comes after the
 * first calls have shown how the provider does by now.
 */
const returnSpreadMs = 5_000;

/** While a provider is out of service its messages take the next route at once; where there is none they wait. */
function passSuspended(
  context: Surroundings,
  claim: ClaimedSend,
  suspendedUntilMs: number,
): Settled {
  const { leg } = claim;
  const newLeg = claim.mayHaveBeenTaken
    ? undefined
    : planNextLeg(context, claim.message, leg.index);
  const detail = `${leg.provider} refuses our credentials.`;
  if (newLeg !== undefined)
    return takeOver(context, claim, newLeg, { code: "auth_failed", detail });
  return wait(context, claim, suspendedUntilMs);
}

/** Back to its place in the queue, with all its retries, until a provider may be called again. */
function wait({ random }: Surroundings, claim: ClaimedSend, untilMs: number): Settled {
  const { tries, retriesUsed, leg } = claim;
  const dueAtMs = beforeExpiry(claim, untilMs + Math.floor(random() * returnSpreadMs));
  return { next: { dueAtMs, retriesUsed, tries, legIndex: leg.index, newLeg: undefined } };
}

/**
 * A degraded provider loses to a healthy one of the same channel what it is known not to have taken. SMS is
 * no substitute for an RCS provider that is ill: those messages wait while it fails, with all their retries,
 * but for the few that tell how it does. A slow one delivers, and keeps them.
 */
function passDegraded(context: Surroundings, claim: ClaimedSend): Settled | undefined {
  const { health, clock } = context;
  const { leg } = claim;
  if (health.isHealthy(leg.provider)) return undefined;
  const newLeg = claim.mayHaveBeenTaken ? undefined : findSubstitute(context, claim);
  const outageUntilMs = health.outageUntilMs(leg.provider);
  // Asked only where the answer matters: each question counts toward the provider's share.
  if (newLeg === undefined && outageUntilMs === undefined) return undefined;
  if (health.admits(leg.provider)) return undefined;
  if (newLeg === undefined) return wait(context, claim, outageUntilMs ?? clock.now());
  const detail = `${leg.provider} fails or is slow.`;
  return takeOver(context, claim, newLeg, { code: "provider_unavailable", detail });
}

/** The next route of the same channel whose provider is healthy. */
function findSubstitute(context: Surroundings, { message, leg }: ClaimedSend): NewLeg | undefined {
  return planNextLeg(
    context,
    message,
    leg.index,
    ({ name, capabilities }) =>
      capabilities.channel === leg.channel && context.health.isHealthy(name),
  );
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
  return { kind: "settled", settlement: toSettlement(claim, nowMs, what) };
}

function toSettlement(claim: ClaimedSend, nowMs: number, what: Settled): SendSettlement {
  return {
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
}
