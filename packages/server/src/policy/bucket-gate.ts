import type { Clock } from "../kernel/clock.ts";
import type { LaneGate, Reservation } from "../kernel/lane.ts";
import type { GateOptions } from "../kernel/rate-limiter.ts";
import type { Bucket } from "./bucket.ts";
import { createReservation } from "./reservation.ts";

interface BucketGateOptions extends GateOptions {
  readonly clock: Clock;
  /** Renews shares; resolves when that is done. */
  readonly renew: (buckets: readonly Bucket[]) => Promise<void>;
}

/** Lets jobs go that need a slot of each of some buckets: all of them at once, or none. */
export function createBucketGate(buckets: readonly Bucket[], options: BucketGateOptions): LaneGate {
  const { clock } = options;
  /** The last claim found less than there was room for. A lane without work asks for no share, and holds no slot while it looks. */
  let isIdle = true;

  /** What could go went, and there is more: asks for larger shares. */
  function askForMore(limited: readonly Bucket[]): void {
    const growing = limited.filter((bucket) => bucket.noteBacklog(clock.now()));
    // Those who wait are told by the renewal itself; one that fails is made again at the next tick.
    if (growing.length > 0) options.renew(growing).catch(() => undefined);
  }

  function take(limited: readonly Bucket[], max: number): readonly Reservation[] {
    const nowMs = clock.now();
    const short = limited.find((bucket) => !bucket.isReady(nowMs));
    if (short !== undefined) {
      short.wait(options.onRoom);
      return [];
    }
    const rooms = limited.map((bucket) => bucket.commonRoom(nowMs));
    const count = Math.min(max, ...rooms);
    for (const bucket of limited) bucket.take(count, nowMs);
    if (count < max) limited[rooms.indexOf(count)]?.wait(options.onRoom);
    return Array.from({ length: count }, () =>
      createReservation(limited, clock, () => {
        // There was less to do than could go: it does not wait for more room.
        isIdle = true;
        for (const bucket of limited) bucket.leave(options.onRoom);
      }),
    );
  }

  async function reserve(max: number): Promise<readonly Reservation[]> {
    if (isIdle && !(await options.hasWork())) {
      for (const bucket of buckets) bucket.pass();
      return [];
    }
    const wasFull = !isIdle;
    isIdle = false;
    const stale = buckets.filter((one) => isLimited(one) && one.noteDemand(clock.now()));
    if (stale.length > 0) await options.renew(stale);
    const limited = buckets.filter(isLimited);
    if (wasFull) askForMore(limited);
    const reserved = take(limited, max);
    for (const bucket of limited) bucket.pass();
    return reserved;
  }

  return {
    reserve: async (max) => (buckets.some(isLimited) ? reserve(max) : "unlimited"),
  };
}

/** Lets urgent jobs go into what is kept for them, and else with who is half sent, before all that would begin anew. */
export function createUrgentGate(
  buckets: readonly Bucket[],
  { clock, hasWork, onRoom, renew }: BucketGateOptions,
): LaneGate {
  /** Who waits says so at each look: a node that says nothing for two seconds loses its share. */
  function askForRoom(limited: readonly Bucket[]): void {
    const nowMs = clock.now();
    const lacking = limited.filter((bucket) => {
      const isStale = bucket.noteDemand(nowMs);
      return bucket.noteBacklog(nowMs) || isStale;
    });
    // Those who wait are told by the renewal itself; one that fails is made again at the next look.
    if (lacking.length > 0) renew(lacking).catch(() => undefined);
  }

  return {
    reserve: async (max) => {
      const limited = buckets.filter(isLimited);
      if (limited.length === 0) return "unlimited";
      const nowMs = clock.now();
      const short = limited.find((bucket) => bucket.isAwaited() || !bucket.hasRoom(nowMs));
      if (short !== undefined) {
        if (await hasWork()) {
          short.waitAhead(onRoom);
          askForRoom(limited);
        }
        return [];
      }
      const rooms = limited.map((bucket) => bucket.slots.available(nowMs));
      return Array.from({ length: Math.min(max, ...rooms) }, () => {
        for (const bucket of limited) bucket.takeAhead(nowMs);
        return createReservation(limited, clock);
      });
    },
  };
}

function isLimited({ limit }: Bucket): boolean {
  return limit !== null;
}
