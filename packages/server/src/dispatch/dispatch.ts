import type { MessageContent } from "@richline/contract";
import { createBatcher } from "../kernel/batcher.ts";
import { pause } from "../kernel/clock.ts";
import { errorText, PlatformError } from "../kernel/errors.ts";
import { createLane, type Lane, type Reservation } from "../kernel/lane.ts";
import { agentBucket, providerBucket } from "../kernel/rate-limiter.ts";
import type { Provider, SendOutcome } from "../providers/provider.ts";
import { type ClaimedSend, type SendSettlement, sendLane } from "../store/store.ts";
import { prepareContent } from "./prepare-content.ts";
import { createProviderHealth } from "./provider-health.ts";
import type { DispatchOptions, SendContext } from "./send-context.ts";
import { startAttempt } from "./start-attempt.ts";
import { toSettlement } from "./to-settlement.ts";
import { createWatchLane } from "./watch.ts";

/** The way out: hands queued messages to providers and writes down what came of it. */
export interface Dispatch {
  start(): Promise<void>;
  /** Claims no more, lets calls under way end, and gives back what it could not finish (invariant 7). */
  stop(): Promise<void>;
}

const batchItemsMax = 256;
const waitingMax = 10_000;

/** Wait between tries to write an outcome while the store is away, in milliseconds. */
const settleRetryMs = 500;

export function createDispatch(options: DispatchOptions): Dispatch {
  const breakOff = new AbortController();
  const context: SendContext = {
    ...options,
    health: createProviderHealth(options),
    signal: breakOff.signal,
    begin: createBatcher({
      commit: (batch) => options.store.beginAttempts(batch),
      itemsMax: batchItemsMax,
      waitingMax,
    }),
    settle: createBatcher({
      commit: (batch) => options.store.settleSends(batch),
      itemsMax: batchItemsMax,
      waitingMax,
    }),
    watch: createBatcher({
      commit: (batch) => options.store.settleWatches(batch),
      itemsMax: batchItemsMax,
      waitingMax,
    }),
  };
  const lanes = new Map(
    configuredLanes(options).map((name) => [name, createSendLane(context, name)] as const),
  );
  const watches = options.agents.map(({ id }) => createWatchLane(context, id));
  let forget: () => void = () => undefined;
  return {
    start: async () => {
      // Messages may wait for a provider that is not configured any more; they go to review.
      for (const name of await options.store.listSendLanes()) {
        if (!lanes.has(name)) lanes.set(name, createSendLane(context, name));
      }
      forget = options.store.onHint((hint) => {
        if (hint === "send") for (const lane of lanes.values()) lane.wake();
        if (hint === "watchdog") for (const lane of watches) lane.wake();
      });
      for (const lane of [...lanes.values(), ...watches]) lane.start();
    },
    stop: async () => {
      forget();
      const cancel = options.clock.after(options.graceMs, () => breakOff.abort());
      await Promise.all([...lanes.values(), ...watches].map((lane) => lane.stop()));
      cancel();
    },
  };
}

/** One lane for each agent and each of its providers. */
function configuredLanes({ agents }: DispatchOptions): readonly string[] {
  return agents.flatMap(({ id, routes }) =>
    [...new Set([...routes.test, ...routes.live])].map((provider) => sendLane(id, provider)),
  );
}

/** A send needs room at its agent and at its provider. What takes a message back does not: providers limit messages. */
function bucketsOf(lane: string): readonly string[] {
  const slash = lane.indexOf("/");
  return [providerBucket(lane.slice(slash + 1)), agentBucket(lane.slice(0, slash))];
}

function createSendLane(context: SendContext, lane: string): Lane {
  const created: Lane = createLane<ClaimedSend>({
    claim: async (limit) => {
      const claimed = await context.store.claimSends({
        lane,
        nowMs: context.clock.now(),
        leaseMs: context.leaseMs,
        limit,
      });
      if (claimed.length > 0) context.failpoints.reach("dispatch:after-claim");
      return claimed;
    },
    handle: (claim, reservation) => handleClaim(context, claim, reservation),
    onError: (error) => context.logger.error({ lane, error: errorText(error) }, "dispatch failed"),
    inFlightMax: context.inFlightMax,
    pollMs: context.pollMs,
    clock: context.clock,
    gate: context.rateLimiter.gate(bucketsOf(lane), {
      hasWork: () => context.store.hasDueSends(lane, context.clock.now()),
      onRoom: () => created.wake(),
    }),
  });
  return created;
}

async function handleClaim(
  context: SendContext,
  claim: ClaimedSend,
  reservation: Reservation,
): Promise<void> {
  const started = startAttempt(context, claim);
  if (started.kind === "settled") {
    reservation.giveBack();
    return settle(context, started.settlement);
  }
  const { provider, attempt } = started;
  const prepared = await prepareContent(context, claim, provider);
  if (prepared.kind === "not_possible") {
    reservation.giveBack();
    const outcome = { ...prepared, kind: "rejected" } as const;
    return settle(context, toSettlement(context, claim, provider, { attempt, outcome }));
  }
  if (!provider.capabilities.idempotentSend) await context.begin.submit({ ...claim, attempt });
  const calledAtMs = context.clock.now();
  const outcome = await callProvider(context, claim, { provider, content: prepared.content });
  reservation.release();
  context.failpoints.reach("dispatch:after-send");
  if (outcome === "broken_off") return context.store.releaseJobs([claim]);
  context.health.ended(provider.name, outcome, context.clock.now() - calledAtMs);
  learnReach(context, claim, outcome);
  const { missing } = prepared;
  await settle(context, toSettlement(context, claim, provider, { attempt, outcome, missing }));
  context.failpoints.reach("dispatch:after-settle");
}

/**
 * Calls the provider. Broken off by a shutdown, a call whose repeat is recognised goes back untouched;
 * one whose repeat is not has an unknown outcome.
 */
async function callProvider(
  context: SendContext,
  claim: ClaimedSend,
  { provider, content }: { readonly provider: Provider; readonly content: MessageContent },
) {
  const { message, leg } = claim;
  try {
    return await provider.doSend({
      providerMessageId: leg.providerMessageId,
      phoneNumber: message.phoneNumber,
      content,
      trafficType: message.trafficType,
      ttlMs: ttlOf(claim, context.clock.now()),
      signal: context.signal,
    });
  } catch (error) {
    if (!context.signal.aborted) {
      // A bug of the adapter: we do not know how far it came.
      const { id } = message;
      context.logger.error(
        { messageId: id, provider: provider.name, error: errorText(error) },
        "the adapter failed",
      );
      return {
        kind: "unknown",
        code: "outcome_unknown",
        detail: "The adapter failed; see the log.",
      } as const;
    }
    return provider.capabilities.idempotentSend
      ? ("broken_off" as const)
      : ({ kind: "unknown", code: "outcome_unknown", detail: "The gateway was stopped." } as const);
  }
}

/** The provider's word at the send is newer than any look-up. */
function learnReach({ reach }: SendContext, { leg, message }: ClaimedSend, outcome: SendOutcome) {
  if (outcome.kind !== "rejected" || leg.channel !== "rcs") return;
  if (outcome.code === "not_rcs_capable" || outcome.code === "rcs_disabled")
    reach.learn(leg.provider, message.phoneNumber, false);
}

/** What is left of RCS's time; an SMS that follows it has its provider's own. */
function ttlOf({ message, leg }: ClaimedSend, nowMs: number): number | undefined {
  const isFallback = leg.channel === "sms" && leg.index > 0;
  return isFallback || message.expiresAtMs === null ? undefined : message.expiresAtMs - nowMs;
}

/**
 * Writes an outcome, again and again while the store is away: forgetting it would mean another send.
 * One that the store refuses for itself goes to review with a plain reason; it would be refused again.
 */
async function settle(context: SendContext, settlement: SendSettlement): Promise<void> {
  let current = settlement;
  for (;;) {
    try {
      await context.settle.submit(current);
      return;
    } catch (error) {
      const { messageUid } = settlement;
      if (context.signal.aborted) throw error;
      if (!isUnavailable(error)) {
        if (current !== settlement) throw error;
        context.logger.error(
          { messageUid, error: errorText(error) },
          "an outcome was refused by the store",
        );
        current = toReview(settlement);
        continue;
      }
      context.logger.warn({ messageUid, error: errorText(error) }, "outcome not written yet");
      await pause(context.clock, settleRetryMs, context.signal);
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof PlatformError && error.code === "store_unavailable";
}

function toReview(settlement: SendSettlement): SendSettlement {
  return {
    ...settlement,
    attempt: undefined,
    providerMessageId: undefined,
    change: { kind: "needs_review" },
    watchAtMs: undefined,
    reason: { code: "internal_error", detail: "The outcome could not be stored; see the log." },
    next: undefined,
  };
}
