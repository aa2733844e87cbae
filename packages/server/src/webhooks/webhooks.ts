import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import { type Batcher, createBatcher } from "../kernel/batcher.ts";
import { type Clock, pause } from "../kernel/clock.ts";
import { errorText, isStoreUnavailable } from "../kernel/errors.ts";
import type { Failpoints } from "../kernel/failpoint.ts";
import { createGuardedAgent, createOpenAgent } from "../kernel/guarded-agent.ts";
import { newId } from "../kernel/ids.ts";
import { createLane, type Lane } from "../kernel/lane.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Metrics } from "../kernel/metrics.ts";
import type { EndpointRow } from "../store/endpoint-row.ts";
import type { ClaimedDelivery, DeliverySettlement, Store } from "../store/store.ts";
import { failingMsMax, nextDeliveryDelayMs } from "./delivery-schedule.ts";
import { type PostResult, postEvent } from "./post-event.ts";
import { signEvent } from "./sign-event.ts";

export interface WebhooksOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
  readonly random: () => number;
  readonly leaseMs: number;
  /** Most deliveries at once, each endpoint. */
  readonly inFlightMax: number;
  readonly pollMs: number;
  /** How often this node looks for endpoints that other nodes changed, in milliseconds. */
  readonly refreshMs: number;
}

/** Delivers events to customers' endpoints, each endpoint by itself, so that a dead one delays no other. */
export interface Webhooks {
  start(): void;
  /** An endpoint was made, changed or deleted here. */
  refresh(): void;
  stop(): Promise<void>;
}

interface EndpointLane {
  endpoint: EndpointRow;
  readonly lane: Lane;
}

interface WebhooksContext extends WebhooksOptions {
  readonly settle: Batcher<DeliverySettlement, undefined>;
  readonly agents: Readonly<Record<EndpointRow["mode"], Dispatcher>>;
  readonly signal: AbortSignal;
  readonly endpointOf: (id: string) => EndpointRow | undefined;
  readonly refresh: () => void;
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const breakOff = new AbortController();
  // Every delivery under way listens to it.
  setMaxListeners(0, breakOff.signal);
  const lanes = new Map<string, EndpointLane>();
  const stopped = new Set<Promise<void>>();
  const context: WebhooksContext = {
    ...options,
    settle: createBatcher({
      commit: (batch) => options.store.settleDeliveries(batch),
      itemsMax: 256,
      waitingMax: 10_000,
    }),
    agents: { test: createOpenAgent(), live: createGuardedAgent() },
    signal: breakOff.signal,
    endpointOf: (id) => lanes.get(id)?.endpoint,
    refresh: () => refresher.wake(),
  };
  // A lane that never has jobs: its claim keeps the set of endpoint lanes up to date.
  const refresher = createLane<never>({
    claim: async () => {
      updateLanes(context, lanes, stopped, await options.store.listEndpoints());
      return [];
    },
    handle: () => Promise.resolve(),
    onError: (error) => options.logger.warn({ error: errorText(error) }, "endpoints not refreshed"),
    inFlightMax: 1,
    pollMs: options.refreshMs,
    clock: options.clock,
  });
  let forget: () => void = () => undefined;
  return {
    start: () => {
      forget = options.store.onHint((hint) => {
        if (hint === "webhook") for (const { lane } of lanes.values()) lane.wake();
      });
      refresher.start();
    },
    refresh: () => refresher.wake(),
    stop: async () => {
      forget();
      await refresher.stop();
      // Deliveries repeat safely (receivers deduplicate by id), so those under way are broken off.
      breakOff.abort();
      await Promise.all([...[...lanes.values()].map(({ lane }) => lane.stop()), ...stopped]);
      await Promise.all(Object.values(context.agents).map((agent) => agent.destroy()));
    },
  };
}

function updateLanes(
  context: WebhooksContext,
  lanes: Map<string, EndpointLane>,
  stopped: Set<Promise<void>>,
  endpoints: readonly EndpointRow[],
): void {
  const enabled = new Map(endpoints.filter((one) => one.enabled).map((one) => [one.id, one]));
  for (const [id, { lane }] of lanes) {
    if (enabled.has(id)) continue;
    lanes.delete(id);
    const ended = lane.stop().finally(() => stopped.delete(ended));
    stopped.add(ended);
  }
  for (const [id, endpoint] of enabled) {
    const known = lanes.get(id);
    if (known !== undefined) {
      known.endpoint = endpoint;
      continue;
    }
    const lane = createEndpointLane(context, id);
    lanes.set(id, { endpoint, lane });
    lane.start();
  }
}

function createEndpointLane(context: WebhooksContext, endpointId: string): Lane {
  return createLane<ClaimedDelivery>({
    claim: (limit) =>
      context.store.claimDeliveries({
        lane: endpointId,
        nowMs: context.clock.now(),
        leaseMs: context.leaseMs,
        limit,
      }),
    handle: (delivery) => deliver(context, delivery),
    onError: (error) =>
      context.logger.error({ endpointId, error: errorText(error) }, "delivery failed"),
    inFlightMax: context.inFlightMax,
    pollMs: context.pollMs,
    clock: context.clock,
  });
}

async function deliver(context: WebhooksContext, delivery: ClaimedDelivery): Promise<void> {
  const endpoint = context.endpointOf(delivery.endpointId);
  if (endpoint === undefined) return context.store.releaseJobs([delivery]);
  const result = await post(context, endpoint, delivery);
  if (result === "broken_off") return context.store.releaseJobs([delivery]);
  context.failpoints.reach("webhooks:after-post");
  const settlement = toSettlement(context, delivery, result);
  context.metrics.count("richline_deliveries_total", { result: settlement.state });
  await writeSettlement(context, settlement);
  await disableIfHopeless(context, endpoint, result, settlement);
}

async function post(
  context: WebhooksContext,
  endpoint: EndpointRow,
  delivery: ClaimedDelivery,
): Promise<PostResult | "broken_off"> {
  const nowMs = context.clock.now();
  const rotating = (endpoint.previousSecretUntilMs ?? 0) > nowMs;
  const headers = signEvent(
    { secret: endpoint.secret, previousSecret: rotating ? endpoint.previousSecret : null },
    { eventId: delivery.eventId, body: delivery.body, timestampSeconds: Math.floor(nowMs / 1000) },
  );
  try {
    return await postEvent({
      url: endpoint.url,
      headers,
      body: delivery.body,
      dispatcher: context.agents[endpoint.mode],
      signal: context.signal,
    });
  } catch (error) {
    if (context.signal.aborted) return "broken_off";
    throw error;
  }
}

function toSettlement(
  context: WebhooksContext,
  delivery: ClaimedDelivery,
  result: PostResult,
): DeliverySettlement {
  const nowMs = context.clock.now();
  const attempts = delivery.attempts + 1;
  const succeeded = result.kind === "answered" && result.status >= 200 && result.status < 300;
  const gone = isGone(result);
  const retryAfterMs = result.kind === "answered" ? result.retryAfterMs : undefined;
  const delayMs =
    succeeded || gone ? undefined : nextDeliveryDelayMs(attempts, retryAfterMs, context.random());
  return {
    jobId: delivery.jobId,
    leaseToken: delivery.leaseToken,
    endpointId: delivery.endpointId,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    attempts,
    state: succeeded ? "succeeded" : delayMs === undefined ? "failed" : "pending",
    responseStatus: result.kind === "answered" ? result.status : null,
    error: result.kind === "failed" ? result.error : null,
    createdAtMs: delivery.createdAtMs,
    attemptedAtMs: nowMs,
    nextAttemptAtMs: delayMs === undefined ? null : nowMs + delayMs,
  };
}

/** 410: the customer does not want this any more. Source: Standard Webhooks 1.0. */
function isGone(result: PostResult): boolean {
  return result.kind === "answered" && result.status === 410;
}

async function writeSettlement(
  context: WebhooksContext,
  settlement: DeliverySettlement,
): Promise<void> {
  for (;;) {
    try {
      await context.settle.submit(settlement);
      return;
    } catch (error) {
      if (context.signal.aborted || !isStoreUnavailable(error)) throw error;
      context.logger.warn(
        { eventId: settlement.eventId, error: errorText(error) },
        "delivery not written yet",
      );
      await pause(context.clock, 500, context.signal);
    }
  }
}

async function disableIfHopeless(
  context: WebhooksContext,
  endpoint: EndpointRow,
  result: PostResult,
  settlement: DeliverySettlement,
): Promise<void> {
  if (settlement.state === "succeeded") return;
  const nowMs = settlement.attemptedAtMs;
  const failingMs = endpoint.failingSinceMs === null ? 0 : nowMs - endpoint.failingSinceMs;
  if (!isGone(result) && failingMs < failingMsMax) return;
  const reason = isGone(result)
    ? { code: "gone", detail: "The endpoint answered 410." }
    : { code: "failing", detail: "The endpoint has taken nothing for 5 days." };
  context.logger.warn({ endpointId: endpoint.id, reason: reason.code }, "endpoint disabled");
  const which = { id: endpoint.id, url: endpoint.url, reason: reason.detail };
  await context.store.disableEndpoint(which, {
    id: newId("evt"),
    mode: endpoint.mode,
    type: "endpoint.disabled",
    atMs: nowMs,
    loggedAtMs: nowMs,
    data: { endpointId: endpoint.id, reason },
  });
  context.refresh();
}
