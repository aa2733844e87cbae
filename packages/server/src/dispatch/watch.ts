import { decideFallback, type LegEnd } from "../domain/fallback-policy.ts";
import { isOpen, isSendable } from "../domain/lifecycle.ts";
import { errorText } from "../kernel/errors.ts";
import { createLane, type Lane } from "../kernel/lane.ts";
import type { ClaimedWatch, Reason, WatchSettlement } from "../store/store.ts";
import { countFallback } from "./count-fallback.ts";
import { optedOutReason, stopsAtOptOut } from "./opt-out.ts";
import { planNextLeg } from "./plan-next-leg.ts";
import type { SendContext } from "./send-context.ts";
import { leftAloneUntilMs } from "./watch-times.ts";
import { writeUntilStored } from "./write-until-stored.ts";

/** Most legs looked after at once, each agent. Ours: each is one call to take a message back. */
const inFlightMax = 32;

/** How often due watchdogs are looked for when no hint comes, in milliseconds. */
const pollMs = 1_000;

/** Looks after legs that a provider took: takes back what did not deliver in time, and sends it on (invariant 5). */
export function createWatchLane(context: SendContext, agentId: string): Lane {
  return createLane<ClaimedWatch>({
    claim: async (limit) => {
      const claimed = await context.store.claimWatches({
        lane: agentId,
        nowMs: context.clock.now(),
        leaseMs: context.leaseMs,
        limit,
      });
      if (claimed.length > 0) context.failpoints.reach("watch:after-claim");
      return claimed;
    },
    handle: async (watch) => {
      const settlement = await lookAfter(context, watch);
      context.failpoints.reach("watch:before-settle");
      if (settlement === "broken_off") return context.store.releaseJobs([watch]);
      await writeUntilStored(context, watch.message.uid, () => context.watch.submit(settlement));
      context.failpoints.reach("watch:after-settle");
      countFallback(context, settlement);
    },
    onError: (error) => context.logger.error({ agentId, error: errorText(error) }, "watch failed"),
    inFlightMax,
    pollMs,
    clock: context.clock,
  });
}

/** How a leg ended, or when to ask again. */
type Finding =
  | { readonly kind: "ended"; readonly end: LegEnd; readonly reason: Reason }
  | { readonly kind: "again"; readonly delayMs: number; readonly usesTry: boolean };

async function lookAfter(
  context: SendContext,
  watch: ClaimedWatch,
): Promise<WatchSettlement | "broken_off"> {
  if (!watch.isCurrent) return settlement(context, watch, {});
  if (watch.message.status === "UNCERTAIN" && watch.ended === undefined) {
    const detail = "No receipt has told what became of the message.";
    return settlement(context, watch, {
      change: { kind: "needs_review" },
      reason: { code: "outcome_unknown", detail },
    });
  }
  // A receipt told meanwhile that the provider has it: from here on it is as any that was sent.
  if (watch.message.status === "SENT" && watch.ended === undefined) {
    const untilMs = leftAloneUntilMs(watch);
    if (untilMs === undefined || untilMs > context.clock.now())
      return settlement(context, watch, { againAtMs: untilMs });
  }
  const finding = await findEnd(context, watch);
  if (finding === "broken_off") return finding;
  if (finding.kind === "again") {
    const againAtMs = context.clock.now() + finding.delayMs;
    return settlement(context, watch, {
      againAtMs,
      tries: watch.tries + (finding.usesTry ? 1 : 0),
    });
  }
  return follow(context, watch, finding);
}

/** What follows from a leg's end, by policy. */
function follow(
  context: SendContext,
  watch: ClaimedWatch,
  { end, reason }: { readonly end: LegEnd; readonly reason: Reason },
): WatchSettlement {
  const { message } = watch;
  const planned = planNextLeg(context, message, watch.leg.index);
  const isUnwanted = watch.hasOptedOut && stopsAtOptOut(context, message);
  const newLeg = isUnwanted ? undefined : planned;
  const agent = context.agents.find(({ id }) => id === message.agentId);
  const step = decideFallback({
    status: message.status,
    end,
    hasNextLeg: newLeg !== undefined,
    whenInconclusive: agent?.fallback[message.trafficType].whenInconclusive ?? "review",
  });
  switch (step.kind) {
    case "leave":
      return settlement(context, watch, {});
    case "end": {
      // It was to be sent once more, or over another route, and is not for the person's sake.
      const isStopped = isUnwanted && (planned !== undefined || isSendable(message.status));
      return isStopped && step.change.kind === "expired"
        ? settlement(context, watch, { change: { kind: "failed" }, reason: optedOutReason })
        : settlement(context, watch, { change: step.change, reason });
    }
    case "next_leg": {
      const channel = newLeg?.channel ?? "rcs";
      const change = { kind: "next_leg", channel } as const;
      return settlement(context, watch, { change, reason, newLeg, leftEnd: end });
    }
  }
}

/** What a receipt said of the leg's end; else the provider is asked to take the message back. */
async function findEnd(context: SendContext, watch: ClaimedWatch): Promise<Finding | "broken_off"> {
  if (watch.ended !== undefined) {
    const { end, reason } = watch.ended;
    return { kind: "ended", end, reason: reason ?? whyTakenBack(context, watch) };
  }
  if (!isOpen(watch.message.status))
    return { kind: "ended", end: "delivered", reason: whyTakenBack(context, watch) };
  return takeBack(context, watch);
}

function whyTakenBack({ clock }: SendContext, { message }: ClaimedWatch): Reason {
  return (message.expiresAtMs ?? Number.POSITIVE_INFINITY) <= clock.now()
    ? {
        code: "ttl_expired",
        detail: "The message was not delivered before its time to live ended.",
      }
    : { code: "outcome_unknown", detail: "The provider did not say whether it has the message." };
}

async function takeBack(
  context: SendContext,
  watch: ClaimedWatch,
): Promise<Finding | "broken_off"> {
  const { leg, message } = watch;
  const provider = context.providers.get(leg.provider);
  if (provider?.doRevoke === undefined || leg.providerMessageId === null) {
    return inconclusive("The provider cannot take messages back.");
  }
  try {
    const outcome = await provider.doRevoke({
      providerMessageId: leg.providerMessageId,
      phoneNumber: message.phoneNumber,
      signal: context.signal,
    });
    switch (outcome.kind) {
      case "revoked":
        return { kind: "ended", end: "revoked", reason: whyTakenBack(context, watch) };
      case "too_late":
        // A provider that never said it had the message may as well never have had it, and one that was
        // asked before may as well have taken it back then.
        return message.status === "SENT" && !watch.mayHaveBeenTakenBack
          ? { kind: "ended", end: "delivered", reason: whyTakenBack(context, watch) }
          : inconclusive("The provider has no such message, or has delivered it.");
      case "unconfirmed":
        return inconclusive(
          "The provider was asked to take it back, and does not say what came of it.",
        );
      case "failed":
        return tryAgain(context, watch, outcome.detail);
    }
  } catch (error) {
    if (context.signal.aborted) return "broken_off";
    context.logger.error(
      { messageId: message.id, provider: leg.provider, error: errorText(error) },
      "the adapter failed",
    );
    return tryAgain(context, watch, "The adapter failed; see the log.");
  }
}

/** Taking back follows the same schedule as sending; then the policy for what is inconclusive decides. */
function tryAgain(context: SendContext, { tries }: ClaimedWatch, detail: string): Finding {
  const delayMs = context.retryPolicy.retryDelaysMs[tries];
  return delayMs === undefined ? inconclusive(detail) : { kind: "again", delayMs, usesTry: true };
}

function inconclusive(detail: string): Finding {
  return { kind: "ended", end: "inconclusive", reason: { code: "outcome_unknown", detail } };
}

type Decided = Partial<
  Pick<WatchSettlement, "change" | "reason" | "newLeg" | "leftEnd" | "againAtMs" | "tries">
>;

function settlement(context: SendContext, watch: ClaimedWatch, decided: Decided): WatchSettlement {
  return {
    jobId: watch.jobId,
    leaseToken: watch.leaseToken,
    messageUid: watch.message.uid,
    legIndex: watch.leg.index,
    change: decided.change,
    reason: decided.reason,
    newLeg: decided.newLeg,
    leftEnd: decided.leftEnd,
    againAtMs: decided.againAtMs,
    tries: decided.tries ?? watch.tries,
    nowMs: context.clock.now(),
  };
}
