import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSlots } from "./pacing-slots.ts";

/** A call that is to be made: how long after the one before, how long it takes, and where on its way the provider counts it. */
const call = fc.record({
  gapMs: fc.integer({ min: 0, max: 200 }),
  roundTripMs: fc.integer({ min: 0, max: 3_000 }),
  countedAfter: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** Lets calls go as slots allow, in the order of time; answers when the provider counted each. */
function simulate(
  limit: number,
  calls: readonly (typeof call extends fc.Arbitrary<infer Call> ? Call : never)[],
) {
  const slots = createSlots({ isPaced: false });
  slots.allow(limit);
  const answersAtMs: number[] = [];
  const countedAtMs: number[] = [];
  let nowMs = 0;
  for (const { gapMs, roundTripMs, countedAfter } of calls) {
    nowMs += gapMs;
    for (;;) {
      for (const atMs of answersAtMs.splice(0).sort((a, b) => a - b)) {
        if (atMs <= nowMs) slots.release(atMs);
        else answersAtMs.push(atMs);
      }
      if (slots.available(nowMs) > 0) break;
      nowMs = Math.min(slots.roomAtMs(nowMs), ...answersAtMs);
    }
    slots.take(1, nowMs);
    answersAtMs.push(nowMs + roundTripMs);
    countedAtMs.push(nowMs + roundTripMs * countedAfter);
  }
  return countedAtMs.sort((a, b) => a - b);
}

describe("slots", () => {
  it("keep the limit over every second as the provider counts, whatever the delays on the way", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(call, { minLength: 10, maxLength: 80 }),
        (limit, calls) => {
          const countedAtMs = simulate(limit, calls);
          for (const [index, atMs] of countedAtMs.entries()) {
            const next = countedAtMs[index + limit];
            if (next !== undefined) expect(next - atMs).toBeGreaterThan(1_000);
          }
        },
      ),
    );
  });

  it("come free a second after the answer, not after the departure", () => {
    const slots = createSlots({ isPaced: false });
    slots.allow(1);
    slots.take(1, 0);
    expect(slots.roomAtMs(0)).toBe(Number.POSITIVE_INFINITY);
    slots.release(700);
    expect(slots.available(1_700)).toBe(0);
    expect(slots.roomAtMs(1_000)).toBe(1_701);
    expect(slots.available(1_701)).toBe(1);
  });

  it("are free at once when no call was made", () => {
    const slots = createSlots({ isPaced: true });
    slots.allow(1);
    slots.take(1, 0);
    slots.giveBack();
    expect(slots.available(0)).toBe(1);
  });

  it("that are taken away while in use are not taken again", () => {
    const slots = createSlots({ isPaced: false });
    slots.allow(10);
    slots.take(10, 0);
    slots.allow(4);
    for (let answered = 0; answered < 10; answered += 1) slots.release(answered * 100);
    expect(slots.available(1_501)).toBe(0);
    expect(slots.roomAtMs(1_501)).toBe(1_601);
    expect(slots.available(1_601)).toBe(1);
    expect(slots.available(9_999)).toBe(4);
  });

  it("go out spread over the second", () => {
    const slots = createSlots({ isPaced: true });
    slots.allow(200);
    let mostIn100Ms = 0;
    let inLast100Ms: number[] = [];
    for (let nowMs = 0; nowMs < 1_000; nowMs += 1) {
      const count = slots.available(nowMs);
      slots.take(count, nowMs);
      inLast100Ms = [...inLast100Ms, ...Array<number>(count).fill(nowMs)].filter(
        (atMs) => atMs > nowMs - 100,
      );
      mostIn100Ms = Math.max(mostIn100Ms, inLast100Ms.length);
    }
    expect(slots.out(1_000)).toBe(200);
    // What 100 ms of the pace are, and what was gathered before.
    expect(mostIn100Ms).toBeLessThanOrEqual(21 + 10);
  });

  it("rest while the provider wants to hear nothing", () => {
    const slots = createSlots({ isPaced: true });
    slots.allow(10);
    slots.slowDown(0, 2_000);
    expect([slots.available(1_999), slots.roomAtMs(0)]).toEqual([0, 2_000]);
    expect(slots.available(2_000)).toBe(2);
    slots.pauseUntil(5_000);
    expect([slots.available(4_999), slots.roomAtMs(2_000)]).toEqual([0, 5_000]);
  });
});
