import { abortReason } from "../../timing.ts";
import type { BotTiming } from "../bot-core.ts";

/** Time that stands still until a test moves it. The dice always show 0. */
export interface FakeBotTiming extends BotTiming {
  /** Moves time on, and wakes who has slept long enough. */
  advance(byMs: number): void;
}

export const startAtMs = Date.parse("2026-11-23T10:00:00Z");

export function createFakeBotTiming(): FakeBotTiming {
  let nowMs = startAtMs;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  return {
    now: () => nowMs,
    random: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(abortReason(signal));
        const sleeper = {
          untilMs: nowMs + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener("abort", stop);
            resolve();
          },
        };
        const stop = (): void => {
          sleepers.delete(sleeper);
          if (signal !== undefined) reject(abortReason(signal));
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      }),
    advance: (byMs) => {
      nowMs += byMs;
      for (const sleeper of [...sleepers]) if (sleeper.untilMs <= nowMs) sleeper.wake();
    },
  };
}
