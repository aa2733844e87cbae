import { failureCodes } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  admit,
  type EndedCall,
  judgeCall,
  newProviderState,
  type ProviderState,
  passTime,
  defaultHealthPolicy as policy,
  recordCall,
} from "./provider-health.ts";

const startMs = Date.parse("2026-11-23T10:00:00Z");

/** Calls at one instant, the failed ones first. */
function after(
  state: ProviderState,
  atMs: number,
  calls: { readonly failed?: number; readonly worked?: number; readonly slow?: number },
): ProviderState {
  const { failed = 0, worked = 0, slow = 0 } = calls;
  const ended = [
    ...Array.from({ length: worked }, () => ({ failed: false, durationMs: 100 })),
    ...Array.from({ length: slow }, () => ({ failed: false, durationMs: 5_001 })),
    ...Array.from({ length: failed }, () => ({ failed: true, durationMs: 100 })),
  ];
  return ended.reduce((one, call) => recordCall(policy, one, { ...call, atMs }), state);
}

const healthy = newProviderState(startMs);
const degraded = after(healthy, startMs, { worked: 10, failed: 10 });

describe("a provider is degraded", () => {
  it("when half of its calls in a minute fail, and says so in numbers", () => {
    expect(degraded).toMatchObject({
      phase: "degraded",
      reason: { code: "failing", detail: "10 of the last 20 calls failed." },
    });
  });

  it("not by less than half, however many calls there are", () => {
    expect(after(healthy, startMs, { worked: 51, failed: 49 }).phase).toBe("healthy");
  });

  it("not by fewer than 20 calls, though all of them fail", () => {
    expect(after(healthy, startMs, { failed: 19 }).phase).toBe("healthy");
    expect(after(healthy, startMs, { failed: 20 }).phase).toBe("degraded");
  });

  it("not by calls that are a minute old", () => {
    const before = after(healthy, startMs, { failed: 19 });
    expect(after(before, startMs + 60_000, { failed: 1 }).phase).toBe("healthy");
    expect(after(before, startMs + 59_000, { failed: 1 }).phase).toBe("degraded");
  });

  it("when more than one call in twenty takes longer than 5 s", () => {
    expect(after(healthy, startMs, { worked: 38, slow: 2 }).phase).toBe("healthy");
    expect(after(healthy, startMs, { worked: 37, slow: 3 })).toMatchObject({
      phase: "degraded",
      reason: { code: "slow", detail: "2 of the last 39 calls took longer than 5 s." },
    });
  });
});

describe("a degraded provider", () => {
  it("gets no message that another one can take, for 30 s", () => {
    expect(admit(policy, degraded, startMs + 29_999).admitted).toBe(false);
    expect(admit(policy, degraded, startMs + 30_000).admitted).toBe(true);
  });

  /** How many of a hundred messages each step lets through, with every call working. */
  function recover(from: ProviderState): { shares: number[]; state: ProviderState } {
    const shares: number[] = [];
    let state = from;
    for (let atMs = startMs + 30_000; state.phase !== "healthy"; atMs += 15_000) {
      let admitted = 0;
      for (let index = 0; index < 100; index += 1) {
        const asked = admit(policy, state, atMs);
        state = asked.state;
        if (!asked.admitted) continue;
        admitted += 1;
        state = after(state, atMs, { worked: 1 });
      }
      shares.push(admitted);
    }
    return { shares, state };
  }

  it("gets its messages back step by step: a tenth, a quarter, half, all", () => {
    const { shares, state } = recover(degraded);
    // The first of each step goes through beside its share.
    expect(shares).toEqual(
      [10, 25, 50, 100, 100].map((share) => expect.toBeOneOf([share, share + 1])),
    );
    expect(state.phase).toBe("healthy");
  });

  it("that fails again is left alone again", () => {
    const recovering = passTime(policy, degraded, startMs + 30_000);
    expect(after(recovering, startMs + 31_000, { failed: 4 }).phase).toBe("recovering");
    expect(after(recovering, startMs + 31_000, { failed: 5 })).toMatchObject({
      phase: "degraded",
      sinceMs: startMs + 31_000,
    });
  });

  it("gets no more while a fifth of its calls fail, and more once fewer do", () => {
    const recovering = passTime(policy, degraded, startMs + 30_000);
    const held = after(recovering, startMs + 31_000, { worked: 8, failed: 2 });
    expect(passTime(policy, held, startMs + 80_000)).toMatchObject({
      phase: "recovering",
      step: 0,
    });
    const better = after(held, startMs + 45_000, { worked: 1 });
    expect(better).toMatchObject({ phase: "recovering", step: 1 });
  });

  it("gets no more as long as nobody has called it", () => {
    const recovering = passTime(policy, degraded, startMs + 30_000);
    expect(passTime(policy, recovering, startMs + 3_600_000)).toMatchObject({ step: 0 });
  });
});

const aCall: fc.Arbitrary<Omit<EndedCall, "atMs"> & { readonly gapMs: number }> = fc.record({
  gapMs: fc.nat({ max: 20_000 }),
  failed: fc.boolean(),
  durationMs: fc.constantFrom(10, 10, 10, 6_000),
});

describe("whatever happens", () => {
  it("a provider comes back from degraded only by every step, and to a step only by its calls", () => {
    fc.assert(
      fc.property(fc.array(aCall, { maxLength: 300 }), (calls) => {
        let state = healthy;
        let atMs = startMs;
        for (const { gapMs, ...call } of calls) {
          atMs += gapMs;
          const next = recordCall(policy, state, { ...call, atMs });
          const reached = (one: ProviderState) =>
            ({ degraded: -1, recovering: one.step, healthy: policy.stepShares.length })[one.phase];
          expect(reached(next)).toBeLessThanOrEqual(reached(state) + 1);
          state = next;
        }
      }),
    );
  });

  it("the memory is bounded by the window", () => {
    fc.assert(
      fc.property(fc.array(aCall, { maxLength: 300 }), (calls) => {
        let state = healthy;
        let atMs = startMs;
        for (const { gapMs, ...call } of calls) {
          atMs += gapMs % 700;
          state = recordCall(policy, state, { ...call, atMs });
        }
        expect(state.calls.length).toBeLessThanOrEqual(policy.windowMs / 1_000 + 1);
      }),
    );
  });

  it("a step lets through its share of the messages, and at most one more", () => {
    fc.assert(
      fc.property(fc.nat({ max: 3 }), fc.nat({ max: 500 }), (step, asked) => {
        const recovering = passTime(policy, degraded, startMs + 30_000);
        let state: ProviderState = { ...recovering, step };
        let admitted = 0;
        for (let index = 0; index < asked; index += 1) {
          const answer = admit(policy, state, startMs + 30_000);
          state = answer.state;
          admitted += answer.admitted ? 1 : 0;
        }
        const share = asked * (policy.stepShares[step] ?? Number.NaN);
        expect(admitted).toBeGreaterThanOrEqual(Math.floor(share));
        expect(admitted).toBeLessThanOrEqual(Math.ceil(share) + 1);
      }),
    );
  });
});

describe("a failure counts against the provider", () => {
  it("only when it could not be reached or does not know what it did", () => {
    const failed = failureCodes.filter((code) => judgeCall(code) === "failed");
    expect(failed.toSorted()).toEqual([
      "connection_failed",
      "outcome_unknown",
      "provider_unavailable",
      "timeout_before_send",
    ]);
    expect(judgeCall("rate_limited")).toBeUndefined();
    expect(judgeCall("auth_failed")).toBeUndefined();
    expect(judgeCall("not_rcs_capable")).toBe("worked");
    expect(judgeCall(undefined)).toBe("worked");
  });
});
