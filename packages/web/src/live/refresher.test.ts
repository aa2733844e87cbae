import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createRefresher } from "./refresher.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("the first request runs at once, and a hundred more share one run after the gap", async () => {
  const run = vi.fn(async () => {});
  const refresher = createRefresher(run, 200);
  for (let count = 0; count < 101; count += 1) refresher.request();
  expect(run).toHaveBeenCalledTimes(1);
  refresher.request();
  await vi.advanceTimersByTimeAsync(199);
  expect(run).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(run).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(run).toHaveBeenCalledTimes(2);
});

it("runs do not overlap, and a request during a run is not forgotten", async () => {
  let running = 0;
  let most = 0;
  const run = vi.fn(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 500));
    running -= 1;
  });
  const refresher = createRefresher(run, 100);
  refresher.request();
  await vi.advanceTimersByTimeAsync(250);
  refresher.request();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(run).toHaveBeenCalledTimes(2);
  expect(most).toBe(1);
});

it("after stop nothing starts, and the run under way is told", async () => {
  const signals: AbortSignal[] = [];
  const refresher = createRefresher(async (signal) => {
    signals.push(signal);
  }, 100);
  refresher.request();
  refresher.request();
  refresher.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(signals).toHaveLength(1);
  expect(signals[0]?.aborted).toBe(true);
});
