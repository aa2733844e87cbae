import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { silentLogger } from "../kernel/logger.ts";
import { openSqliteStoreHere } from "../store/sqlite/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { createAlerts } from "./alerts.ts";
import { createTrafficCounts } from "./traffic-counts.ts";

async function openStore(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "richline-alerts-"));
  const { store } = await openSqliteStoreHere(join(folder, "richline.db"));
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}

/** A node that evaluates on a store, with a provider `google` that it counts for. */
function startNode(store: Store, clock: FakeClock, node: string) {
  const traffic = createTrafficCounts(clock, node);
  const posted: string[] = [];
  const alerts = createAlerts({
    store,
    clock,
    logger: silentLogger,
    fetch: async (_input, init) => {
      posted.push(JSON.parse(String(init?.body)).text);
      return new Response("ok");
    },
    agents: [{ routes: { test: ["google"], live: [] } }],
    traffic,
    node,
    slackUrl: "https://hooks.example/a",
  });
  alerts.start();
  onTestFinished(() => alerts.stop());
  return { alerts, traffic, posted };
}

/** Lets time pass in steps of 5 s; at each, every lane of the nodes has done its work and rests again. */
async function pass(
  store: Store,
  clock: FakeClock,
  { nodes, forMs }: { nodes: number; forMs: number },
) {
  const rest = async () => {
    while (clock.waiting < 2 * nodes) await store.check();
  };
  await rest();
  for (let passedMs = 0; passedMs < forMs; passedMs += 5_000) {
    clock.advance(5_000);
    await rest();
  }
}

it("two nodes tell of the same trouble once, from what both have counted", async () => {
  const store = await openStore();
  const clock = createFakeClock();
  const nodes = [startNode(store, clock, "one"), startNode(store, clock, "two")];
  for (const { traffic } of nodes) {
    for (let index = 0; index < 10; index += 1) traffic.attempted("google", "connection_failed");
  }
  await pass(store, clock, { nodes: 2, forMs: 60_000 });
  expect((await store.listOpenAlerts()).map(({ kind, detail }) => [kind, detail])).toEqual([
    ["failures_spiking", "20 of 20 calls failed in five minutes; in the day before 0 % did."],
  ]);
  expect(nodes.flatMap(({ posted }) => posted)).toHaveLength(1);
});

it("a node waits until the lease of one that died has ended, and then takes its place", async () => {
  const store = await openStore();
  const clock = createFakeClock();
  const nowMs = clock.now();
  await store.takeLease({ name: "alerts", holder: "dead", nowMs, untilMs: nowMs + 45_000 });
  const { traffic } = startNode(store, clock, "alive");
  traffic.stands("google", "suspended");
  await pass(store, clock, { nodes: 1, forMs: 40_000 });
  expect(await store.listOpenAlerts()).toEqual([]);
  await pass(store, clock, { nodes: 1, forMs: 35_000 });
  expect(await store.listOpenAlerts()).toMatchObject([{ kind: "provider_suspended" }]);
});

it("a node that stops writes what it counted, and the next one need not wait", async () => {
  const store = await openStore();
  const clock = createFakeClock();
  const first = startNode(store, clock, "one");
  await pass(store, clock, { nodes: 1, forMs: 15_000 });
  first.traffic.received("google", "other");
  await first.alerts.stop();
  const span = { fromMs: 0, beforeMs: clock.now() + 60_000 };
  const [sums] = await store.sumProviderMinutes([span]);
  expect(sums?.get("google")).toMatchObject({ received: 1 });
  const nowMs = clock.now();
  const lease = { name: "alerts", holder: "two", nowMs, untilMs: nowMs + 45_000 };
  expect(await store.takeLease(lease)).toBe(true);
});

it("counts are kept for two days", async () => {
  const store = await openStore();
  const clock = createFakeClock();
  const { traffic } = startNode(store, clock, "one");
  traffic.received("google", "other");
  await pass(store, clock, { nodes: 1, forMs: 15_000 });
  const counted = async () => {
    const [sums] = await store.sumProviderMinutes([{ fromMs: 0, beforeMs: clock.now() }]);
    return sums?.size;
  };
  clock.advance(2 * 86_400_000 - 120_000);
  await pass(store, clock, { nodes: 1, forMs: 15_000 });
  expect(await counted()).toBe(1);
  clock.advance(3_600_000);
  await pass(store, clock, { nodes: 1, forMs: 15_000 });
  expect(await counted()).toBe(0);
});
