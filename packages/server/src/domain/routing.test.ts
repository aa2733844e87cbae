import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planLeg, planLegs, type Route, type Routed } from "./routing.ts";

const rcs = (
  name: string,
  messageTypes: Route["capabilities"]["messageTypes"] = ["text"],
): Route => ({
  name,
  capabilities: { channel: "rcs", messageTypes, clientMessageId: true },
});
const sms = (name: string): Route => ({
  name,
  capabilities: { channel: "sms", messageTypes: ["text"], clientMessageId: false },
});
const aText: Routed = { messageType: "text", hasFallbackText: true, mayFallBack: true };
const routes = [rcs("google"), rcs("infobip", ["text", "carousel"]), sms("twilio"), sms("smpp")];

/** The providers a message goes through, were each to refuse it. */
function wayOf(message: Routed, over: readonly Route[] = routes): readonly string[] {
  return planLegs(over, message).map(({ provider }) => provider);
}

describe("a message's way", () => {
  it("is the agent's order", () => {
    expect(wayOf(aText)).toEqual(["google", "infobip", "twilio", "smpp"]);
  });

  it("leaves out providers that cannot carry it", () => {
    expect(wayOf({ ...aText, messageType: "carousel" })).toEqual(["infobip", "twilio", "smpp"]);
  });

  it("leaves out SMS when there are no words for it, or when nobody wants it", () => {
    expect(wayOf({ ...aText, hasFallbackText: false })).toEqual(["google", "infobip"]);
    expect(wayOf({ ...aText, mayFallBack: false })).toEqual(["google", "infobip"]);
  });

  it("is SMS alone for an agent that has nothing else: that is no fallback", () => {
    expect(wayOf({ ...aText, mayFallBack: false }, [sms("twilio")])).toEqual(["twilio"]);
  });

  it("is told of each leg: another follows, or none does", () => {
    fc.assert(
      fc.property(
        fc.record({
          messageType: fc.constantFrom("text" as const, "carousel" as const, "rich_card" as const),
          hasFallbackText: fc.boolean(),
          mayFallBack: fc.boolean(),
        }),
        fc.nat({ max: 4 }),
        (message, from) => {
          const leg = planLeg(routes, message, from);
          if (leg === undefined) return;
          const next = planLeg(routes, message, leg.index + 1);
          expect(leg.hasNext).toBe(next !== undefined);
        },
      ),
    );
  });
});
