import type { FaultRule } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { FaultPlan } from "./faults.ts";

function aPlan(rules: readonly FaultRule[], seed = 1) {
  const clock = createManualClock(0);
  const plan = new FaultPlan(clock);
  plan.replace(rules, seed);
  /** Which of so many matches a rule applied to. */
  const takes = (count: number, on: FaultRule["on"] = "send") =>
    Array.from({ length: count }, () => plan.take(on)?.action);
  return { plan, clock, takes };
}

const fails = { on: "send", action: "error" } as const satisfies FaultRule;

const chances = fc.record({
  on: fc.constantFrom("send" as const, "webhook" as const),
  action: fc.constantFrom("error" as const, "delay" as const, "reset" as const),
  agentId: fc.option(fc.constantFrom("one", "two"), { nil: undefined }),
  probability: fc.double({ min: 0.01, max: 1, noNaN: true }),
  after: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  count: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
});
const matches = fc.record({
  on: fc.constantFrom("send" as const, "webhook" as const),
  agentId: fc.constantFrom("one", "two", undefined),
});

describe("a plan of faults", () => {
  test("the same seed and the same sequence of matches lead to the same decisions", () => {
    fc.assert(
      fc.property(
        fc.array(chances, { maxLength: 6 }),
        fc.array(matches, { maxLength: 60 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (rules, calls, seed) => {
          const decide = () => {
            const { plan } = aPlan(rules, seed);
            return calls.map(({ on, agentId }) => plan.take(on, { agentId }));
          };
          expect(decide()).toEqual(decide());
        },
      ),
    );
  });

  test("the same seed makes the same choices for the same matches, whatever other rules match meanwhile", () => {
    const rules: FaultRule[] = [
      { ...fails, probability: 0.3 },
      { on: "webhook", action: "drop", probability: 0.5 },
    ];
    for (const seed of [0, 1, 42, 0xffff_ffff]) {
      const one = aPlan(rules, seed);
      const alone = one.takes(200);
      const other = aPlan(rules, seed);
      const mixed = Array.from({ length: 200 }, (_, index) => {
        if (index % 3 === 0) other.plan.take("webhook");
        return other.plan.take("send")?.action;
      });
      expect(mixed).toEqual(alone);
      expect(aPlan(rules, seed + 7).takes(200)).not.toEqual(alone);
    }
  });

  test("a probability holds in the long run", () => {
    const { takes } = aPlan([{ ...fails, probability: 0.25 }], 7);
    const applied = takes(20_000).filter((action) => action !== undefined).length;
    expect(applied / 20_000).toBeCloseTo(0.25, 1);
  });

  test("a seed is chosen and told when none is given", () => {
    const { plan } = aPlan([]);
    const seed = plan.replace([{ ...fails, probability: 0.5 }]);
    expect(plan.seed).toBe(seed);
    const choices = Array.from({ length: 50 }, () => plan.take("send")?.action);
    expect(aPlan([{ ...fails, probability: 0.5 }], seed).takes(50)).toEqual(choices);
  });

  test("after lets the first matches pass, count ends it; what is left is listed", () => {
    const { plan, takes } = aPlan([{ ...fails, after: 2, count: 2 }]);
    expect(takes(1)).toEqual([undefined]);
    expect(plan.list()).toEqual([{ ...fails, after: 1, count: 2 }]);
    expect(takes(2)).toEqual([undefined, "error"]);
    expect(plan.list()).toEqual([{ ...fails, count: 1 }]);
    expect(takes(2)).toEqual(["error", undefined]);
    expect(plan.isEmpty).toBe(true);
  });

  test("steps happen one after the other; null lets one pass, also by the rules behind", () => {
    const { plan, takes } = aPlan([
      {
        on: "send",
        steps: [{ action: "error", status: 503 }, null, { action: "accept_then_reset" }],
      },
      { on: "send", action: "delay", delayMs: 5 },
    ]);
    expect(plan.take("send")).toMatchObject({ action: "error", status: 503 });
    expect(plan.list()[0]).toEqual({ on: "send", steps: [null, { action: "accept_then_reset" }] });
    expect(takes(3)).toEqual([undefined, "accept_then_reset", "delay"]);
  });

  test("what one rule lets pass is the next one's", () => {
    const { takes } = aPlan([
      { ...fails, after: 1 },
      { on: "send", action: "delay", delayMs: 1 },
    ]);
    expect(takes(2)).toEqual(["delay", "error"]);
  });

  test("a rule names phone, agent and what a webhook tells; all must fit", () => {
    const phoneNumber = "+13035550100";
    const { plan } = aPlan([
      { on: "webhook", phoneNumber, agentId: "one", type: "READ", action: "drop" },
    ]);
    const match = { phoneNumber, agentId: "one", type: "READ" } as const;
    expect(plan.take("webhook", { ...match, agentId: "two" })).toBeUndefined();
    expect(plan.take("webhook", { ...match, type: "DELIVERED" })).toBeUndefined();
    expect(plan.take("webhook", { ...match, phoneNumber: "+13035550101" })).toBeUndefined();
    expect(plan.take("webhook", {})).toBeUndefined();
    expect(plan.take("webhook", match)).toMatchObject({ action: "drop" });
  });

  test("a rate lets so many pass in any second, and refuses the rest", () => {
    const { clock, plan, takes } = aPlan([{ on: "send", action: "rate_limit", perSecond: 2 }]);
    expect(takes(3)).toEqual([undefined, undefined, "error"]);
    clock.advance(999);
    expect(plan.take("send")).toMatchObject({ status: 429, retryAfterSeconds: 1 });
    clock.advance(1);
    expect(takes(3)).toEqual([undefined, undefined, "error"]);
  });
});
