import { setMaxListeners } from "node:events";
import type { MessageContent } from "@richline/contract";
import { toLegReference } from "../domain/leg-reference.ts";
import { isUrgent, urgentMax } from "../domain/traffic.ts";
import { createBatcher, type Spacing } from "../kernel/batcher.ts";
import { errorText, isStoreUnavailable } from "../kernel/errors.ts";
import { createLane, type Lane, type LaneOptions, type Reservation } from "../kernel/lane.ts";
import type { Provider, SendOutcome } from "../providers/provider.ts";
import {
  type AttemptRow,
  type BeginResult,
  type ClaimedSend,
  type SendSettlement,
  sendLane,
} from "../store/store.ts";
import { countFallback } from "./count-fallback.ts";
import { stopsAtOptOut } from "./opt-out.ts";
import { prepareContent } from "./prepare-content.ts";
import { createProviderHealth } from "./provider-health.ts";
import { endOfTimeMs } from "./rcs-time.ts";
import type { DispatchOptions, SendContext } from "./send-context.ts";
import { bucketsOf, createSendPermits, type SendPermits } from "./send-permits.ts";
import { settleExpired, settleOptedOut, startAttempt } from "./start-attempt.ts";
import { toSettlement } from "./to-settlement.ts";
import { createWatchLane } from "./watch.ts";
import { writeUntilStored } from "./write-until-stored.ts";

/** The way out: hands queued messages to providers and writes down what came of it. */
export interface Dispatch {
  start(): Promise<void>;
  /** Claims no more, lets calls under way end, and gives back what it could not finish (invariant 7). */
  stop(): Promise<void>;
}

const batchItemsMax = 256;
const waitingMax = 10_000;

/**
 * How far outcomes that can wait are gathered. Measured with a backlog of 50,000 that is sent at 200 a
 * second: the 99th percentile of one-time codes beside it fell from 1.8 to 1.3 of what it is alone (SQLite). Both ours.
 */
const settleSpacing: Spacing = { ms: 50, enough: 32 };

export function createDispatch(options: DispatchOptions): Dispatch {
  const breakOff = new AbortController();
  // Every call under way listens to it; how many there are is bounded by `inFlightMax`.
  setMaxListeners(0, breakOff.signal);
  const settleSends = (batch: readonly SendSettlement[]) => options.store.settleSends(batch);
  const context: SendContext = {
    ...options,
    health: createProviderHealth(options),
    signal: breakOff.signal,
    begin: createBatcher({
      commit: (batch) => options.store.beginAttempts(batch),
      itemsMax: batchItemsMax,
      waitingMax,
    }),
    optOuts: createBatcher({
      commit: (batch) => options.store.findOptOuts(batch),
      itemsMax: batchItemsMax,
      waitingMax,
    }),
    settleAtOnce: createBatcher({ commit: settleSends, itemsMax: batchItemsMax, waitingMax }),
    settleSoon: createBatcher({
      commit: settleSends,
      itemsMax: batchItemsMax,
      waitingMax,
      spacing: settleSpacing,
    }),
    watch: createBatcher({
      commit: (batch) => options.store.settleWatches(batch),
      itemsMax: batchItemsMax,
      waitingMax,
    }),
  };
  const lanes = new Map(
    configuredLanes(options).map((name) => [name, createSendLanes(context, name)] as const),
  );
  const allLanes = () => [
    ...[...lanes.values()].flatMap(({ common, urgent }) => [common, urgent]),
    ...watches.values(),
  ];
  const watches = new Map(
    options.agents.map(({ id }) => [id, createWatchLane(context, id)] as const),
  );
  let forget: () => void = () => undefined;
  return {
    start: async () => {
      // Messages may wait for a provider or an agent that is not configured any more; they go to review.
      for (const name of await options.store.listLanes("send")) {
        if (!lanes.has(name)) lanes.set(name, createSendLanes(context, name));
      }
      for (const name of await options.store.listLanes("watchdog")) {
        if (!watches.has(name)) watches.set(name, createWatchLane(context, name));
      }
      forget = options.store.onHint((hint) => {
        if (hint === "send") for (const { common } of lanes.values()) common.wake();
        if (hint === "urgent") for (const { urgent } of lanes.values()) urgent.wake();
        if (hint === "watchdog") for (const lane of watches.values()) lane.wake();
      });
      for (const lane of allLanes()) lane.start();
    },
    stop: async () => {
      forget();
      const cancel = options.clock.after(options.graceMs, () => breakOff.abort());
      await Promise.all(allLanes().map((lane) => lane.stop()));
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

/** The share of the calls in flight that one-time codes have beside the others: promotions that hang do not hold them up. Ours. */
const urgentShare = 1 / 8;

/** The workers on one queue. */
interface SendLanes {
  /** Takes what is most urgent, and waits for room. */
  readonly common: Lane;
  /** Takes only what is urgent, and waits neither for the claims nor for the calls of a backlog. What it cannot take is left to the other. */
  readonly urgent: Lane;
}

function createSendLanes(context: SendContext, name: string): SendLanes {
  const { store, clock, rateLimiter, inFlightMax } = context;
  const slash = name.indexOf("/");
  const buckets = bucketsOf(name.slice(0, slash), name.slice(slash + 1));
  const common: Lane = createSendLane(context, name, {
    inFlightMax,
    gate: rateLimiter.gate(buckets, {
      hasWork: () => store.hasDueSends({ lane: name, nowMs: clock.now() }),
      onRoom: () => common.wake(),
    }),
  });
  const urgent: Lane = createSendLane(context, name, {
    inFlightMax: Math.max(1, Math.floor(inFlightMax * urgentShare)),
    priorityMax: urgentMax,
    gate: rateLimiter.urgentGate(buckets, {
      hasWork: () => store.hasDueSends({ lane: name, nowMs: clock.now(), priorityMax: urgentMax }),
      onRoom: () => urgent.wake(),
    }),
    onMore: () => common.wake(),
  });
  return { common, urgent };
}

type SendLaneOptions = Pick<LaneOptions<ClaimedSend>, "inFlightMax" | "gate" | "onMore"> & {
  readonly priorityMax?: number;
};

function createSendLane(
  context: SendContext,
  name: string,
  { priorityMax, ...options }: SendLaneOptions,
): Lane {
  const { store, clock, pollMs, leaseMs, failpoints, logger } = context;
  return createLane<ClaimedSend>({
    ...options,
    claim: async (limit) => {
      const claimed = await store.claimSends({
        lane: name,
        nowMs: clock.now(),
        leaseMs,
        limit,
        ...(priorityMax === undefined ? {} : { priorityMax }),
      });
      if (claimed.length > 0) failpoints.reach("dispatch:after-claim");
      return claimed;
    },
    handle: (claim, reservation) => handleClaim(context, claim, reservation),
    onError: (error) => logger.error({ lane: name, error: errorText(error) }, "dispatch failed"),
    pollMs,
    clock,
  });
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
  const overtaken = await settleOvertaken(context, claim, attempt);
  if (overtaken !== undefined) {
    reservation.giveBack();
    return settle(context, overtaken);
  }
  if (prepared.kind === "not_possible") {
    reservation.giveBack();
    const outcome = { ...prepared, kind: "rejected" } as const;
    return settle(context, toSettlement(context, claim, provider, { attempt, outcome }));
  }
  const begun = await begin(context, claim, { provider, attempt });
  if (begun !== "begun") {
    reservation.giveBack();
    const unwanted = begun === "opted_out" ? settleOptedOut(context, claim, true) : undefined;
    // Where there is none somebody else has the job by now: whoever paused for longer than its lease must not call as well.
    return unwanted === undefined ? undefined : settle(context, unwanted);
  }
  context.failpoints.reach("dispatch:after-begin");
  const calledAtMs = context.clock.now();
  const permits = createSendPermits(context, claim, reservation);
  const { content } = prepared;
  const outcome = await callProvider(context, claim, { provider, content, permits });
  permits.release();
  context.failpoints.reach("dispatch:after-send");
  if (outcome === "broken_off") return context.store.releaseJobs([claim]);
  const { answeredInMs = context.clock.now() - calledAtMs } = outcome;
  context.health.ended(provider.name, outcome, answeredInMs);
  learnReach(context, claim, outcome);
  const { missing } = prepared;
  const settlement = toSettlement(context, claim, provider, { attempt, outcome, missing });
  // Forgotten by a crash, a call whose repeat is recognised is made again; any other would come to review.
  const canWait = provider.capabilities.idempotentSend && !isUrgent(claim.message.priority);
  await settle(context, settlement, canWait);
  context.failpoints.reach("dispatch:after-settle");
}

/**
 * How old what the claim said of the person's will may be at the call, in milliseconds; then it is asked again.
 * Ours: about what a claim takes itself. A phone that has to be looked up first takes longer.
 */
const consentAgeMsMax = 20;

/** What ended the message while its content was prepared: its time, or the person. */
async function settleOvertaken(
  context: SendContext,
  claim: ClaimedSend,
  { startedAtMs }: AttemptRow,
): Promise<SendSettlement | undefined> {
  const { message } = claim;
  const isOld = context.clock.now() - startedAtMs > consentAgeMsMax;
  const unwanted =
    isOld && stopsAtOptOut(context, message)
      ? settleOptedOut(context, claim, await context.optOuts.submit(message))
      : undefined;
  return unwanted ?? settleExpired(context, claim);
}

/** Commits the intent where a repeat of the call would not be recognised. */
async function begin(
  context: SendContext,
  claim: ClaimedSend,
  { provider, attempt }: { readonly provider: Provider; readonly attempt: AttemptRow },
): Promise<BeginResult> {
  if (provider.capabilities.idempotentSend) return "begun";
  const unlessOptedOut = stopsAtOptOut(context, claim.message);
  return context.begin.submit({ ...claim, attempt, unlessOptedOut });
}

interface Call {
  readonly provider: Provider;
  readonly content: MessageContent;
  readonly permits: SendPermits;
}

/**
 * Calls the provider. Broken off by a shutdown, a call whose repeat is recognised goes back untouched;
 * one whose repeat is not has an unknown outcome.
 */
async function callProvider(
  context: SendContext,
  claim: ClaimedSend,
  { provider, content, permits }: Call,
): Promise<SendOutcome | "broken_off"> {
  const { message, leg } = claim;
  try {
    return await provider.doSend({
      providerMessageId: leg.providerMessageId,
      reference: toLegReference({ messageUid: message.uid, index: leg.index }),
      phoneNumber: message.phoneNumber,
      content,
      trafficType: message.trafficType,
      ttlMs: ttlOf(claim, context.clock.now()),
      nextPermit: permits.next,
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
      };
    }
    return provider.capabilities.idempotentSend
      ? "broken_off"
      : { kind: "unknown", code: "outcome_unknown", detail: "The gateway was stopped." };
  }
}

/** The provider's word at the send is newer than any look-up. */
function learnReach({ reach }: SendContext, { leg, message }: ClaimedSend, outcome: SendOutcome) {
  if (outcome.kind !== "rejected" || leg.channel !== "rcs") return;
  if (outcome.code === "not_rcs_capable" || outcome.code === "rcs_disabled")
    reach.learn(leg.provider, message.phoneNumber, "unreachable");
  if (outcome.code === "feature_unsupported")
    reach.learn(leg.provider, message.phoneNumber, "less_than_known");
}

/** What is left of the leg's time. */
function ttlOf(claim: ClaimedSend, nowMs: number): number | undefined {
  const endMs = endOfTimeMs(claim);
  return endMs === undefined ? undefined : endMs - nowMs;
}

/** Writes an outcome. One that the store refuses for itself goes to review with a plain reason; it would be refused again. */
async function settle(
  context: SendContext,
  settlement: SendSettlement,
  canWait = false,
): Promise<void> {
  const { messageUid } = settlement;
  const batcher = canWait ? context.settleSoon : context.settleAtOnce;
  const write = (what: SendSettlement) =>
    writeUntilStored(context, messageUid, () => batcher.submit(what));
  try {
    await write(settlement);
    countFallback(context, settlement);
  } catch (error) {
    if (context.signal.aborted || isStoreUnavailable(error)) throw error;
    context.logger.error(
      { messageUid, error: errorText(error) },
      "an outcome was refused by the store",
    );
    await write(toReview(settlement));
  }
}

/** What a refused outcome leaves: that a call was made, and that nobody knows what came of it. */
function toReview(settlement: SendSettlement): SendSettlement {
  return {
    ...settlement,
    attempt: settlement.attempt && {
      ...settlement.attempt,
      outcome: "unknown",
      code: "outcome_unknown",
      detail: null,
    },
    providerMessageId: undefined,
    change: { kind: "needs_review" },
    watchAtMs: undefined,
    reason: { code: "internal_error", detail: "The outcome could not be stored; see the log." },
    next: undefined,
  };
}
