import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aText, type Fixture, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

const clientToken = "secret";

function setOnline({ control }: Fixture, online: boolean): Promise<unknown> {
  return control(`/phones/${somePhone}`, { method: "PATCH", body: { online } });
}

async function withOfflinePhone(options: object = {}) {
  const clock = createManualClock();
  const receiver = await startReceiver();
  const fixture = await startEmulator({
    clock,
    agents: [{ agentId, webhookUrl: receiver.url, clientToken }],
    phones: [{ phoneNumber: somePhone, online: false }],
    ...options,
  });
  return { ...fixture, fixture, clock, receiver };
}

function revoke({ rbm }: Fixture, messageId: string) {
  const path = `/v1/phones/${somePhone}/agentMessages/${messageId}?agentId=${agentId}`;
  return rbm(path, { method: "DELETE" });
}

describe("a phone that is offline", () => {
  test("shows nothing, and everything in order once it is online", async () => {
    const { fixture, send, thread, clock, receiver } = await withOfflinePhone();
    const ids: string[] = [];
    for (const text of ["one", "two", "three"])
      ids.push((await send(somePhone, aText(text))).messageId);
    expect(await thread(somePhone)).toEqual([]);

    clock.advance(60_000);
    await setOnline(fixture, true);

    const deliveredAt = new Date(clock.now()).toISOString();
    expect(await thread(somePhone)).toMatchObject(
      ["one", "two", "three"].map((text) => ({ content: { text }, deliveredAt })),
    );
    const webhooks = await receiver.take(3);
    expect(webhooks.map(({ data }) => data.messageId).sort()).toEqual(ids.sort());
  });

  test("never gets a message whose time to live has ended, and the agent is told", async () => {
    const { fixture, send, thread, clock, receiver } = await withOfflinePhone();
    const { messageId, body } = await send(somePhone, { ...aText(), ttl: "10s" });
    expect(body.expireTime).toBe(new Date(clock.now() + 10_000).toISOString());

    clock.advance(9_999);
    await fixture.emulator.settled();
    expect(receiver.received).toEqual([]);
    clock.advance(1);
    const [webhook] = await receiver.take(1);
    await setOnline(fixture, true);

    expect(webhook?.data).toEqual({
      phoneNumber: somePhone,
      messageId,
      agentId,
      eventType: "TTL_EXPIRATION_REVOKED",
      eventId: expect.any(String),
      sendTime: expect.any(String),
    });
    expect(await thread(somePhone)).toEqual([]);
  });

  test("gets a message that is within its expireTime, and no event follows", async () => {
    const { fixture, send, clock, receiver } = await withOfflinePhone();
    const expireTime = new Date(clock.now() + 10_000).toISOString();
    await send(somePhone, { ...aText(), expireTime });
    await setOnline(fixture, true);
    await receiver.take(1);
    await fixture.emulator.settled();
    clock.advance(60_000);
    await fixture.emulator.settled();
    expect(receiver.kinds()).toEqual(["DELIVERED"]);
  });

  test("never gets what has waited for 30 days", async () => {
    const { fixture, send, thread, clock } = await withOfflinePhone();
    await send(somePhone, aText());
    clock.advance(30 * 86_400_000 + 1);
    await setOnline(fixture, true);
    expect(await thread(somePhone)).toEqual([]);
  });
});

describe("revoking", () => {
  test("takes back what waits: 200, also when repeated, and it is never delivered", async () => {
    const { fixture, send, thread } = await withOfflinePhone();
    const { messageId } = await send(somePhone, aText());
    expect(await revoke(fixture, messageId)).toMatchObject({ status: 200, body: {} });
    expect(await revoke(fixture, messageId)).toMatchObject({ status: 200, body: {} });
    await setOnline(fixture, true);
    expect(await thread(somePhone)).toEqual([]);
  });

  test("answers 404 for what is delivered or unknown", async () => {
    const { fixture, send } = await withOfflinePhone();
    const { messageId } = await send(somePhone, aText());
    await setOnline(fixture, true);
    const refused = { status: 404, body: { error: { status: "NOT_FOUND" } } };
    expect(await revoke(fixture, messageId)).toMatchObject(refused);
    expect(await revoke(fixture, "unknown")).toMatchObject(refused);
  });

  test("answers 200 for everything in the older behaviour, and leaves what is delivered", async () => {
    const { fixture, send, thread } = await withOfflinePhone({ revokeBehaviour: "legacy" });
    const { messageId } = await send(somePhone, aText());
    await setOnline(fixture, true);
    expect(await revoke(fixture, messageId)).toMatchObject({ status: 200, body: {} });
    expect(await revoke(fixture, "unknown")).toMatchObject({ status: 200, body: {} });
    expect(await thread(somePhone)).toHaveLength(1);
  });
});

describe("the delivery delay", () => {
  test("passes before the phone shows a message", async () => {
    const clock = createManualClock();
    const { send, thread } = await startEmulator({ clock, deliveryDelayMs: 50 });
    await send(somePhone, aText());
    expect(await thread(somePhone)).toEqual([]);
    clock.advance(50);
    expect(await thread(somePhone)).toHaveLength(1);
  });

  test("keeps a message waiting when the phone goes offline meanwhile", async () => {
    const clock = createManualClock();
    const fixture = await startEmulator({ clock, deliveryDelayMs: 50 });
    await fixture.send(somePhone, aText());
    await setOnline(fixture, false);
    clock.advance(50);
    expect(await fixture.thread(somePhone)).toEqual([]);
    await setOnline(fixture, true);
    expect(await fixture.thread(somePhone)).toHaveLength(1);
  });
});

describe("reset", () => {
  test("forgets phones, messages, ids, faults and records, and seeds the first phones again", async () => {
    const { send, control, thread } = await startEmulator({
      phones: [{ phoneNumber: "+13035550177", name: "Ada" }],
    });
    const { messageId } = await send(somePhone, aText());
    const rules = [{ on: "send", action: "error", status: 500 }];
    await control("/faults", { method: "PUT", body: { rules } });
    await control("/phones/+13035550177", { method: "PATCH", body: { name: "Eve" } });

    expect(await control("/reset", { method: "POST" })).toMatchObject({ status: 204 });

    expect((await control("/phones")).body.phones).toEqual([
      {
        phoneNumber: "+13035550177",
        name: "Ada",
        platform: "android",
        rcs: "enabled",
        online: true,
        autoRead: false,
      },
    ]);
    expect((await control("/faults")).body).toMatchObject({ rules: [] });
    expect((await control("/requests")).body).toEqual({ requests: [] });
    expect(await send(somePhone, aText("again"), messageId)).toMatchObject({ status: 200 });
    expect(await thread(somePhone)).toMatchObject([{ content: { text: "again" } }]);
  });

  test("stops what was on its way and what waited to be told", async () => {
    const receiver = await startReceiver(() => 500);
    const clock = createManualClock();
    const { send, control, emulator } = await startEmulator({
      clock,
      deliveryDelayMs: 50,
      agents: [{ agentId, webhookUrl: receiver.url, clientToken }],
    });
    await send(somePhone, aText("told once, refused"));
    clock.advance(50);
    await receiver.take(1);
    await emulator.settled();
    await send(somePhone, aText("on its way"));

    await control("/reset", { method: "POST" });
    clock.advance(600_000);
    await emulator.settled();

    expect(receiver.received).toHaveLength(1);
    expect((await control("/health")).body).toMatchObject({ messages: 0, webhooksPending: 0 });
  });
});
