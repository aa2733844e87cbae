import { failureCodes, messageStatuses } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideFallback, type EndedLeg, mayTakeNextLeg } from "./fallback-policy.ts";
import { advance } from "./lifecycle.ts";

const anEndedLeg: fc.Arbitrary<EndedLeg> = fc.record({
  status: fc.constantFrom(...messageStatuses),
  end: fc.constantFrom("failed", "expired", "revoked", "delivered", "inconclusive"),
  hasNextLeg: fc.boolean(),
  whenInconclusive: fc.constantFrom("fall_back", "review", "leave"),
});
const sent: EndedLeg = {
  status: "SENT",
  end: "revoked",
  hasNextLeg: true,
  whenInconclusive: "review",
};

describe("SMS follows RCS", () => {
  it("when RCS failed, expired or was taken back", () => {
    for (const end of ["failed", "expired", "revoked"] as const) {
      expect(decideFallback({ ...sent, end })).toEqual({ kind: "next_leg" });
    }
  });

  it("never when RCS has delivered, whatever the policy says", () => {
    fc.assert(
      fc.property(anEndedLeg, (leg) => {
        const delivered = { ...leg, end: "delivered" as const };
        expect(decideFallback(delivered)).toEqual({ kind: "leave" });
      }),
    );
  });

  it("never when the message is delivered, final or under review already", () => {
    fc.assert(
      fc.property(anEndedLeg, (leg) => {
        fc.pre(!["SCHEDULED", "QUEUED", "SENDING", "SENT", "UNCERTAIN"].includes(leg.status));
        expect(decideFallback(leg)).toEqual({ kind: "leave" });
      }),
    );
  });

  it("after an inconclusive end only where the policy says so", () => {
    fc.assert(
      fc.property(anEndedLeg, (leg) => {
        const step = decideFallback({ ...leg, end: "inconclusive" });
        if (step.kind === "next_leg") expect(leg.whenInconclusive).toBe("fall_back");
      }),
    );
  });

  it("only where there is a route for it", () => {
    fc.assert(
      fc.property(anEndedLeg, (leg) => {
        expect(decideFallback({ ...leg, hasNextLeg: false }).kind).not.toBe("next_leg");
      }),
    );
  });
});

describe("a leg that ends the message", () => {
  it.each([
    ["failed", "FAILED"],
    ["expired", "EXPIRED"],
    ["revoked", "EXPIRED"],
  ] as const)("having %s, leaves it %s", (end, status) => {
    expect(statusAfter({ ...sent, end, hasNextLeg: false })).toBe(status);
  });

  it.each([
    ["review", "NEEDS_REVIEW"],
    ["leave", "UNCERTAIN"],
    ["fall_back", "NEEDS_REVIEW"],
  ] as const)(
    "inconclusively, under the policy %s and without SMS, leaves it %s",
    (whenInconclusive, status) => {
      const leg = { ...sent, end: "inconclusive", hasNextLeg: false, whenInconclusive } as const;
      expect(statusAfter(leg)).toBe(status);
    },
  );
});

describe("a failure that a receipt tells of", () => {
  it.each(["invalid_number", "opted_out", "invalid_payload", "policy_rejected"])(
    "%s is the message's own: no other route helps",
    (code) => {
      expect(mayTakeNextLeg(code)).toBe(false);
    },
  );

  it("is the route's otherwise, also when nobody knows its code", () => {
    const rest = failureCodes.filter(
      (code) =>
        !["invalid_number", "opted_out", "invalid_payload", "policy_rejected"].includes(code),
    );
    for (const code of [...rest, "carrier_says_no", undefined])
      expect(mayTakeNextLeg(code)).toBe(true);
  });
});

function statusAfter(leg: EndedLeg): string {
  const step = decideFallback(leg);
  if (step.kind !== "end") throw new Error(`It did not end: ${step.kind}`);
  const state = { status: leg.status, sentAtMs: 1, deliveredAtMs: null, readAtMs: null };
  return advance(state, step.change).state.status;
}
