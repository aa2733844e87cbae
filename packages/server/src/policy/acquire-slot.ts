import { type Clock, pause } from "../kernel/clock.ts";
import { noReservation, type Reservation } from "../kernel/lane.ts";
import type { AcquireOptions } from "../kernel/rate-limiter.ts";
import type { Bucket } from "./bucket.ts";
import { createReservation } from "./reservation.ts";

/**
 * How often who waits says that it still does, in milliseconds: nodes that have said nothing for 2 s give
 * their shares up. As often as shares are renewed.
 */
const sayMs = 500;

interface AcquireSlotOptions extends AcquireOptions {
  readonly clock: Clock;
  /** Renews shares; resolves when that is done. */
  readonly renew: (buckets: readonly Bucket[]) => Promise<void>;
}

/** Takes a slot of each of some buckets for a job under way, ahead of all who would begin anew. */
export async function acquireSlot(
  buckets: readonly Bucket[],
  options: AcquireSlotOptions,
): Promise<Reservation | undefined> {
  const { clock, signal } = options;
  const untilMs = clock.now() + options.waitMsMax;
  for (;;) {
    // Limits come and go while we wait.
    const limited = buckets.filter(({ limit }) => limit !== null);
    if (limited.length === 0) return noReservation;
    const stale = limited.filter((bucket) => bucket.noteDemand(clock.now()));
    // A store that is away is asked again below; until it answers nothing can be taken.
    if (stale.length > 0) await options.renew(stale).catch(() => undefined);
    const short = limited.find((one) => one.isAwaited() || !one.hasRoom(clock.now()));
    if (short === undefined) return take(limited, clock);
    const taken = await standAhead(short, { ...options, limited, untilMs });
    if (taken !== undefined || signal.aborted || clock.now() >= untilMs) return taken;
  }
}

interface StandOptions extends AcquireSlotOptions {
  readonly limited: readonly Bucket[];
  readonly untilMs: number;
}

/** Waits at the bucket that has no room, until it has; undefined when another one has none by then, or the time is over. */
async function standAhead(
  short: Bucket,
  { clock, signal, renew, limited, untilMs }: StandOptions,
): Promise<Reservation | undefined> {
  const called = new AbortController();
  let taken: Reservation | undefined;
  const onRoom = () => {
    const hasRoom = limited.every((one) => one.limit === null || one.hasRoom(clock.now()));
    if (hasRoom && !signal.aborted) taken = take(limited, clock);
    called.abort();
  };
  short.waitAhead(onRoom);
  const hasEnded = AbortSignal.any([called.signal, signal]);
  while (!hasEnded.aborted && clock.now() < untilMs && short.limit !== null) {
    const nowMs = clock.now();
    const isStale = short.noteDemand(nowMs);
    if (short.noteBacklog(nowMs) || isStale) void renew([short]).catch(() => undefined);
    await pause(clock, Math.min(sayMs, untilMs - nowMs), hasEnded);
  }
  short.leaveAhead(onRoom);
  return taken;
}

function take(limited: readonly Bucket[], clock: Clock): Reservation {
  const nowMs = clock.now();
  for (const bucket of limited) bucket.takeAhead(nowMs);
  return createReservation(limited, clock);
}
