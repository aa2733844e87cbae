import type { Clock } from "../kernel/clock.ts";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on and runs what comes due, in its order. */
  advance(byMs: number): void;
  /** How many timers wait. */
  readonly waiting: number;
}

export function createFakeClock(startMs = Date.parse("2026-11-23T10:00:00Z")): FakeClock {
  let nowMs = startMs;
  const timers = new Set<{ readonly dueAtMs: number; readonly callback: () => void }>();
  return {
    now: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { dueAtMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (byMs) => {
      const untilMs = nowMs + byMs;
      for (;;) {
        const [next] = [...timers]
          .filter((timer) => timer.dueAtMs <= untilMs)
          .sort((a, b) => a.dueAtMs - b.dueAtMs);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.dueAtMs);
        next.callback();
      }
      nowMs = untilMs;
    },
    get waiting() {
      return timers.size;
    },
  };
}
