import { expect, it } from "vitest";
import { readActivity } from "./activity-view.ts";

const request = {
  id: 1,
  at: "2026-11-23T12:00:00Z",
  method: "POST",
  url: "/v1/phones/%2B12025550123/agentMessages?messageId=m1&agentId=bistro",
  body: { contentMessage: { richCard: { standaloneCard: {} } } },
  status: 200,
};
const webhook = {
  id: 1,
  at: "2026-11-23T12:00:01Z",
  url: "http://127.0.0.1:4400/webhooks/google-rbm",
  data: { senderPhoneNumber: "+12025550123", eventType: "DELIVERED", messageId: "m1" },
  tries: 1,
  state: "pending",
};

it("requests and webhooks are one list, newest first, in the words of the RBM reference", () => {
  const lines = readActivity([request], [webhook], 10);
  expect(lines.map((line) => [line.direction, line.title, line.detail, line.stateLabel])).toEqual([
    ["out", "Receipt: DELIVERED", "+12025550123 · m1", "pending"],
    ["in", "Agent message: card", "/v1/phones/+12025550123/agentMessages · m1", "200"],
  ]);
});

it("a person who types is no receipt", () => {
  const typing = { ...webhook, data: { ...webhook.data, eventType: "IS_TYPING" } };
  expect(readActivity([], [typing], 10).map(({ title }) => title)).toEqual(["Typing"]);
});

it("records that cannot be read are left out, and the list has an end", () => {
  const many = Array.from({ length: 50 }, (_, id) => ({ ...request, id }));
  expect(readActivity([null, 3, ...many], [], 10)).toHaveLength(10);
});

it("what is about SMS is told apart, whatever wire it came by", () => {
  const submit = { ...request, method: "SMPP", url: "smpp://demo/submit_sm", body: {} };
  const short_message = { message: "id:7 sub:001 stat:UNDELIV err:001" };
  const lines = [
    { data: { MessageStatus: "delivered", MessageSid: "SM1", To: "+12025550123" } },
    { data: { SmsStatus: "received", Body: "Hi" } },
    {
      data: { esm_class: 4, receipted_message_id: "7", source_addr: "12025550123", short_message },
    },
    { data: { esm_class: 0, short_message: { message: "Hi" } } },
  ].map((one) => readActivity([], [{ ...webhook, ...one }], 10)[0]);
  expect(readActivity([submit], [], 10)[0]?.title).toBe("SMS");
  expect(lines.map((line) => line?.title)).toEqual([
    "SMS receipt: delivered",
    "Person wrote SMS",
    "SMS receipt: UNDELIV",
    "Person wrote SMS",
  ]);
  expect(lines[0]?.detail).toBe("+12025550123 · SM1");
});
