import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

async function withRules(rules: readonly object[], options: object = {}) {
  const receiver = await startReceiver();
  const webhook = { webhookUrl: receiver.url, clientToken: "secret" };
  const fixture = await startEmulator({
    agents: [
      { agentId, ...webhook },
      { agentId: "other", ...webhook },
    ],
    phones: [{ phoneNumber: somePhone, autoRead: true }],
    ...options,
  });
  const put = (body: object) => fixture.control("/faults", { method: "PUT", body });
  const answer = await put({ rules });
  expect(answer.status).toBe(200);
  const statusOf = async (agent: string, text = "Hello") =>
    (
      await fixture.rbm(
        `/v1/phones/${somePhone}/agentMessages?messageId=${crypto.randomUUID()}&agentId=${agent}`,
        { method: "POST", body: aText(text) },
      )
    ).status;
  return { ...fixture, receiver, put, statusOf };
}

describe("fault rules", () => {
  test("for one agent leave the others alone", async () => {
    const rule = { on: "send", agentId: "other", action: "error", status: 503 };
    const { statusOf } = await withRules([rule]);
    expect([await statusOf(agentId), await statusOf("other")]).toEqual([200, 503]);
  });

  test("for one agent find it in the body of users.batchGet too", async () => {
    const rule = { on: "capabilities", agentId: "other", action: "error", status: 503 };
    const { rbm } = await withRules([rule]);
    const users = Array.from({ length: 500 }, (_, index) => `+1303555${1000 + index}`);
    const ask = async (agent: string) =>
      (await rbm("/v1/users:batchGet", { method: "POST", body: { users, agentId: agent } })).status;
    expect([await ask(agentId), await ask("other")]).toEqual([200, 503]);
  });

  test("can be a script: one step for each match", async () => {
    const steps = [{ action: "error", status: 503 }, null, { action: "error", status: 401 }];
    const { statusOf, control } = await withRules([{ on: "send", steps }]);
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push(await statusOf(agentId));
    expect(statuses).toEqual([503, 200, 401, 200]);
    expect((await control("/faults")).body.rules).toEqual([]);
  });

  test("limit the rate to so many in any second, and say when to come back", async () => {
    const clock = createManualClock();
    const rule = { on: "send", action: "rate_limit", perSecond: 2 };
    const { statusOf, send } = await withRules([rule], { clock });
    expect([await statusOf(agentId), await statusOf("other")]).toEqual([200, 200]);
    const refused = await send(somePhone, aText());
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { status: "RESOURCE_EXHAUSTED" } },
    });
    expect(refused.headers.get("retry-after")).toBe("1");
    clock.advance(1_000);
    expect(await statusOf(agentId)).toBe(200);
  });

  test("the same seed makes the same choices over HTTP; the answer tells it", async () => {
    const { statusOf, put, control } = await withRules([]);
    const rules = [{ on: "send", action: "error", status: 500, probability: 0.5 }];
    const run = async (seed?: number) => {
      const { body } = await put({ rules, ...(seed === undefined ? {} : { seed }) });
      const statuses = [];
      for (let index = 0; index < 20; index += 1) statuses.push(await statusOf(agentId));
      return { seed: body.seed, statuses };
    };
    const first = await run();
    expect(first.seed).toEqual(expect.any(Number));
    expect((await control("/faults")).body.seed).toBe(first.seed);
    expect(await run(first.seed)).toEqual(first);
    expect(new Set(first.statuses)).toEqual(new Set([200, 500]));
  });

  test.each<[string, object]>([
    ["neither action nor steps", { on: "send" }],
    ["both", { on: "send", action: "delay", steps: [null] }],
    ["a count of steps", { on: "send", steps: [null], count: 2 }],
    ["a rate without its number", { on: "send", action: "rate_limit" }],
    ["a rate of webhooks", { on: "webhook", action: "rate_limit", perSecond: 1 }],
    ["a number without its rate", { on: "send", action: "error", perSecond: 1 }],
    ["a type of a send", { on: "send", type: "READ", action: "error" }],
    ["a type of the other wire", { on: "sms_webhook", type: "READ", action: "drop" }],
    ["an agent of an SMS", { on: "sms_send", agentId, action: "error" }],
    ["a send that is reordered", { on: "send", action: "reorder" }],
    ["receipts of a revocation", { on: "revoke", action: "accept_then_receipts" }],
    ["a step without effect", { on: "webhook", steps: [{ action: "accept_then_reset" }] }],
    ["no chance at all", { on: "send", action: "error", probability: 0 }],
    ["an unknown type", { on: "webhook", action: "drop", type: "DELIVERD" }],
  ])("that could not do what they say are refused: %s", async (_title, rule) => {
    const { put } = await withRules([]);
    expect(await put({ rules: [rule] })).toMatchObject({
      status: 400,
      body: { code: "invalid_request", errors: [{ path: expect.stringMatching(/^\/rules\/0/) }] },
    });
  });
});

describe("fault rules for receipts", () => {
  test.each([
    ["drop", ["READ"]],
    ["duplicate", ["DELIVERED", "DELIVERED", "READ"]],
    ["reorder", ["READ", "DELIVERED"]],
  ])("%s of one type leaves the others alone", async (action, kinds) => {
    const rule = { on: "webhook", type: "DELIVERED", action };
    const { statusOf, emulator, receiver } = await withRules([rule]);
    await statusOf(agentId);
    await emulator.settled();
    expect(receiver.kinds()).toEqual(kinds);
  });

  test("a delay of one type lets the others overtake it", async () => {
    const clock = createManualClock();
    const rule = { on: "webhook", type: "DELIVERED", action: "delay", delayMs: 500 };
    const { statusOf, emulator, receiver } = await withRules([rule], { clock });
    await statusOf(agentId);
    await emulator.settled();
    expect(receiver.kinds()).toEqual(["READ"]);
    clock.advance(500);
    await emulator.settled();
    expect(receiver.kinds()).toEqual(["READ", "DELIVERED"]);
  });

  test("what is reordered and has nothing to follow goes after its time", async () => {
    const clock = createManualClock();
    const rule = { on: "webhook", type: "READ", action: "reorder", delayMs: 2_000 };
    const { statusOf, emulator, receiver } = await withRules([rule], { clock });
    await statusOf(agentId);
    await emulator.settled();
    clock.advance(1_999);
    await emulator.settled();
    expect(receiver.kinds()).toEqual(["DELIVERED"]);
    clock.advance(1);
    await emulator.settled();
    expect(receiver.kinds()).toEqual(["DELIVERED", "READ"]);
  });

  test("accept_then_receipts answers once the receipts were sent and answered", async () => {
    const order: string[] = [];
    const receiver = await startReceiver(({ data }) => {
      order.push(data.eventType);
      return 200;
    });
    const { statusOf } = await withRules([{ on: "send", action: "accept_then_receipts" }], {
      agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
      deliveryDelayMs: 20,
    });
    expect(await statusOf(agentId)).toBe(200);
    order.push("answer");
    expect(order).toEqual(["DELIVERED", "READ", "answer"]);
  });

  test("what a person writes has its type too", async () => {
    const { control, send, emulator, receiver } = await withRules([
      { on: "webhook", type: "text", action: "drop" },
    ]);
    await send(somePhone, aText());
    const write = (body: object) =>
      control(`/phones/${somePhone}/messages`, { method: "POST", body });
    await write({ text: "Lost" });
    await write({ location: { latitude: 1, longitude: 2 } });
    await emulator.settled();
    expect(receiver.received.flatMap(({ data }) => Object.keys(data))).not.toContain("text");
    expect(receiver.kinds()).toEqual(["DELIVERED", "READ", "message"]);
  });
});
