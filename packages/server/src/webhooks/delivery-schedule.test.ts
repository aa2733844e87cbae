import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveryDelaysMs, nextDeliveryDelayMs } from "./delivery-schedule.ts";

const hourMs = 3_600_000;

describe("deliveries", () => {
  it("are tried over days, with gaps that grow", () => {
    const gaps = [...deliveryDelaysMs];
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
    const totalMs = gaps.reduce((sum, gap) => sum + gap, 0);
    expect(totalMs).toBeGreaterThan(72 * hourMs);
    expect(totalMs).toBeLessThan(80 * hourMs);
  });

  it("are tried again after each failure by the schedule, then no more", () => {
    const waits = Array.from({ length: deliveryDelaysMs.length + 2 }, (_, index) =>
      nextDeliveryDelayMs(index + 1, undefined, 0),
    );
    expect(waits).toEqual([...deliveryDelaysMs, undefined, undefined]);
  });

  it("wait longer when the endpoint asks for it, up to a day, and never less", () => {
    expect(nextDeliveryDelayMs(1, 60_000, 0)).toBe(60_000);
    expect(nextDeliveryDelayMs(1, 1_000, 0)).toBe(5_000);
    expect(nextDeliveryDelayMs(1, 1_000 * hourMs, 0)).toBe(24 * hourMs);
  });

  it("are not kept alive by an endpoint that asks for ever more time", () => {
    expect(nextDeliveryDelayMs(deliveryDelaysMs.length + 1, 60_000, 0)).toBeUndefined();
  });

  it("are spread by jitter, which lengthens a gap by a tenth at most", () => {
    const aTry = fc.integer({ min: 1, max: deliveryDelaysMs.length });
    const aRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(aTry, aRandom, (attempts, random) => {
        const scheduledMs = deliveryDelaysMs[attempts - 1] ?? Number.NaN;
        const delayMs = nextDeliveryDelayMs(attempts, undefined, random);
        expect(delayMs).toBeGreaterThanOrEqual(scheduledMs);
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(scheduledMs * 1.1));
      }),
    );
  });
});
