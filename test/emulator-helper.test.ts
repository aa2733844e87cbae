import { randomUUID } from "node:crypto";
import { createEmulator, type EmulatorOptions } from "@richline/emulator";
import { RichlineConnectionError } from "@richline/sdk";
import { connectEmulator, EmulatorError } from "@richline/sdk/testing";
import { describe, expect, onTestFinished, test } from "vitest";

const somePhone = "+13035550100";

async function startEmulator(options: EmulatorOptions = {}) {
  const emulator = await createEmulator({ port: 0, deliveryDelayMs: 10, ...options });
  await emulator.listen();
  onTestFinished(() => emulator.close());
  const helper = connectEmulator({ url: emulator.url });
  const token = await helper.token();
  /** What the program under test does. */
  const send = async (contentMessage: object, more: object = {}) => {
    const query = `messageId=${randomUUID()}&agentId=demo`;
    const response = await fetch(`${emulator.url}/v1/phones/${somePhone}/agentMessages?${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ contentMessage, ...more }),
    });
    return response.status;
  };
  return { helper, phone: helper.phone(somePhone), send };
}

const question = {
  text: "Is that right?",
  suggestions: [
    { reply: { text: "Yes", postbackData: "yes" } },
    { reply: { text: "No", postbackData: "no" } },
  ],
};

describe("the helper for tests", () => {
  test("waits for what the program sends, and taps what it offers", async () => {
    const { phone, send } = await startEmulator();
    const waiting = phone.waitForMessage({ text: "Is that right?" });
    await send(question);
    const asked = await waiting;
    expect(asked).toMatchObject({ channel: "rcs", agentId: "demo" });
    expect(await phone.tap("No")).toMatchObject({ postbackData: "no", messageId: asked.messageId });
    const answer = await phone.waitForMessage({ direction: "inbound", since: asked });
    expect(answer.content).toMatchObject({ suggestionResponse: { postbackData: "no" } });
  });

  test("says what the phone shows instead of what was waited for", async () => {
    const { phone, send } = await startEmulator();
    await send({ text: "Something else" });
    await phone.waitForMessage();
    const error: unknown = await phone
      .waitForMessage({ textMatches: "*shipped*", timeoutMs: 20 })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EmulatorError);
    expect(error).toMatchObject({
      status: 408,
      message: expect.stringContaining('Instead: agent (rcs): "Something else".'),
      lines: [{ text: "Something else" }],
    });
  });

  test("says what can be tapped instead", async () => {
    const { phone, send } = await startEmulator();
    await send(question);
    await phone.waitForMessage();
    await expect(phone.tap("Maybe")).rejects.toThrow('what can be tapped is "Yes", "No"');
    await phone.tap({ postbackData: "yes" });
    await expect(phone.tap("No")).rejects.toThrow(
      'nothing can be tapped. The phone shows "Is that',
    );
  });

  test("does what a person does", async () => {
    const { phone, helper, send } = await startEmulator();
    await phone.set({ name: "Dora", platform: "ios", carrier: "T-Mobile" });
    expect(await phone.settings()).toMatchObject({ name: "Dora", carrier: "T-Mobile" });
    expect(await phone.messages()).toEqual([]);
    await send({ text: "Hello" });
    await phone.waitForMessage({ text: "Hello" });
    expect(await phone.read()).toBe(1);
    await phone.startTyping();
    await phone.type("Hi");
    await phone.shareLocation({ latitude: 52.5, longitude: 13.4 });
    const fileUri = "https://example.com/a.jpg";
    await phone.sendFile({ fileUri, mimeType: "image/jpeg", fileName: "a.jpg" });
    await phone.unsubscribe();
    const { lines, unread } = await phone.shown();
    expect([unread, lines.map(({ text }) => text)]).toEqual([
      0,
      ["Hello", "Hi", "52.5, 13.4", "a.jpg", "STOP"],
    ]);
    await phone.remove();
    expect(await phone.messages()).toEqual([]);
    expect(await helper.requests()).toHaveLength(1);
  });

  test("waits until a phone is online again", async () => {
    const { phone, send } = await startEmulator();
    await phone.set({ online: false });
    await send({ text: "Later" });
    await expect(phone.waitForMessage({ timeoutMs: 50 })).rejects.toThrow("is empty");
    const waiting = phone.waitForMessage();
    await phone.set({ online: true });
    expect(await waiting).toMatchObject({ content: { text: "Later" } });
  });

  test("sets faults with a seed, and tells what is left of them", async () => {
    const { helper, send } = await startEmulator();
    const { seed } = await helper.faults([{ on: "send", action: "error", status: 503, count: 2 }], {
      seed: 42,
    });
    expect(seed).toBe(42);
    expect(await send({ text: "Refused" })).toBe(503);
    expect((await helper.faultsLeft()).rules).toMatchObject([{ count: 1 }]);
    expect(await helper.waitForRequest({ status: 503 })).toMatchObject({ method: "POST" });
  });

  test("moves the clock of an emulator that runs somewhere", async () => {
    const { helper, phone, send } = await startEmulator();
    await helper.agent("demo", { webhookUrl: "http://127.0.0.1:9/hook", clientToken: "secret" });
    await phone.set({ online: false });
    await send({ text: "Soon over" }, { ttl: "3600s" });
    await helper.clock.advance(3_601_000);
    const expired = await helper.waitForWebhook({
      type: "TTL_EXPIRATION_REVOKED",
      state: "pending",
    });
    expect(expired.data).toMatchObject({ agentId: "demo" });
    await helper.clock.stop();
    const later = new Date(Date.now() + 86_400_000);
    expect(await helper.clock.moveTo(later)).toMatchObject({
      now: later.toISOString(),
      running: false,
    });
    expect(await helper.clock.start()).toMatchObject({ running: true });
    await helper.reset();
    expect(await helper.clock.read()).toMatchObject({ offsetMs: 0 });
    expect(await helper.webhooks()).toEqual([]);
  });

  test("keeps the state and brings it back", async () => {
    const { helper, phone, send } = await startEmulator();
    await send({ text: "Hello" });
    await phone.waitForMessage();
    const state = await helper.state({ messages: true });
    await helper.reset();
    expect(await phone.messages()).toEqual([]);
    await helper.restore(state);
    expect(await phone.messages()).toMatchObject([{ content: { text: "Hello" } }]);
  });

  test("names the field that is wrong", async () => {
    const { helper, phone } = await startEmulator();
    await expect(phone.set({ deliveryDelayMs: -1 })).rejects.toMatchObject({
      status: 400,
      errors: [{ path: "/deliveryDelayMs" }],
    });
    await expect(helper.faults([{ on: "send", action: "drop" }])).rejects.toThrow(
      "drop is for webhooks only.",
    );
  });

  test("says that nobody is there, once it has waited for its start", async () => {
    const nobody = connectEmulator({ url: "http://127.0.0.1:9" });
    await expect(nobody.ready(0)).rejects.toThrow(RichlineConnectionError);
    const { helper } = await startEmulator();
    await helper.ready();
  });
});
