import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createAdjustableClock } from "./adjustable-clock.ts";

/** The real time, in the test's hands. */
function startClock() {
  vi.useFakeTimers({ now: 1_000_000 });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const clock = createAdjustableClock();
  const ran: [string, number][] = [];
  const at = (delayMs: number, name: string, then: () => void = () => undefined) =>
    clock.schedule(delayMs, () => {
      ran.push([name, clock.now()]);
      then();
    });
  return { clock, ran, at };
}

describe("a clock that can be moved", () => {
  test("runs at real speed, with what it was moved by on top", () => {
    const { clock, ran, at } = startClock();
    at(100, "task");
    vi.advanceTimersByTime(60);
    expect([clock.now(), clock.offsetMs, clock.running]).toEqual([1_000_060, 0, true]);
    clock.advance(30);
    expect([clock.now(), clock.offsetMs, ran]).toEqual([1_000_090, 30, []]);
    vi.advanceTimersByTime(10);
    expect(ran).toEqual([["task", 1_000_100]]);
    expect(clock.now()).toBe(1_000_100);
  });

  test("runs what becomes due in its order, also what that schedules in turn", () => {
    const { clock, ran, at } = startClock();
    at(300, "last");
    at(100, "first", () => at(50, "between"));
    at(100, "second");
    at(1_000, "not yet");
    at(200, "never")();
    clock.advance(500);
    expect(ran).toEqual([
      ["first", 1_000_100],
      ["second", 1_000_100],
      ["between", 1_000_150],
      ["last", 1_000_300],
    ]);
    expect(clock.now()).toBe(1_000_500);
    vi.advanceTimersByTime(500);
    expect(ran.at(-1)).toEqual(["not yet", 1_001_000]);
  });

  test("runs each of many exactly once, in the order of their times", () => {
    const { clock, ran, at } = startClock();
    const delays = Array.from({ length: 500 }, (_, index) => (index * 7919) % 1_009);
    for (const [index, delayMs] of delays.entries()) at(delayMs, String(index));
    clock.advance(2_000);
    const expected = delays
      .map((delayMs, index) => [String(index), 1_000_000 + delayMs] as const)
      .sort(([, one], [, other]) => one - other);
    expect(ran).toEqual(expected);
  });

  test("stands still when told to, and goes on from there", () => {
    const { clock, ran, at } = startClock();
    at(100, "task");
    clock.stop();
    vi.advanceTimersByTime(5_000);
    expect([clock.now(), clock.running, ran]).toEqual([1_000_000, false, []]);
    clock.advance(40);
    expect([clock.now(), clock.running]).toEqual([1_000_040, false]);
    clock.start();
    vi.advanceTimersByTime(59);
    expect(ran).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ran).toEqual([["task", 1_000_100]]);
    expect(clock.offsetMs).toBe(-4_960);
  });

  test("put back shows the real time; what is scheduled keeps the time that it had left", () => {
    const { clock, ran, at } = startClock();
    clock.advance(86_400_000);
    at(100, "task");
    clock.reset();
    expect([clock.now(), clock.offsetMs, clock.running]).toEqual([1_000_000, 0, true]);
    vi.advanceTimersByTime(100);
    expect(ran).toEqual([["task", 1_000_100]]);
  });

  test("holds a delay longer than one timer can", () => {
    const { ran, at } = startClock();
    const thirtyDaysMs = 30 * 86_400_000;
    at(thirtyDaysMs, "expiry");
    vi.advanceTimersByTime(thirtyDaysMs - 1);
    expect(ran).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ran).toEqual([["expiry", 1_000_000 + thirtyDaysMs]]);
  });

  test("says what others' clocks show", () => {
    const { clock } = startClock();
    clock.advance(86_400_000);
    expect(clock.wallNow?.()).toBe(1_000_000);
  });
});
