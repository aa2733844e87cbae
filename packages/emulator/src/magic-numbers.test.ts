import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { stalledMsMax } from "./carrier/stalled-calls.ts";
import { createManualClock } from "./clock.ts";
import { magicNumbers } from "./index.ts";
import type { Behaviour } from "./magic-numbers.ts";
import { agentId, aQuestion, aText, startEmulator } from "./testing/fixture.ts";
import { startReceiver } from "./testing/receiver.ts";

function numberOf(behaviour: Behaviour): string {
  const found = magicNumbers.find((one) => one.behaviour === behaviour);
  if (found === undefined) throw new Error(`No magic number for ${behaviour}.`);
  return found.phoneNumber;
}

async function withWebhook() {
  const clock = createManualClock();
  const receiver = await startReceiver();
  const agents = [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }];
  return { ...(await startEmulator({ clock, agents })), clock, receiver };
}

describe("magic numbers", () => {
  test("are unique and lie in the range reserved for fiction", () => {
    const numbers = magicNumbers.map(({ phoneNumber }) => phoneNumber);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) expect(number).toMatch(/^\+120255501\d\d$/);
  });

  test.each<[Behaviour, number, string]>([
    ["not_capable", 404, "NOT_FOUND"],
    ["disabled", 404, "NOT_FOUND"],
    ["invalid_number", 400, "INVALID_ARGUMENT"],
    ["unavailable", 503, "UNAVAILABLE"],
    ["forbidden", 403, "PERMISSION_DENIED"],
  ])("%s: every call answers %i %s", async (behaviour, status, name) => {
    const { send, rbm } = await startEmulator();
    const number = numberOf(behaviour);
    const { messageId } = await send(number, aText());
    const refused = { status, body: { error: { code: status, status: name } } };
    expect(await send(number, aText(), messageId)).toMatchObject(refused);
    const query = `requestId=${randomUUID()}&agentId=${agentId}`;
    expect(await rbm(`/v1/phones/${number}/capabilities?${query}`)).toMatchObject(refused);
  });

  test("rate_limited: the first send of a message answers 429 with Retry-After, its repeat is accepted", async () => {
    const { send, thread } = await startEmulator();
    const number = numberOf("rate_limited");
    const first = await send(number, aText());
    expect(first).toMatchObject({ status: 429, body: { error: { status: "RESOURCE_EXHAUSTED" } } });
    expect(first.headers.get("retry-after")).toBe("1");
    expect(await send(number, aText(), first.messageId)).toMatchObject({ status: 200 });
    expect(await thread(number)).toHaveLength(1);
    expect(await send(number, aText())).toMatchObject({ status: 429 });
  });

  test("auth_failed: two sends of a message answer 401, its third is accepted", async () => {
    const { send, thread } = await startEmulator();
    const number = numberOf("auth_failed");
    const refused = { status: 401, body: { error: { status: "UNAUTHENTICATED" } } };
    const first = await send(number, aText());
    expect(first).toMatchObject(refused);
    expect(await send(number, aText(), first.messageId)).toMatchObject(refused);
    expect(await send(number, aText(), first.messageId)).toMatchObject({ status: 200 });
    expect(await thread(number)).toHaveLength(1);
    expect(await send(number, aText())).toMatchObject(refused);
  });

  test("invalid_payload: no content is taken, though the phone can be reached", async () => {
    const { send, rbm, thread } = await startEmulator();
    const number = numberOf("invalid_payload");
    for (const content of [aText(), aQuestion()]) {
      expect(await send(number, content)).toMatchObject({
        status: 400,
        body: { error: { status: "INVALID_ARGUMENT" } },
      });
    }
    const query = `requestId=${randomUUID()}&agentId=${agentId}`;
    const reach = await rbm(`/v1/phones/${number}/capabilities?${query}`);
    expect(reach).toMatchObject({ status: 200 });
    expect(await thread(number)).toEqual([]);
  });

  test("reset_before_accept: nothing arrives, however often it is sent", async () => {
    const { send, thread } = await startEmulator();
    const number = numberOf("reset_before_accept");
    const messageId = randomUUID();
    for (let time = 0; time < 3; time += 1) {
      await expect(send(number, aText(), messageId)).rejects.toThrow("fetch failed");
    }
    expect(await thread(number)).toEqual([]);
  });

  test("hang_after_accept: the message arrives though no answer comes, and its repeat is answered and delivers nothing more", async () => {
    const { send, thread, clock, control } = await withWebhook();
    const number = numberOf("hang_after_accept");
    const messageId = randomUUID();
    const lost = expect(send(number, aText(), messageId)).rejects.toThrow("fetch failed");
    while ((await control("/health")).body.callsStalled === 0);
    expect(await send(number, aText(), messageId)).toMatchObject({ status: 200 });
    expect(await thread(number)).toHaveLength(1);
    clock.advance(stalledMsMax);
    await lost;
  });

  test("early_receipts: the receipt comes, and then the answer", async () => {
    const { send, clock, control, receiver } = await withWebhook();
    const sending = send(numberOf("early_receipts"), aText());
    await receiver.take(1);
    expect((await control("/requests")).body.requests).toEqual([]);
    clock.advance(1_000);
    expect(await sending).toMatchObject({ status: 200 });
  });

  test("reset_after_accept: the message arrives though the answer does not, and its repeat delivers nothing more", async () => {
    const { send, thread, control } = await startEmulator();
    const number = numberOf("reset_after_accept");
    const messageId = randomUUID();
    await expect(send(number, aText(), messageId)).rejects.toThrow("fetch failed");
    expect(await thread(number)).toHaveLength(1);
    expect(await send(number, aText(), messageId)).toMatchObject({ status: 200 });
    expect(await thread(number)).toHaveLength(1);
    expect((await control("/requests")).body.requests).toMatchObject([
      { status: 0 },
      { status: 200 },
    ]);
  });

  test("duplicated_receipts: each receipt comes twice, the same both times", async () => {
    const { send, receiver } = await withWebhook();
    await send(numberOf("duplicated_receipts"), aText());
    const [first, second] = await receiver.take(2);
    expect(first?.envelope).toEqual(second?.envelope);
    expect(receiver.kinds()).toEqual(["DELIVERED", "DELIVERED"]);
  });

  test("reordered_receipts: READ comes before DELIVERED", async () => {
    const { send, receiver } = await withWebhook();
    await send(numberOf("reordered_receipts"), aText());
    await receiver.take(2);
    expect(receiver.kinds()).toEqual(["READ", "DELIVERED"]);
  });

  test.each<[Behaviour, string]>([
    ["never_delivered", "TTL_EXPIRATION_REVOKED"],
    ["inconclusive_expiry", "TTL_EXPIRATION_REVOKE_FAILED"],
  ])("%s: nothing arrives, and the time to live ends in %s", async (behaviour, eventType) => {
    const { send, thread, clock, receiver } = await withWebhook();
    const number = numberOf(behaviour);
    expect(await send(number, { ...aText(), ttl: "60s" })).toMatchObject({ status: 200 });
    clock.advance(60_000);
    await receiver.take(1);
    expect(receiver.kinds()).toEqual([eventType]);
    expect(await thread(number)).toEqual([]);
  });

  test("never_delivered: the message can be revoked", async () => {
    const { send, rbm } = await startEmulator();
    const number = numberOf("never_delivered");
    const { messageId } = await send(number, aText());
    const path = `/v1/phones/${number}/agentMessages/${messageId}?agentId=${agentId}`;
    expect(await rbm(path, { method: "DELETE" })).toMatchObject({ status: 200 });
  });

  test("offline: messages wait until the phone is set online", async () => {
    const { send, thread, control } = await startEmulator();
    const number = numberOf("offline");
    expect(await send(number, aText())).toMatchObject({ status: 200 });
    expect(await thread(number)).toEqual([]);
    await control(`/phones/${number}`, { method: "PATCH", body: { online: true } });
    expect(await thread(number)).toHaveLength(1);
  });

  test("text_only: text arrives, a card is refused, capabilities are empty", async () => {
    const { send, rbm } = await startEmulator();
    const number = numberOf("text_only");
    expect(await send(number, aText())).toMatchObject({ status: 200 });
    const richCard = { standaloneCard: { cardContent: { title: "Hi" } } };
    expect(await send(number, { contentMessage: { richCard } })).toMatchObject({ status: 400 });
    const query = `requestId=${randomUUID()}&agentId=${agentId}`;
    expect((await rbm(`/v1/phones/${number}/capabilities?${query}`)).body).toEqual({
      features: [],
      carrier: expect.any(String),
    });
  });

  test("taps_first_suggestion: the message is read, and then its first suggestion tapped", async () => {
    const { send, receiver } = await withWebhook();
    await send(numberOf("taps_first_suggestion"), aQuestion());
    const webhooks = await receiver.take(3);
    expect(receiver.kinds()).toEqual(["DELIVERED", "READ", "message"]);
    expect(webhooks.find(({ data }) => data.suggestionResponse)?.data).toMatchObject({
      suggestionResponse: { postbackData: "yes" },
    });
  });

  test("opts_out: the message arrives, and then the person answers with STOP and UNSUBSCRIBE", async () => {
    const { send, receiver } = await withWebhook();
    await send(numberOf("opts_out"), aText());
    await receiver.take(3);
    expect(receiver.kinds()).toEqual(["DELIVERED", "message", "UNSUBSCRIBE"]);
  });

  test("no_receipts: the message arrives, and nothing is reported", async () => {
    const { send, thread, emulator, receiver } = await withWebhook();
    const number = numberOf("no_receipts");
    await send(number, aText());
    expect(await thread(number)).toHaveLength(1);
    await emulator.settled();
    expect(receiver.received).toEqual([]);
  });
});
