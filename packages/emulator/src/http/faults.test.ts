import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { stalledMsMax } from "../carrier/stalled-calls.ts";
import { createManualClock } from "../clock.ts";
import { type Answer, agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

const sendPath = (messageId: string) =>
  `/v1/phones/${somePhone}/agentMessages?messageId=${messageId}&agentId=${agentId}`;
const revokePath = (messageId: string) =>
  `/v1/phones/${somePhone}/agentMessages/${messageId}?agentId=${agentId}`;

/** An emulator whose time stands still, with a webhook and a phone that the rule is about. */
async function withFault(rule: object, { online = true, deliveryDelayMs = 0 } = {}) {
  const clock = createManualClock();
  const receiver = await startReceiver();
  const fixture = await startEmulator({
    clock,
    deliveryDelayMs,
    agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
    phones: [{ phoneNumber: somePhone, online }],
  });
  const setFault = (one: object): Promise<Answer> =>
    fixture.control("/faults", { method: "PUT", body: { rules: [{ count: 1, ...one }] } });
  await setFault(rule);
  const callsStalled = async () => (await fixture.control("/health")).body.callsStalled;
  /** Waits until the call hangs; answers how it ends. */
  const untilItHangs = async (answer: Promise<unknown>) => {
    const ended = answer.then(
      () => "answered",
      () => "broken off",
    );
    while ((await callsStalled()) === 0);
    return { ended };
  };
  return { ...fixture, clock, receiver, setFault, callsStalled, untilItHangs };
}

describe("fault rules", () => {
  test("make a send fail as often as asked, only for the phone named", async () => {
    const { control, send } = await startEmulator();
    const rule = { on: "send", action: "error", status: 429, retryAfterSeconds: 7, count: 2 };
    const rules = [{ ...rule, phoneNumber: somePhone }];
    await control("/faults", { method: "PUT", body: { rules } });

    expect(await send("+13035550111", aText())).toMatchObject({ status: 200 });
    const first = await send(somePhone, aText());
    expect(first).toMatchObject({ status: 429, body: { error: { status: "RESOURCE_EXHAUSTED" } } });
    expect(first.headers.get("retry-after")).toBe("7");
    expect((await control("/faults")).body).toEqual({
      rules: [{ ...rules[0], count: 1 }],
      seed: expect.any(Number),
    });
    expect(await send(somePhone, aText())).toMatchObject({ status: 429 });
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
    expect((await control("/faults")).body).toMatchObject({ rules: [] });
  });

  test("can hold an answer back", async () => {
    const rule = { on: "send", action: "delay", delayMs: 5_000 };
    const { clock, control, send, thread } = await withFault(rule);
    const sending = send(somePhone, aText());
    // The rule is used up at the moment at which the wait begins.
    while ((await control("/faults")).body.rules.length > 0);
    expect(await thread(somePhone)).toEqual([]);
    clock.advance(5_000);
    expect(await sending).toMatchObject({ status: 200 });
  });

  test("can refuse tokens, capabilities and revocations", async () => {
    const { control, call, rbm } = await startEmulator();
    const rules = ["token", "capabilities", "revoke"].map((on) => ({
      on,
      action: "error",
      status: 503,
    }));
    await control("/faults", { method: "PUT", body: { rules } });
    const unavailable = { status: 503, body: { error: { status: "UNAVAILABLE" } } };
    expect(await call("/token", { method: "POST", body: {} })).toMatchObject(unavailable);
    expect(await rbm(`/v1/phones/${somePhone}/capabilities`)).toMatchObject(unavailable);
    expect(
      await rbm(`/v1/phones/${somePhone}/agentMessages/x`, { method: "DELETE" }),
    ).toMatchObject(unavailable);
  });

  test.each([
    ["drop", 0, "dropped"],
    ["duplicate", 2, "delivered"],
  ])("%s a webhook: %i arrive", async (action, count, state) => {
    const { control, send, emulator, receiver } = await withFault({ on: "webhook", action });
    await send(somePhone, aText());
    await emulator.settled();
    expect(receiver.kinds()).toEqual(Array.from({ length: count }, () => "DELIVERED"));
    expect((await control("/webhooks")).body.webhooks[0]).toMatchObject({ state });
  });

  test.each([
    ["drop is for webhooks", { on: "send", action: "drop" }],
    ["a receiver answers its webhooks itself", { on: "webhook", action: "accept_then_hang" }],
    ["and those about SMS", { on: "sms_webhook", action: "accept_then_truncate" }],
    ["a late answer needs a time", { on: "send", action: "accept_then_delay" }],
  ])("that could never have an effect are refused: %s", async (_why, rule) => {
    const { setFault } = await withFault({ on: "send", action: "reset" });
    expect(await setFault(rule)).toMatchObject({
      status: 400,
      body: { errors: [{ path: "/rules/0" }] },
    });
  });
});

describe("a send under a fault", () => {
  test.each([
    ["reset", 0],
    ["accept_then_reset", 1],
  ])("%s closes the connection, with %i messages delivered", async (action, delivered) => {
    const { send, thread } = await withFault({ on: "send", action });
    await expect(send(somePhone, aText())).rejects.toThrow("fetch failed");
    expect(await thread(somePhone)).toHaveLength(delivered);
  });

  test("accept_then_truncate: delivered once; status and half of the answer come, then the connection breaks", async () => {
    const { emulator, send, thread, control } = await withFault({
      on: "send",
      action: "accept_then_truncate",
    });
    const messageId = randomUUID();
    const { access_token } = (await control("/token", { method: "POST" })).body;
    const answer = await fetch(emulator.url + sendPath(messageId), {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: JSON.stringify(aText()),
    });
    expect(answer.status).toBe(200);
    const chunks: string[] = [];
    const read = async () => {
      for await (const chunk of answer.body ?? []) chunks.push(Buffer.from(chunk).toString());
    };
    await expect(read()).rejects.toThrow();
    expect(chunks.join("")).toMatch(/^\{"name":"phones/);
    expect(() => JSON.parse(chunks.join(""))).toThrow();
    expect((await control("/requests")).body.requests).toMatchObject([{ status: 0 }]);

    expect(await send(somePhone, aText(), messageId)).toMatchObject({ status: 200 });
    expect(await thread(somePhone)).toHaveLength(1);
  });

  test("accept_then_hang: delivered and reported though no answer comes; the repeat is answered and delivers nothing more", async () => {
    const { send, thread, receiver, control, untilItHangs } = await withFault({
      on: "send",
      action: "accept_then_hang",
    });
    const messageId = randomUUID();
    const { ended } = await untilItHangs(send(somePhone, aText(), messageId));
    await receiver.take(1);
    expect(receiver.kinds()).toEqual(["DELIVERED"]);
    expect((await control("/requests")).body.requests).toMatchObject([{ status: 0 }]);
    expect(await send(somePhone, aText(), messageId)).toMatchObject({ status: 200 });
    expect(await thread(somePhone)).toHaveLength(1);
    await control("/reset", { method: "POST" });
    expect(await ended).toBe("broken off");
  });

  test("accept_then_delay: the receipt comes before the answer, by delayMs and however long delivery takes", async () => {
    const rule = { on: "send", action: "accept_then_delay", delayMs: 1_000 };
    const { clock, control, send, receiver } = await withFault(rule, { deliveryDelayMs: 5_000 });
    let isAnswered = false;
    const sending = send(somePhone, aText()).finally(() => {
      isAnswered = true;
    });
    while ((await control("/faults")).body.rules.length > 0);
    clock.advance(5_000);
    await receiver.take(1);
    clock.advance(999);
    expect((await control("/requests")).body.requests).toEqual([]);
    expect(isAnswered).toBe(false);
    clock.advance(1);
    expect(await sending).toMatchObject({ status: 200 });
  });

  test.each(["accept_then_truncate", "accept_then_hang", "accept_then_delay"])(
    "%s: what is refused is answered as ever",
    async (action) => {
      const delay = action === "accept_then_delay" ? { delayMs: 60_000 } : {};
      const { rbm } = await withFault({ on: "send", action, ...delay });
      const answer = await rbm(sendPath("no uuid"), { method: "POST", body: aText() });
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { status: "INVALID_ARGUMENT" } },
      });
    },
  );
});

describe("a call that is never answered ends", () => {
  const hang = { on: "send", action: "accept_then_hang" };

  test("after two minutes", async () => {
    const { clock, send, callsStalled, untilItHangs } = await withFault(hang);
    const { ended } = await untilItHangs(send(somePhone, aText()));
    clock.advance(stalledMsMax - 1);
    expect(await callsStalled()).toBe(1);
    clock.advance(1);
    expect(await ended).toBe("broken off");
    expect(await callsStalled()).toBe(0);
  });

  test("when its client gives up", async () => {
    const { emulator, control, callsStalled, untilItHangs } = await withFault(hang);
    const { access_token } = (await control("/token", { method: "POST" })).body;
    const giveUp = new AbortController();
    const { ended } = await untilItHangs(
      fetch(emulator.url + sendPath(randomUUID()), {
        method: "POST",
        headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
        body: JSON.stringify(aText()),
        signal: giveUp.signal,
      }),
    );
    giveUp.abort();
    expect(await ended).toBe("broken off");
    while ((await callsStalled()) > 0);
  });

  test("when the emulator closes", async () => {
    const { emulator, send, untilItHangs } = await withFault(hang);
    const { ended } = await untilItHangs(send(somePhone, aText()));
    await emulator.close();
    expect(await ended).toBe("broken off");
  });
});

describe("a revocation under a fault", () => {
  test.each(["accept_then_reset", "accept_then_truncate", "accept_then_hang"])(
    "%s: the message is taken back though the answer does not come",
    async (action) => {
      const { control, rbm, send, thread } = await withFault(
        { on: "revoke", action },
        { online: false },
      );
      const { messageId } = await send(somePhone, aText());
      const revoking = rbm(revokePath(messageId), { method: "DELETE" });
      const isLost = expect(revoking).rejects.toThrow();
      while ((await control("/faults")).body.rules.length > 0);
      expect(await rbm(revokePath(messageId), { method: "DELETE" })).toMatchObject({ status: 200 });
      await control(`/phones/${somePhone}`, { method: "PATCH", body: { online: true } });
      expect(await thread(somePhone)).toEqual([]);
      await control("/reset", { method: "POST" });
      await isLost;
    },
  );
});
