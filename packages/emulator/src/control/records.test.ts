import { createHmac } from "node:crypto";
import { recordedRequest, recordedWebhook } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { type Reply, startReceiver } from "../testing/receiver.ts";
import { startFormReceiver, twilioSender } from "../testing/sms.ts";

const clientToken = "secret";

async function withWebhook(reply?: Reply) {
  const clock = createManualClock();
  const receiver = await startReceiver(reply);
  const agents = [{ agentId, webhookUrl: receiver.url, clientToken }];
  const fixture = await startEmulator({ clock, agents });
  const webhooks = async () => {
    await fixture.emulator.settled();
    return (await fixture.control("/webhooks")).body.webhooks;
  };
  return { ...fixture, clock, receiver, webhooks };
}

describe("a recorded request", () => {
  test("has its headers, without what says who one is", async () => {
    const { rbm, control } = await startEmulator();
    await rbm(`/v1/phones/${somePhone}/capabilities`, {
      headers: { "x-trace": "7", cookie: "session=1" },
    });
    const [record] = (await control("/requests")).body.requests;
    expect(recordedRequest.parse(record)).toEqual(record);
    expect(record.headers).toMatchObject({
      authorization: "[blanked]",
      cookie: "[blanked]",
      "x-trace": "7",
    });
  });
});

describe("a recorded webhook", () => {
  test("has what went out, word for word, and what came back", async () => {
    const { send, receiver, webhooks } = await withWebhook(() => [200, "thanks"]);
    await send(somePhone, aText());
    const [record] = await webhooks();
    expect(recordedWebhook.parse(record)).toEqual(record);
    const [received] = receiver.received;
    expect(JSON.parse(record.body)).toEqual(received?.envelope);
    const signature = createHmac("sha512", clientToken).update(received?.bytes ?? "");
    expect(record).toMatchObject({
      headers: {
        "Content-Type": "application/json",
        "X-Goog-Signature": signature.digest("base64"),
      },
      response: "thanks",
      status: 200,
      durationMs: expect.any(Number),
    });
    expect(record).not.toHaveProperty("error");
  });

  test("shows at most 2 KiB of the answer, and no broken character", async () => {
    const { send, webhooks } = await withWebhook(() => [500, `x${"é".repeat(2_000)}`]);
    await send(somePhone, aText());
    const [{ response }] = await webhooks();
    expect(response).toBe(`x${"é".repeat(1_023)}`);
  });

  test("says why there was no answer", async () => {
    const held: (() => void)[] = [];
    const slow = await withWebhook(() => new Promise((resolve) => held.push(() => resolve(200))));
    await slow.send(somePhone, aText());
    await slow.receiver.take(1);
    slow.clock.advance(10_000);
    expect(await slow.webhooks()).toMatchObject([{ error: "No answer within 10 seconds." }]);
    for (const release of held) release();

    const gone = await startEmulator({
      agents: [{ agentId, webhookUrl: "http://127.0.0.1:1/", clientToken }],
    });
    await gone.send(somePhone, aText());
    await gone.emulator.settled();
    const [record] = (await gone.control("/webhooks")).body.webhooks;
    expect(record).toMatchObject({
      state: "pending",
      error: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("of Twilio's wire has the form and its signature", async () => {
    const receiver = await startFormReceiver();
    const { control, emulator } = await startEmulator({
      smsSenders: [{ ...twilioSender, inboundUrl: receiver.url }],
      phones: [{ phoneNumber: somePhone }],
    });
    const body = { channel: "sms", text: "Hello there" };
    await control(`/phones/${somePhone}/messages`, { method: "POST", body });
    await emulator.settled();
    const [record] = (await control("/webhooks")).body.webhooks;
    expect(record.headers["X-Twilio-Signature"]).toBe(receiver.received[0]?.signature);
    expect(record.body).toContain("Body=Hello+there");
  });
});

describe("sending a webhook again", () => {
  test("is a new delivery of the same message", async () => {
    const { send, receiver, webhooks, control } = await withWebhook();
    await send(somePhone, aText());
    const [first] = await webhooks();
    const again = await control(`/webhooks/${first.id}/resend`, { method: "POST" });
    expect(again).toMatchObject({ status: 201, body: { data: first.data } });
    expect(again.body.id).toBeGreaterThan(first.id);
    const [sent, resent] = await receiver.take(2);
    expect(resent?.envelope).toEqual(sent?.envelope);
    expect(await webhooks()).toMatchObject([
      { id: first.id, state: "delivered" },
      { id: again.body.id, state: "delivered" },
    ]);
  });

  test("reaches the address that the agent has now", async () => {
    const { send, webhooks, control, clock } = await withWebhook(() => 500);
    await send(somePhone, aText());
    const [first] = await webhooks();
    const moved = await startReceiver();
    const put = { method: "PUT", body: { webhookUrl: moved.url } };
    await control(`/agents/${agentId}?skipChallenge=true`, put);
    await control(`/webhooks/${first.id}/resend`, { method: "POST" });
    await moved.take(1);
    expect((await webhooks()).at(-1)).toMatchObject({ url: moved.url, state: "delivered" });
    clock.advance(1_000);
    expect(await webhooks()).toMatchObject([{ state: "delivered", tries: 2 }, {}]);
  });

  test("is not possible once it is forgotten", async () => {
    const { send, webhooks, control } = await withWebhook();
    await send(somePhone, aText());
    const [first] = await webhooks();
    await control("/reset", { method: "POST" });
    for (const id of [first.id, 999]) {
      expect(await control(`/webhooks/${id}/resend`, { method: "POST" })).toMatchObject({
        status: 404,
        body: { code: "not_found" },
      });
    }
    expect(await control("/webhooks/first/resend", { method: "POST" })).toMatchObject({
      status: 400,
    });
  });
});
