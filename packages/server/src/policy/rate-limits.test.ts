import { describe, expect, it, onTestFinished } from "vitest";
import type { LaneGate, Reservation } from "../kernel/lane.ts";
import { silentLogger } from "../kernel/logger.ts";
import { providerBucket } from "../kernel/rate-limiter.ts";
import type { Store } from "../store/store.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";

const bucket = providerBucket("a");
/** How long a call takes, in milliseconds. */
const roundTripMs = 10;

/** Everything that can go on without time moving has gone on after this: a renewal is a few steps of it. */
async function settle(): Promise<void> {
  for (let step = 0; step < 3; step += 1) await new Promise(setImmediate);
}

async function aStore(): Promise<Store> {
  const { store, close } = await openTestStore();
  onTestFinished(close);
  return store;
}

/** Nodes on one store, with a clock that they share. */
async function someNodes(count: number, perSecond: number | null) {
  const clock = createFakeClock();
  const store = await aStore();
  const nodes = Array.from({ length: count }, (_, index) =>
    createRateLimits({
      store,
      clock,
      logger: silentLogger,
      node: `node-${index}`,
      configured: [{ bucket, perSecond, isLive: false }],
    }),
  );
  for (const node of nodes) await node.start();
  return { clock, store, nodes };
}

/** A node that always has something to send, and notes when each call departs. */
function aSender(node: RateLimits, clock: FakeClock) {
  const departedAtMs: number[] = [];
  let hasWork = true;
  const gate: LaneGate = node.gate([bucket], {
    hasWork: async () => hasWork,
    onRoom: () => void send(),
  });
  async function send(): Promise<void> {
    const reserved = hasWork ? await gate.reserve(64) : [];
    for (const reservation of typeof reserved === "string" ? [] : reserved) depart(reservation);
  }
  function depart(reservation: Reservation): void {
    departedAtMs.push(clock.now());
    clock.after(roundTripMs, () => reservation.release());
  }
  return {
    departedAtMs,
    send,
    rest: () => {
      hasWork = false;
    },
  };
}

type Sender = ReturnType<typeof aSender>;

/** Lets time pass in steps; lanes look by themselves every 250 ms. */
async function pass(clock: FakeClock, senders: readonly Sender[], forMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < forMs; passedMs += 5) {
    if (passedMs % 250 === 0) for (const sender of senders) void sender.send();
    clock.advance(5);
    await settle();
  }
}

function mostInASecond(senders: readonly Pick<Sender, "departedAtMs">[]): number {
  const atMs = senders.flatMap((sender) => sender.departedAtMs).sort((a, b) => a - b);
  return Math.max(
    0,
    ...atMs.map((fromMs) => atMs.filter((one) => one >= fromMs && one < fromMs + 1_000).length),
  );
}

const countSince = (senders: readonly Sender[], sinceMs: number) =>
  senders.flatMap((sender) => sender.departedAtMs).filter((atMs) => atMs >= sinceMs).length;

describe("a limit", () => {
  it("is never exceeded in any second, and nearly reached, by a node alone", async () => {
    const { clock, nodes } = await someNodes(1, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    const startMs = clock.now();
    await pass(clock, senders, 5_000);
    // One slot is kept for what is urgent.
    expect(mostInASecond(senders)).toBe(99);
    expect(countSince(senders, startMs)).toBeGreaterThanOrEqual(475);
  });

  it("is never exceeded in any second, and nearly reached, by nodes together", async () => {
    const { clock, nodes } = await someNodes(3, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 3_000);
    const sinceMs = clock.now();
    await pass(clock, senders, 4_000);
    expect(mostInASecond(senders)).toBeLessThanOrEqual(100);
    expect(countSince(senders, sinceMs)).toBeGreaterThanOrEqual(380);
    for (const sender of senders) expect(countSince([sender], sinceMs)).toBeGreaterThan(100);
  });

  it("keeps a slot for what is urgent, which departs at once beside a backlog, and still is not exceeded", async () => {
    const { clock, nodes } = await someNodes(1, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    const urgent: number[] = [];
    const [node] = nodes;
    const gate = node?.urgentGate([bucket], { hasWork: async () => true, onRoom: () => undefined });
    await pass(clock, senders, 2_000);
    for (let round = 0; round < 40; round += 1) {
      const reserved = await gate?.reserve(1);
      for (const reservation of Array.isArray(reserved) ? reserved : []) {
        urgent.push(clock.now());
        clock.after(roundTripMs, () => reservation.release());
      }
      await pass(clock, senders, 50);
    }
    // Whatever moment it comes at: no wait for the next look, and none for a slot to come free.
    expect(urgent.length).toBeGreaterThanOrEqual(36);
    expect(mostInASecond([...senders, { departedAtMs: urgent }])).toBeLessThanOrEqual(100);
  });

  it("lets what is urgent wait ahead of a backlog where more of it comes than is kept for it", async () => {
    const { clock, nodes } = await someNodes(1, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 2_000);
    let waiting = 20;
    const urgent: number[] = [];
    const gate = nodes[0]?.urgentGate([bucket], {
      hasWork: async () => waiting > 0,
      onRoom: () => void sendUrgent(),
    });
    async function sendUrgent(): Promise<void> {
      const reserved = (waiting > 0 && (await gate?.reserve(waiting))) || [];
      for (const reservation of typeof reserved === "string" ? [] : reserved) {
        waiting -= 1;
        urgent.push(clock.now());
        clock.after(roundTripMs, () => reservation.release());
      }
      if (reserved.length > 0) await sendUrgent();
    }
    await sendUrgent();
    const before = countSince(senders, 0);
    await pass(clock, senders, 250);
    // A limit of 100 lets 20 go in 200 ms; nothing of the backlog goes before the last of them has.
    expect(waiting).toBe(0);
    expect(countSince(senders, 0) - before).toBeLessThanOrEqual(5);
    expect(mostInASecond([...senders, { departedAtMs: urgent }])).toBeLessThanOrEqual(100);
  });

  it("lets what is urgent in when every other call hangs and the share was given up", async () => {
    const { clock, nodes } = await someNodes(1, 200);
    const [node] = nodes;
    if (node === undefined) throw new Error("there is no node");
    const common = node.gate([bucket], { hasWork: async () => true, onRoom: () => undefined });
    await common.reserve(64);
    // Nothing is answered, and so nothing is wanted: the share goes back to the store.
    for (let passedMs = 0; passedMs < 5_000; passedMs += 250) {
      clock.advance(250);
      await settle();
    }
    let granted = 0;
    const gate = node.urgentGate([bucket], { hasWork: async () => true, onRoom: () => void ask() });
    async function ask(): Promise<void> {
      const reserved = await gate.reserve(1);
      granted += reserved.length;
    }
    await ask();
    for (let passedMs = 0; passedMs < 1_000 && granted === 0; passedMs += 50) {
      clock.advance(50);
      await settle();
    }
    expect(granted).toBe(1);
  });

  it("smaller than the number of nodes reaches each of them in turn", async () => {
    const { clock, nodes } = await someNodes(3, 1);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 40_000);
    expect(mostInASecond(senders)).toBe(1);
    for (const sender of senders) expect(sender.departedAtMs.length).toBeGreaterThan(2);
  });

  it("goes to the nodes that have something to send", async () => {
    const { clock, store, nodes } = await someNodes(2, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 3_000);
    senders[1]?.rest();
    await pass(clock, senders, 5_000);
    expect(await store.listRateShares(clock.now())).toEqual([
      { bucket, node: "node-0", slots: 100 },
    ]);
    expect(mostInASecond(senders)).toBeLessThanOrEqual(100);
  });

  it("that is lowered holds on every node soon after, and the one before it until then", async () => {
    const { clock, nodes } = await someNodes(2, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 3_000);
    await nodes[0]?.set("test", bucket, 20);
    await pass(clock, senders, 2_000);
    expect(mostInASecond(senders)).toBeLessThanOrEqual(100);
    const sinceMs = clock.now();
    await pass(clock, senders, 3_000);
    const after = senders.map((sender) => ({
      ...sender,
      departedAtMs: sender.departedAtMs.filter((atMs) => atMs >= sinceMs),
    }));
    expect(mostInASecond(after)).toBeLessThanOrEqual(20);
    expect(countSince(senders, sinceMs)).toBeGreaterThanOrEqual(50);
  });

  it("is used by nobody who has not heard from the store for four seconds", async () => {
    const { clock, store, nodes } = await someNodes(1, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 1_000);
    store.renewShares = () => Promise.reject(new Error("the store is away"));
    await pass(clock, senders, 500);
    const heardLastMs = clock.now();
    for (const sender of senders) sender.send = async () => undefined;
    await pass(clock, senders, 10_000);
    const last = Math.max(...(senders[0]?.departedAtMs ?? []));
    expect(last).toBeLessThan(heardLastMs + 4_000);
    expect(last).toBeGreaterThan(heardLastMs + 2_000);
  });

  it("slows down when the provider asks for it, and comes back", async () => {
    const { clock, nodes } = await someNodes(1, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 2_000);
    nodes[0]?.slowDown(bucket, 2_000);
    const slowedAtMs = clock.now();
    await pass(clock, senders, 1_995);
    expect(countSince(senders, slowedAtMs)).toBe(0);
    await pass(clock, senders, 1_000);
    const firstSecond = countSince(senders, slowedAtMs);
    expect(firstSecond).toBeGreaterThan(40);
    expect(firstSecond).toBeLessThanOrEqual(55);
    await pass(clock, senders, 12_000);
    const sinceMs = clock.now();
    await pass(clock, senders, 1_000);
    expect(countSince(senders, sinceMs)).toBeGreaterThan(94);
  });

  it("that there is none costs no look at the store", async () => {
    const { store, nodes } = await someNodes(1, null);
    store.renewShares = () => Promise.reject(new Error("asked for nothing"));
    const gate = nodes[0]?.gate([bucket], {
      hasWork: () => Promise.reject(new Error("asked for nothing")),
      onRoom: () => undefined,
    });
    expect(await gate?.reserve(64)).toBe("unlimited");
  });

  it("that is put where there was none is followed at the next renewal", async () => {
    const { clock, nodes } = await someNodes(2, null);
    await nodes[0]?.set("test", bucket, 50);
    await pass(clock, [], 500);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 6_000);
    expect(mostInASecond(senders)).toBeLessThanOrEqual(50);
    expect(countSince(senders, 0)).toBeGreaterThan(100);
  });
});

describe("a slot for a job under way", () => {
  const other = providerBucket("b");
  const acquire = (
    node: RateLimits | undefined,
    { names = [bucket], waitMsMax = 20_000, signal = new AbortController().signal } = {},
  ) => {
    if (node === undefined) throw new Error("There is no such node.");
    return node.acquire(names, { waitMsMax, signal });
  };

  it("is free where nothing is limited, and then asks the store for nothing", async () => {
    const { store, nodes } = await someNodes(1, null);
    store.renewShares = () => Promise.reject(new Error("asked for nothing"));
    expect(await acquire(nodes[0])).toBeDefined();
  });

  it("counts as any other: with those of jobs that begin, no second holds more than the limit", async () => {
    const { clock, nodes } = await someNodes(2, 20);
    const senders = nodes.map((node) => aSender(node, clock));
    const followedAtMs: number[] = [];
    const follow = async (node: RateLimits) => {
      for (let part = 0; part < 40; part += 1) {
        const reservation = await acquire(node);
        followedAtMs.push(clock.now());
        clock.after(roundTripMs, () => reservation?.release());
      }
    };
    const following = Promise.all(nodes.map(follow));
    await pass(clock, senders, 8_000);
    await following;
    expect(mostInASecond([...senders, { departedAtMs: followedAtMs }])).toBe(20);
  });

  it("comes before jobs that would begin, and in the order in which it was asked for", async () => {
    const { clock, nodes } = await someNodes(1, 10);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 3_000);
    const begunBefore = countSince(senders, 0);
    const order: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      void acquire(nodes[0]).then((reservation) => {
        order.push(turn);
        reservation?.release();
      });
    }
    await settle();
    while (order.length < 20) await pass(clock, senders, 50);
    expect(order).toEqual(Array.from({ length: 20 }, (_, turn) => turn));
    // Only what had its slots already when these were asked for.
    expect(countSince(senders, 0) - begunBefore).toBeLessThanOrEqual(2);
    await pass(clock, senders, 3_000);
    expect(countSince(senders, 0) - begunBefore).toBeGreaterThan(10);
  });

  it("comes again and again from a limit of one, as soon as the one before is given back", async () => {
    const { clock, nodes } = await someNodes(1, 1);
    const takenAtMs: number[] = [];
    const follow = async () => {
      for (let part = 0; part < 4; part += 1) {
        const reservation = await acquire(nodes[0]);
        takenAtMs.push(clock.now());
        reservation?.release();
      }
    };
    const following = follow();
    await pass(clock, [], 5_000);
    await following;
    const gaps = takenAtMs.slice(1).map((atMs, index) => atMs - (takenAtMs[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(1_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(1_050);
  });

  it("needs room in each of its buckets, and waits where there is none", async () => {
    const clock = createFakeClock();
    const limits = createRateLimits({
      store: await aStore(),
      clock,
      logger: silentLogger,
      node: "a",
      configured: [
        { bucket, perSecond: 5, isLive: false },
        { bucket: other, perSecond: 1, isLive: false },
      ],
    });
    await limits.start();
    const names = [bucket, other];
    const takenAtMs: number[] = [];
    const follow = async () => {
      const reservation = await acquire(limits, { names });
      takenAtMs.push(clock.now());
      reservation?.release();
    };
    const following = Promise.all([follow(), follow(), follow()]);
    await pass(clock, [], 4_000);
    await following;
    expect((takenAtMs[2] ?? 0) - (takenAtMs[0] ?? 0)).toBeGreaterThan(2_000);
  });

  it("is not waited for longer than asked, nor after a stop, and leaves nothing behind", async () => {
    const { clock, nodes } = await someNodes(1, 1);
    const held = acquire(nodes[0]);
    await pass(clock, [], 500);
    const stopping = new AbortController();
    const late = acquire(nodes[0], { waitMsMax: 3_000 });
    const stopped = acquire(nodes[0], { signal: stopping.signal });
    await pass(clock, [], 1_000);
    stopping.abort();
    expect(await stopped).toBeUndefined();
    await pass(clock, [], 2_000);
    expect(await late).toBeUndefined();
    (await held)?.release();
    await nodes[0]?.stop();
    expect(clock.waiting).toBe(0);
  });

  it("comes when the limit is lifted", async () => {
    const { clock, nodes } = await someNodes(1, 1);
    await acquire(nodes[0]);
    const waiting = acquire(nodes[0]);
    await pass(clock, [], 500);
    await nodes[0]?.set("test", bucket, null);
    await pass(clock, [], 1_000);
    expect(await waiting).toBeDefined();
  });
});

describe("a stop", () => {
  it("leaves the share to others a second after the last call", async () => {
    const { clock, store, nodes } = await someNodes(1, 100);
    const senders = nodes.map((node) => aSender(node, clock));
    await pass(clock, senders, 1_000);
    senders[0]?.rest();
    await pass(clock, senders, 50);
    await nodes[0]?.stop();
    expect(await store.listRateShares(clock.now() + 1_000)).toHaveLength(1);
    expect(await store.listRateShares(clock.now() + 1_001)).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});

describe("requests", () => {
  it("are let in up to the limit in any second, all at once if they come so", async () => {
    const { clock, nodes } = await someNodes(1, null);
    const admit = async () => nodes[0]?.admit("key:1", 5);
    const first = await Promise.all(Array.from({ length: 8 }, admit));
    expect(first.filter((isAdmitted) => isAdmitted)).toHaveLength(5);
    clock.advance(1_000);
    expect(await admit()).toBe(false);
    clock.advance(1);
    expect(await admit()).toBe(true);
  });

  it("of one key over two nodes stay within its limit", async () => {
    const { clock, nodes } = await someNodes(2, null);
    const admittedAtMs: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      for (const node of nodes) {
        if (await node.admit("key:1", 10)) admittedAtMs.push(clock.now());
      }
      clock.advance(100);
      await settle();
    }
    for (const fromMs of admittedAtMs) {
      const within = admittedAtMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000);
      expect(within.length).toBeLessThanOrEqual(10);
    }
    expect(admittedAtMs.length).toBeGreaterThan(40);
  });
});

describe("a change", () => {
  it("of a bucket that nobody configured, or of live traffic with a test key, is refused", async () => {
    const store = await aStore();
    const limits = createRateLimits({
      store,
      clock: createFakeClock(),
      logger: silentLogger,
      node: "a",
      configured: [{ bucket, perSecond: 100, isLive: true }],
    });
    await expect(limits.set("test", "provider:b", 5)).rejects.toMatchObject({ code: "not_found" });
    await expect(limits.set("test", bucket, 5)).rejects.toMatchObject({ code: "scope_missing" });
    expect(await limits.set("live", bucket, 5)).toEqual({
      bucket,
      configured: 100,
      override: 5,
      messagesPerSecond: 5,
      shares: [],
    });
    expect(await limits.set("live", bucket, undefined)).toMatchObject({ messagesPerSecond: 100 });
  });
});
