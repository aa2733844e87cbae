import { expect, test } from "vitest";
import { agentIdOf, webhookTypeOf } from "./webhook-type.ts";

test.each<[string, unknown, string | undefined]>([
  ["a receipt of RBM", { eventType: "READ", messageId: "1" }, "READ"],
  ["a text", { text: "Hi", messageId: "1" }, "text"],
  ["a tapped reply", { suggestionResponse: { postbackData: "yes" } }, "suggestionResponse"],
  ["a location", { location: { latitude: 1, longitude: 2 } }, "location"],
  ["a file", { userFile: { payload: {} } }, "userFile"],
  ["Twilio's callback", { MessageStatus: "undelivered", SmsStatus: "undelivered" }, "undelivered"],
  ["Twilio's inbound SMS", { SmsStatus: "received", Body: "Hi" }, "received"],
  ["a receipt of SMPP", { message_state: 2, short_message: { message: "id:1" } }, "delivered"],
  ["an expired one", { message_state: 3, short_message: { message: "id:1" } }, "expired"],
  ["an inbound SMS by SMPP", { short_message: { message: "Hi" } }, "received"],
  ["what has no name here", { eventType: "SOMETHING_NEW" }, undefined],
  ["no object", "text", undefined],
])("%s", (_title, data, type) => {
  expect(webhookTypeOf(data)).toBe(type);
});

test("the agent is named by RBM only", () => {
  expect(agentIdOf({ agentId: "demo", eventType: "READ" })).toBe("demo");
  expect(agentIdOf({ SmsStatus: "sent" })).toBeUndefined();
});
