import { failureCodes } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failureReactions } from "./failure-taxonomy.ts";
import {
  decideNextStep,
  defaultRetryPolicy,
  type FailedAttempt,
  type NextStep,
} from "./retry-policy.ts";

const anAttempt = (overrides: Partial<FailedAttempt>): FailedAttempt => ({
  code: "provider_unavailable",
  retriesUsed: 0,
  idempotentSend: true,
  hasNextLeg: false,
  mayHaveBeenTaken: false,
  duringOutage: false,
  canRevoke: false,
  retryAfterMs: undefined,
  random: 0,
  ...overrides,
});
const decide = (overrides: Partial<FailedAttempt>): NextStep =>
  decideNextStep(defaultRetryPolicy, anAttempt(overrides));

const aRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anyAttempt: fc.Arbitrary<FailedAttempt> = fc.record({
  code: fc.constantFrom(...failureCodes),
  retriesUsed: fc.nat({ max: 10 }),
  idempotentSend: fc.boolean(),
  hasNextLeg: fc.boolean(),
  mayHaveBeenTaken: fc.boolean(),
  duringOutage: fc.boolean(),
  canRevoke: fc.boolean(),
  retryAfterMs: fc.option(fc.nat(), { nil: undefined }),
  random: aRandom,
});

describe("the retry schedule", () => {
  it.each([
    [0, 5_000],
    [1, 30_000],
    [2, 300_000],
  ])("waits exactly as long as the guide says: retry %i after %i ms", (retriesUsed, delayMs) => {
    expect(decide({ retriesUsed })).toEqual({ kind: "retry", delayMs, usesRetry: true });
  });

  it("flags the message for review after the third retry", () => {
    expect(decide({ retriesUsed: 3 })).toEqual({ kind: "needs_review" });
  });

  it("takes the next route, where there is one, only when the retries have run out", () => {
    expect(decide({ retriesUsed: 2, hasNextLeg: true }).kind).toBe("retry");
    expect(decide({ retriesUsed: 3, hasNextLeg: true })).toEqual({ kind: "next_leg" });
  });

  it("is lengthened by jitter, by a tenth at most, and never shortened", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 }), aRandom, (retriesUsed, random) => {
        const scheduledMs = defaultRetryPolicy.retryDelaysMs[retriesUsed] ?? Number.NaN;
        const step = decide({ retriesUsed, random });
        const delayMs = step.kind === "retry" ? step.delayMs : Number.NaN;
        expect(delayMs).toBeGreaterThanOrEqual(scheduledMs);
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(scheduledMs * 1.1));
      }),
    );
  });

  it("waits longer when the provider asks for it, up to an hour, and never less", () => {
    expect(decide({ retryAfterMs: 1_000 })).toMatchObject({ delayMs: 5_000 });
    expect(decide({ retryAfterMs: 60_000 })).toMatchObject({ delayMs: 60_000 });
    expect(decide({ retryAfterMs: 86_400_000 })).toMatchObject({ delayMs: 3_600_000 });
  });
});

describe("an outage of the provider", () => {
  it("uses up no retry, however long it lasts", () => {
    expect(decide({ duringOutage: true })).toMatchObject({ delayMs: 5_000, usesRetry: false });
    expect(decide({ duringOutage: true, retriesUsed: 3 })).toEqual({
      kind: "retry",
      delayMs: 300_000,
      usesRetry: false,
    });
  });
});

describe("a provider that asks for patience", () => {
  it("gets it, for as long as it says, and no retry is used up", () => {
    expect(decide({ code: "rate_limited", retryAfterMs: 7_000, retriesUsed: 2 })).toEqual({
      kind: "retry",
      delayMs: 7_000,
      usesRetry: false,
    });
  });

  it("that names no time is left alone for a second", () => {
    expect(decide({ code: "rate_limited" })).toMatchObject({ delayMs: 1_000, usesRetry: false });
  });

  it("however often it asks, does not make the message fail or change its route", () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const step = decideNextStep(defaultRetryPolicy, { ...attempt, code: "rate_limited" });
        expect(step).toMatchObject({ kind: "retry", usesRetry: false });
      }),
    );
  });
});

describe("a provider that refuses our credentials", () => {
  it("uses up no retry: the message takes the next route, or waits where there is none", () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const step = decideNextStep(defaultRetryPolicy, { ...attempt, code: "auth_failed" });
        expect(step).toMatchObject(
          attempt.hasNextLeg && !attempt.mayHaveBeenTaken
            ? { kind: "next_leg" }
            : { kind: "retry", usesRetry: false },
        );
      }),
    );
  });
});

describe("an outcome that nobody knows", () => {
  it("is never sent again by a provider that would not recognise the repeat", () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const step = decideNextStep(defaultRetryPolicy, {
          ...attempt,
          code: "outcome_unknown",
          idempotentSend: false,
        });
        expect(step).toEqual({ kind: "uncertain" });
      }),
    );
  });

  it("is repeated by the schedule where the provider recognises the id, then reviewed", () => {
    const code = "outcome_unknown";
    expect(decide({ code })).toMatchObject({ kind: "retry", delayMs: 5_000, usesRetry: true });
    expect(decide({ code, retriesUsed: 3 })).toEqual({ kind: "needs_review" });
  });

  it("never lets another route deliver the message a second time", () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const step = decideNextStep(defaultRetryPolicy, {
          ...attempt,
          code: "outcome_unknown",
          mayHaveBeenTaken: true,
        });
        expect(step.kind).not.toBe("next_leg");
      }),
    );
  });
});

describe("every failure", () => {
  it("has exactly one reaction", () => {
    expect(Object.keys(failureReactions).toSorted()).toEqual([...failureCodes].toSorted());
  });

  it.each(["invalid_number", "opted_out", "invalid_payload", "policy_rejected"] as const)(
    "%s fails the message on every route",
    (code) => {
      expect(decide({ code, hasNextLeg: true })).toEqual({ kind: "failed" });
    },
  );

  it.each(["not_rcs_capable", "rcs_disabled", "feature_unsupported"] as const)(
    "%s takes the next route at once, and fails where there is none",
    (code) => {
      expect(decide({ code, hasNextLeg: true })).toEqual({ kind: "next_leg" });
      expect(decide({ code })).toEqual({ kind: "failed" });
    },
  );

  it.each(["timeout_before_send", "connection_failed", "provider_unavailable"] as const)(
    "%s is retried",
    (code) => {
      expect(decide({ code })).toEqual({ kind: "retry", delayMs: 5_000, usesRetry: true });
    },
  );

  it("ends in a step, and every wait is bounded by an hour and its jitter", () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const step = decideNextStep(defaultRetryPolicy, attempt);
        if (step.kind !== "retry") return;
        expect(step.delayMs).toBeGreaterThanOrEqual(0);
        expect(step.delayMs).toBeLessThanOrEqual(Math.ceil(3_600_000 * 1.1));
      }),
    );
  });

  it("comes to an end: no message is retried more often than the schedule is long", () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const step = decideNextStep(defaultRetryPolicy, attempt);
        const isLate = attempt.retriesUsed >= defaultRetryPolicy.retryDelaysMs.length;
        if (isLate) expect(step).not.toMatchObject({ usesRetry: true });
      }),
    );
  });
});

describe("a leg that may have delivered", () => {
  it("is taken back before another route is taken, where the provider can be asked to", () => {
    const late = { retriesUsed: 3, hasNextLeg: true, mayHaveBeenTaken: true };
    expect(decide({ ...late, canRevoke: true })).toEqual({ kind: "take_back" });
    expect(decide({ ...late, code: "not_rcs_capable", canRevoke: true })).toEqual({
      kind: "take_back",
    });
    expect(decide({ ...late, canRevoke: false })).toEqual({ kind: "needs_review" });
    expect(decide({ ...late, canRevoke: true, hasNextLeg: false })).toEqual({
      kind: "needs_review",
    });
  });

  it("is never followed by another route, whatever the last attempt said", () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const step = decideNextStep(defaultRetryPolicy, { ...attempt, mayHaveBeenTaken: true });
        expect(step.kind).not.toBe("next_leg");
      }),
    );
  });
});
