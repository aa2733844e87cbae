import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  atFullSpeed,
  nextDepartureMs,
  refillPace,
  slowDown,
  slowedSlots,
  usablePart,
} from "./pacing.ts";

const limits = fc.integer({ min: 1, max: 2_000 });

describe("the pace", () => {
  it("lets no more go in any span than its rate and what it may gather", () => {
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 300 })), (slots, gapsMs) => {
        let nowMs = 0;
        let pace = { budget: 1, atMs: 0 };
        let departed = 0;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          pace = refillPace(pace, slots, nowMs);
          const going = Math.floor(pace.budget);
          departed += going;
          pace = { ...pace, budget: pace.budget - going };
          expect(departed).toBeLessThanOrEqual(1 + 1e-6 + (slots * 1.05 * nowMs) / 1_000);
        }
      }),
    );
  });

  it("gathers 50 ms worth however long nothing departs, and two calls at least", () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 1e9 }), (slots, restMs) => {
        const { budget } = refillPace({ budget: 0, atMs: 0 }, slots, restMs);
        expect(budget).toBeLessThanOrEqual(Math.max(2, slots * 0.0525 + 1e-9));
      }),
    );
  });

  it("knows when the next call may depart", () => {
    fc.assert(
      fc.property(limits, fc.double({ min: 0, max: 0.999, noNaN: true }), (slots, budget) => {
        const atMs = nextDepartureMs({ budget, atMs: 0 }, slots);
        expect(refillPace({ budget, atMs: 0 }, slots, atMs).budget).toBeGreaterThanOrEqual(
          1 - 1e-9,
        );
      }),
    );
    expect(nextDepartureMs({ budget: 0, atMs: 0 }, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a slow-down", () => {
  it("pauses as long as the provider asks, and for a second when it names no time", () => {
    expect(slowDown(atFullSpeed, 5_000, 3_000).pausedUntilMs).toBe(8_000);
    expect(slowDown(atFullSpeed, 5_000).pausedUntilMs).toBe(6_000);
  });

  it("pauses for an hour at most, whatever a provider asks", () => {
    expect(slowDown(atFullSpeed, 0, 1e12).pausedUntilMs).toBe(3_600_000);
  });

  it("leaves half, and gives 5 % of the share back each second from the end of the pause", () => {
    const slowed = slowDown(atFullSpeed, 0, 1_000);
    const slotsAt = [1_000, 2_000, 6_000, 11_000, 99_000].map((atMs) =>
      slowedSlots(200, slowed, atMs),
    );
    expect(slotsAt).toEqual([100, 110, 150, 200, 200]);
  });

  it("halves once for calls that are refused together, and again after the pause", () => {
    const first = slowDown(atFullSpeed, 0, 1_000);
    const together = slowDown(slowDown(first, 10, 1_000), 20, 2_000);
    expect(together).toEqual({ part: 0.5, atMs: 2_020, pausedUntilMs: 2_020 });
    expect(usablePart(slowDown(together, 2_020, 1_000), 3_020)).toBe(0.25);
  });

  it("never leaves more than the share, never nothing of it, and comes back in full", () => {
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 30_000 })), (slots, gapsMs) => {
        let nowMs = 0;
        let state = atFullSpeed;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          state = slowDown(state, nowMs, gapMs);
          const usable = slowedSlots(slots, state, nowMs);
          expect(usable).toBeGreaterThanOrEqual(1);
          expect(usable).toBeLessThanOrEqual(slots);
        }
        expect(slowedSlots(slots, state, state.pausedUntilMs + 20_000)).toBe(slots);
        expect(slowedSlots(0, state, nowMs)).toBe(0);
      }),
    );
  });
});
