import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { type Reply, startReceiver } from "../testing/receiver.ts";

const clientToken = "correct horse";

async function withWebhook(reply?: Reply) {
  const clock = createManualClock();
  const receiver = await startReceiver(reply);
  const agents = [{ agentId, webhookUrl: receiver.url, clientToken }];
  return { ...(await startEmulator({ clock, agents })), clock, receiver };
}

describe("a webhook", () => {
  test("is shaped as Pub/Sub pushes it and signed over the decoded data", async () => {
    const { send, receiver } = await withWebhook();
    const { messageId } = await send(somePhone, aText());
    const [webhook] = await receiver.take(1);

    const signature = createHmac("sha512", clientToken)
      .update(webhook?.bytes ?? "")
      .digest("base64");
    expect(webhook?.headers["x-goog-signature"]).toBe(signature);
    expect(webhook?.envelope).toEqual({
      message: {
        attributes: {
          business_id: agentId,
          product: "RBM",
          project_number: expect.any(String),
          type: "event",
          event_type: "DELIVERED",
        },
        data: expect.any(String),
        messageId: expect.any(String),
        message_id: webhook?.envelope.message.messageId,
        publishTime: expect.any(String),
        publish_time: webhook?.envelope.message.publishTime,
      },
      subscription: expect.stringMatching(/^projects\/.*\/subscriptions\/rbm-sub$/),
    });
    expect(webhook?.data).toEqual({
      senderPhoneNumber: somePhone,
      eventType: "DELIVERED",
      eventId: expect.any(String),
      messageId,
      sendTime: expect.any(String),
      agentId,
    });
  });

  test.each([500, 404, 201, 302])(
    "that is answered %i is sent again, unchanged",
    async (status) => {
      const { send, receiver, clock, emulator } = await withWebhook((_webhook, count) =>
        count === 1 ? status : 200,
      );
      await send(somePhone, aText());
      await emulator.settled();
      clock.advance(1_000);
      const [first, second] = await receiver.take(2);
      expect(second?.envelope).toEqual(first?.envelope);
    },
  );

  test("is tried again after 1, 2, 4 … 600 seconds, for 7 days", async () => {
    const { send, receiver, clock, emulator, control } = await withWebhook(() => 503);
    const startMs = clock.now();
    await send(somePhone, aText());
    const gaps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600];
    for (const [index, seconds] of gaps.entries()) {
      await emulator.settled();
      clock.advance(seconds * 1_000 - 1);
      await emulator.settled();
      expect(receiver.received).toHaveLength(index + 1);
      clock.advance(1);
      await receiver.take(index + 2);
    }
    const state = async () => (await control("/webhooks")).body.webhooks[0];
    await emulator.settled();
    expect(await state()).toMatchObject({ state: "pending", status: 503, tries: 13 });

    for (let done = false; !done; done = (await state()).state === "dropped") {
      clock.advance(600_000);
      await emulator.settled();
    }
    const triedForMs = clock.now() - startMs;
    expect(triedForMs).toBeLessThanOrEqual(7 * 86_400_000);
    expect(triedForMs).toBeGreaterThan(7 * 86_400_000 - 600_000);
  });

  test("that is not answered within 10 seconds counts as failed", async () => {
    const answers: (() => void)[] = [];
    const { send, receiver, clock, emulator, control } = await withWebhook(
      () =>
        new Promise((resolve) => {
          answers.push(() => resolve(200));
        }),
    );
    await send(somePhone, aText());
    await receiver.take(1);
    clock.advance(10_000);
    await emulator.settled();
    const { webhooks } = (await control("/webhooks")).body;
    expect(webhooks).toMatchObject([{ state: "pending", tries: 1 }]);
    expect(webhooks[0].status).toBeUndefined();
    for (const answer of answers) answer();
  });

  test("that cannot be delivered at all is tried again when somebody listens", async () => {
    const clock = createManualClock();
    const receiver = await startReceiver();
    const agents = [{ agentId, webhookUrl: "http://127.0.0.1:1/", clientToken }];
    const { send, emulator, control } = await startEmulator({ clock, agents });
    await send(somePhone, aText());
    await emulator.settled();
    const put = { method: "PUT", body: { webhookUrl: receiver.url } };
    await control(`/agents/${agentId}?skipChallenge=true`, put);
    clock.advance(1_000);
    await receiver.take(1);
    expect(receiver.kinds()).toEqual(["DELIVERED"]);
  });

  test("is sent with at most 32 others at once, and a failing agent delays no other", async () => {
    const held: (() => void)[] = [];
    const slow = await startReceiver(
      () =>
        new Promise((resolve) => {
          held.push(() => resolve(200));
        }),
    );
    const quick = await startReceiver();
    const { send, rbm, control } = await startEmulator({
      agents: [
        { agentId, webhookUrl: slow.url, clientToken },
        { agentId: "other", webhookUrl: quick.url, clientToken },
      ],
    });
    for (let count = 0; count < 100; count += 1) await send(somePhone, aText());
    await slow.take(32);
    const messageId = "11111111-1111-4111-8111-111111111111";
    await rbm(`/v1/phones/${somePhone}/agentMessages?messageId=${messageId}&agentId=other`, {
      method: "POST",
      body: aText(),
    });
    await quick.take(1);
    expect((await control("/health")).body.webhooksPending).toBe(100);

    while (slow.received.length < 100) {
      const before = slow.received.length;
      for (const release of held.splice(0)) release();
      await slow.take(Math.min(100, before + 1));
    }
    for (const release of held.splice(0)) release();
    expect(slow.openMax).toBeLessThanOrEqual(32);
  });

  test("about a message never overtakes the one before it on the first try", async () => {
    const { send, control, receiver } = await withWebhook();
    const ids: string[] = [];
    for (let count = 0; count < 50; count += 1)
      ids.push((await send(somePhone, aText())).messageId);
    await control(`/phones/${somePhone}/events`, { method: "POST", body: { event: "read" } });
    const webhooks = await receiver.take(100);
    for (const id of ids) {
      const kinds = webhooks
        .filter(({ data }) => data.messageId === id)
        .map(({ data }) => data.eventType);
      expect(kinds).toEqual(["DELIVERED", "READ"]);
    }
  });
});

describe("setting a webhook", () => {
  async function put(reply: Reply, query = "", token: string | undefined = clientToken) {
    const receiver = await startReceiver(reply);
    const { control } = await startEmulator();
    const answer = await control(`/agents/${agentId}${query}`, {
      method: "PUT",
      body: { webhookUrl: receiver.url, clientToken: token },
    });
    const agent = (await control(`/agents/${agentId}`)).body;
    return { answer, receiver, agent };
  }

  test.each<[string, Reply]>([
    ["the bare secret", ({ envelope }) => [200, envelope.secret]],
    ["the secret in JSON", ({ envelope }) => [200, JSON.stringify({ secret: envelope.secret })]],
  ])("succeeds when the challenge is answered with %s", async (_title, reply) => {
    const { answer, receiver, agent } = await put(reply);
    expect(receiver.received[0]?.envelope).toEqual({ clientToken, secret: expect.any(String) });
    expect(answer).toMatchObject({ status: 200, body: { webhookUrl: receiver.url } });
    expect(agent).toMatchObject({ webhookUrl: receiver.url, webhookSigned: true });
    expect(JSON.stringify(agent)).not.toContain(clientToken);
  });

  test.each<[string, Reply, string]>([
    ["another text", () => [200, "hello"], "was not the secret"],
    ["another status", ({ envelope }) => [403, envelope.secret], "answered 403"],
  ])(
    "fails with an explanation when the challenge is answered with %s",
    async (_title, reply, why) => {
      const { answer, agent } = await put(reply);
      expect(answer).toMatchObject({
        status: 400,
        body: { code: "webhook_challenge_failed", detail: expect.stringContaining(why) },
      });
      expect(agent.webhookUrl).toBeUndefined();
    },
  );

  test("can skip the challenge", async () => {
    const { answer, receiver } = await put(() => 500, "?skipChallenge=true");
    expect(answer.status).toBe(200);
    expect(receiver.received).toEqual([]);
  });

  test("needs a client token", async () => {
    const { control } = await startEmulator();
    const body = { webhookUrl: "http://127.0.0.1:1/" };
    const answer = await control(`/agents/${agentId}`, { method: "PUT", body });
    expect(answer).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("clientToken") },
    });
  });
});
