import { describe, expect, it } from "vitest";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createLane, type LaneGate, type LaneOptions } from "./lane.ts";

const pollMs = 250;

/** A job that ends when the test says so. */
interface HeldJob {
  readonly job: number;
  end(): void;
  fail(error: Error): void;
}

/** A lane on a queue of numbers, with every job in the test's hand. */
function aLane(options: Partial<LaneOptions<number>> = {}) {
  const clock = createFakeClock();
  const queue: number[] = [];
  const claims: number[] = [];
  const errors: unknown[] = [];
  const held: HeldJob[] = [];
  let failClaimsWith: Error | undefined;
  const lane = createLane<number>({
    claim: async (limit) => {
      claims.push(limit);
      if (failClaimsWith !== undefined) throw failClaimsWith;
      return queue.splice(0, limit);
    },
    handle: (job) =>
      new Promise((resolve, reject) => held.push({ job, end: resolve, fail: reject })),
    onError: (error) => errors.push(error),
    inFlightMax: 4,
    pollMs,
    clock,
    ...options,
  });
  return {
    lane,
    clock,
    queue,
    claims,
    errors,
    held,
    failClaims: (error: Error | undefined) => {
      failClaimsWith = error;
    },
  };
}

/** Everything that can go on without time or jobs moving has gone on after this. */
const settle = () => new Promise(setImmediate);

describe("a lane", () => {
  it("claims as many jobs as it has room for, and never has more at once", async () => {
    const { lane, queue, held, claims } = aLane();
    queue.push(...Array.from({ length: 20 }, (_, index) => index));
    lane.start();
    let ended = 0;
    let most = 0;
    while (ended < 20) {
      await settle();
      most = Math.max(most, held.length - ended);
      held[ended]?.end();
      ended += 1;
    }
    await settle();
    expect(most).toBe(4);
    expect(held.map(({ job }) => job)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(Math.max(...claims)).toBe(4);
    await lane.stop();
  });

  it("looks again at once when it is woken", async () => {
    const { lane, queue, held } = aLane();
    lane.start();
    await settle();
    queue.push(1);
    lane.wake();
    await settle();
    expect(held).toHaveLength(1);
    held[0]?.end();
    await lane.stop();
  });

  it("does not lose a hint that comes while it claims", async () => {
    const queue: number[] = [];
    const begun: number[] = [];
    let finishFirstClaim: () => void = () => undefined;
    let claims = 0;
    const { lane } = aLane({
      claim: async () => {
        claims += 1;
        if (claims === 1) await new Promise<void>((resolve) => (finishFirstClaim = resolve));
        return claims === 1 ? [] : queue.splice(0);
      },
      handle: async (job) => void begun.push(job),
    });
    lane.start();
    await settle();
    queue.push(1);
    lane.wake();
    finishFirstClaim();
    await settle();
    expect(begun).toEqual([1]);
    await lane.stop();
  });

  it("finds due work by itself when no hint comes, as often as it is told and no more", async () => {
    const { lane, queue, held, clock, claims } = aLane();
    lane.start();
    await settle();
    queue.push(1);
    clock.advance(pollMs - 1);
    await settle();
    expect(claims).toHaveLength(1);
    clock.advance(1);
    await settle();
    expect(claims).toHaveLength(2);
    expect(held).toHaveLength(1);
    held[0]?.end();
    await lane.stop();
  });

  it("does not ask for jobs it has no room for", async () => {
    const { lane, queue, claims, clock, held } = aLane({ inFlightMax: 2 });
    queue.push(1, 2, 3);
    lane.start();
    await settle();
    clock.advance(pollMs);
    await settle();
    expect(claims).toEqual([2]);
    for (const job of held) job.end();
    await settle();
    held[2]?.end();
    await lane.stop();
  });

  it("outlives a claim that fails, and reports it", async () => {
    const { lane, queue, errors, failClaims, clock, held } = aLane();
    const broken = new Error("the store is away");
    failClaims(broken);
    queue.push(1);
    lane.start();
    await settle();
    expect(errors).toEqual([broken]);
    failClaims(undefined);
    clock.advance(pollMs);
    await settle();
    expect(held).toHaveLength(1);
    held[0]?.end();
    await lane.stop();
  });

  it("outlives a job that fails, reports it and has its room back", async () => {
    const { lane, queue, errors, held } = aLane({ inFlightMax: 1 });
    queue.push(1, 2);
    lane.start();
    await settle();
    const broken = new Error("a bug");
    held[0]?.fail(broken);
    await settle();
    expect(errors).toEqual([broken]);
    expect(held.map(({ job }) => job)).toEqual([1, 2]);
    held[1]?.end();
    await lane.stop();
  });

  it("stops only when every job under way has ended, and claims no more", async () => {
    const { lane, queue, held, claims } = aLane();
    queue.push(1, 2);
    lane.start();
    await settle();
    let stopped = false;
    const stopping = lane.stop().then(() => {
      stopped = true;
    });
    queue.push(3);
    lane.wake();
    held[0]?.end();
    await settle();
    expect(stopped).toBe(false);
    held[1]?.end();
    await stopping;
    expect(claims).toHaveLength(1);
    expect(queue).toEqual([3]);
  });

  it("starts once however often it is told to, and stops at once when it never started", async () => {
    const { lane, claims } = aLane();
    lane.start();
    lane.start();
    await settle();
    expect(claims).toHaveLength(1);
    await lane.stop();
    await aLane().lane.stop();
  });

  it("leaves no timer behind", async () => {
    const { lane, clock } = aLane();
    lane.start();
    await settle();
    expect(clock.waiting).toBe(1);
    await lane.stop();
    expect(clock.waiting).toBe(0);
  });
});

describe("a lane with a gate", () => {
  /** A gate with so many permissions, which notes how each ended. */
  function aGate(permissions: number | "unlimited") {
    const ends: string[] = [];
    const asked: number[] = [];
    let left = permissions;
    const gate: LaneGate = {
      reserve: async (max) => {
        asked.push(max);
        if (left === "unlimited") return left;
        const count = Math.min(max, left);
        left -= count;
        return Array.from({ length: count }, () => ({
          release: () => ends.push("released"),
          giveBack: () => ends.push("given back"),
        }));
      },
    };
    const allow = (count: number) => {
      left = count;
    };
    return { gate, ends, asked, allow };
  }

  it("claims no more than it may do now, and gives back what it found no job for", async () => {
    const { gate, ends, asked } = aGate(3);
    const { lane, queue, claims, held } = aLane({ gate });
    queue.push(1, 2);
    lane.start();
    await settle();
    expect([asked, claims]).toEqual([[4], [3]]);
    expect(ends).toEqual(["given back"]);
    held[0]?.end();
    held[1]?.end();
    await settle();
    expect(ends).toEqual(["given back", "released", "released"]);
    await lane.stop();
  });

  it("claims nothing while the gate is closed, and looks again when there is room", async () => {
    const { gate, allow } = aGate(0);
    const { lane, queue, claims, held } = aLane({ gate });
    queue.push(1);
    lane.start();
    await settle();
    expect(claims).toEqual([]);
    allow(1);
    lane.wake();
    await settle();
    expect(held).toHaveLength(1);
    held[0]?.end();
    await lane.stop();
  });

  it("gives back every permission when its claim fails, and keeps jobs back when the gate does", async () => {
    const { gate, ends } = aGate(2);
    const { lane, errors, failClaims, claims, clock } = aLane({
      gate: {
        reserve: async (max) => {
          if (claims.length === 1) throw new Error("the gate is broken");
          return gate.reserve(max);
        },
      },
    });
    failClaims(new Error("the store is away"));
    lane.start();
    await settle();
    expect(ends).toEqual(["given back", "given back"]);
    clock.advance(pollMs);
    await settle();
    expect(errors).toHaveLength(2);
    expect(claims).toHaveLength(1);
    await lane.stop();
  });

  it("that has no limit claims as without one", async () => {
    const { gate } = aGate("unlimited");
    const { lane, queue, claims, held } = aLane({ gate });
    queue.push(1);
    lane.start();
    await settle();
    expect(claims).toEqual([4]);
    held[0]?.end();
    await lane.stop();
  });
});
