import type { Event } from "@richline/contract";
import { expect, it } from "vitest";
import { describeEvent } from "./describe-event.ts";

const base: Event = { id: "evt_1", type: "message.received", timestamp: "2026-11-23T12:00:00Z" };

it("an event is told by the most telling thing that it carries", () => {
  expect(describeEvent({ ...base, text: "Hello", interactionType: "TEXT" })).toBe("“Hello”");
  expect(describeEvent({ ...base, action: { text: "Order", postbackData: "order_1" } })).toBe(
    "“Order” → order_1",
  );
  expect(describeEvent({ ...base, reason: { code: "opted_out" } })).toBe("opted_out");
  expect(describeEvent({ ...base, location: { latitude: 1.5, longitude: -2 } })).toBe("1.5, -2");
  expect(describeEvent(base)).toBe("");
});
