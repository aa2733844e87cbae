import { setTimeout as pause } from "node:timers/promises";

/** First and longest pause between two looks, in milliseconds. */
const pauseMs = { first: 2, max: 100 } as const;

export interface UntilOptions {
  /** How long to wait before giving up, in milliseconds. 15,000 when not given. */
  readonly withinMs?: number;
}

/**
 * Looks again and again until `look` answers something, and answers that.
 *
 * The one place in these tests that waits by the real clock. What it waits for happens in other
 * processes or behind HTTP, where no signal of ours reaches, and so it looks, soon and then less often.
 * The deadline is only for a test that fails: no passing test waits for it.
 */
export async function until<Result>(
  what: string,
  look: () => Promise<Result | undefined> | Result | undefined,
  { withinMs = 15_000 }: UntilOptions = {},
): Promise<Result> {
  const deadlineMs = performance.now() + withinMs;
  for (let waitMs: number = pauseMs.first; ; waitMs = Math.min(waitMs * 1.5, pauseMs.max)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadlineMs) {
      throw new Error(`Waited ${withinMs} ms in vain until ${what}.`);
    }
    await pause(waitMs);
  }
}
