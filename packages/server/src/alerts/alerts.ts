import type { EventType, Mode } from "@richline/contract";
import { type Streaks, weigh } from "../domain/alert-hysteresis.ts";
import { countsKeptMs } from "../domain/alert-rules.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { createLane, type Lane } from "../kernel/lane.ts";
import type { Logger } from "../kernel/logger.ts";
import type { AlertRow, NewEvent, Store } from "../store/store.ts";
import { type Found, findTrouble } from "./evaluate.ts";
import { createSlackPoster, type SlackPoster } from "./post-to-slack.ts";
import type { TrafficCounts } from "./traffic-counts.ts";

export interface AlertsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: typeof fetch;
  readonly agents: readonly { readonly routes: Readonly<Record<Mode, readonly string[]>> }[];
  readonly traffic: TrafficCounts;
  /** This node's own name, another one each time it starts. */
  readonly node: string;
  /** Where alerts are posted in Slack's form; nowhere when not given. */
  readonly slackUrl: string | undefined;
}

/** Tells when something fails that nobody would hear of: messages without receipts, webhooks that stay away. */
export interface Alerts {
  start(): void;
  stop(): Promise<void>;
}

/** How often this node writes what it counted, in milliseconds: what a crash loses at most. */
const flushMs = 10_000;

/** How often the rules are gone through, in milliseconds. Ours: two bad ones are half a minute. */
const evaluateMs = 15_000;

/**
 * How long the evaluation stays one node's, in milliseconds: two evaluations may come late, and of a node
 * that has died the others wait that long. Rejected: a job of the queue, which would have to be made once
 * and made again when it is lost.
 */
const leaseMs = 45_000;

/** How often old counts are deleted, in milliseconds. */
const forgetMs = 3_600_000;

export function createAlerts(options: AlertsOptions): Alerts {
  const { store, clock, logger, traffic, node, slackUrl } = options;
  const slack =
    slackUrl === undefined ? undefined : createSlackPoster({ ...options, url: slackUrl });
  const takeLease = (forMs: number) =>
    store.takeLease({
      name: "alerts",
      holder: node,
      nowMs: clock.now(),
      untilMs: clock.now() + forMs,
    });
  let streaks: Streaks = new Map();
  let forgottenAtMs = 0;

  async function evaluate(): Promise<void> {
    if (!(await takeLease(leaseMs))) {
      streaks = new Map();
      return;
    }
    streaks = await openAndClose(options, streaks, slack);
    if (clock.now() - forgottenAtMs < forgetMs) return;
    forgottenAtMs = clock.now();
    await store.forgetProviderMinutes(forgottenAtMs - countsKeptMs);
  }

  const report = (error: unknown, what: string) => logger.warn({ error: errorText(error) }, what);
  const lanes = [
    every(
      clock,
      flushMs,
      () => flush(store, traffic),
      (error) => report(error, "counts of providers not written yet"),
    ),
    every(clock, evaluateMs, evaluate, (error) => report(error, "alerts not evaluated")),
  ];
  return {
    start: () => {
      for (const lane of lanes) lane.start();
    },
    stop: async () => {
      await Promise.all([...lanes.map((lane) => lane.stop()), slack?.stop()]);
      await flush(store, traffic).catch((error: unknown) => report(error, "counts are lost"));
      // Given back at once; the next node need not wait.
      await takeLease(0).catch((error: unknown) =>
        report(error, "the lease of alerts was not given back"),
      );
    },
  };
}

/** A lane without jobs: its claim is what is to be done each time. */
function every(
  clock: Clock,
  pollMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): Lane {
  return createLane<never>({
    claim: async () => {
      await work();
      return [];
    },
    handle: () => Promise.resolve(),
    onError,
    inFlightMax: 1,
    pollMs,
    clock,
  });
}

async function flush(store: Store, traffic: TrafficCounts): Promise<void> {
  const minutes = traffic.take();
  if (minutes.length === 0) return;
  try {
    await store.addProviderMinutes(minutes);
  } catch (error) {
    traffic.putBack(minutes);
    throw error;
  }
}

async function openAndClose(
  { store, clock, agents, logger }: AlertsOptions,
  streaks: Streaks,
  slack: SlackPoster | undefined,
): Promise<Streaks> {
  const nowMs = clock.now();
  const [found, open] = await Promise.all([
    findTrouble({ store, providers: modesOf(agents), nowMs }),
    store.listOpenAlerts(),
  ]);
  const weighed = weigh(streaks, found, open);
  const opened = weighed.opened.map((one) => toAlert(one, nowMs));
  const closed = weighed.closed.map((one) => ({ ...one, closedAtMs: nowMs }));
  if (opened.length + closed.length === 0) return weighed.streaks;
  const changed = await store.changeAlerts({
    opened: opened.map((alert) => ({ alert, event: toEvent(alert, nowMs) })),
    closed: closed.map((alert) => ({ id: alert.id, atMs: nowMs, event: toEvent(alert, nowMs) })),
  });
  for (const alert of [...opened, ...closed].filter(({ id }) => changed.has(id))) {
    const { kind, subject, mode } = alert;
    const state = alert.closedAtMs === null ? "opened" : "closed";
    logger.warn({ kind, subject, mode }, `alert ${state}`);
    // After the commit, from this node: one that dies in between has logged the event and posted nothing.
    slack?.post(toText(alert, state));
  }
  return weighed.streaks;
}

function modesOf(agents: AlertsOptions["agents"]): ReadonlyMap<string, Mode> {
  return new Map(
    agents.flatMap(({ routes }) => [
      ...routes.test.map((name) => [name, "test"] as const),
      ...routes.live.map((name) => [name, "live"] as const),
    ]),
  );
}

function toAlert({ mode, kind, subject, detail }: Found, nowMs: number): AlertRow {
  return { id: newId("alr"), mode, kind, subject, detail, openedAtMs: nowMs, closedAtMs: null };
}

function toEvent(
  { id, mode, kind, subject, detail, closedAtMs }: AlertRow,
  nowMs: number,
): NewEvent {
  const type: EventType = closedAtMs === null ? "alert.opened" : "alert.closed";
  const data = { alert: { id, kind, subject, detail } };
  return { id: newId("evt"), mode, type, atMs: nowMs, loggedAtMs: nowMs, data };
}

function toText({ kind, subject, mode, detail }: AlertRow, state: "opened" | "closed"): string {
  return state === "opened"
    ? `Richline alert: ${kind}, ${subject} (${mode}). ${detail}`
    : `Richline: over: ${kind}, ${subject} (${mode}).`;
}
