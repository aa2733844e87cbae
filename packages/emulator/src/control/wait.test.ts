import { threadMessage, waitProblem } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { agentId, aQuestion, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

async function withWaits(options: object = {}) {
  const receiver = await startReceiver();
  const fixture = await startEmulator({
    agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
    ...options,
  });
  const wait = (query: Record<string, string>, path = `/phones/${somePhone}/wait`) =>
    fixture.control(`${path}?${new URLSearchParams(query).toString()}`);
  return { ...fixture, wait };
}

describe("waiting for a message", () => {
  test("answers one that is there already", async () => {
    const { send, wait } = await withWaits();
    const { messageId } = await send(somePhone, aText("Hello"));
    const { status, body } = await wait({ text: "Hello" });
    expect(status).toBe(200);
    expect(threadMessage.parse(body)).toEqual(body);
    expect(body).toMatchObject({ messageId, direction: "outbound" });
  });

  test("answers one that comes, also on a phone that is not there yet", async () => {
    const { send, wait } = await withWaits({ deliveryDelayMs: 20 });
    const waiting = wait({ textMatches: "*shipped*" });
    await send(somePhone, aText("Something else"));
    const { messageId } = await send(somePhone, aText("Your order has shipped"));
    expect(await waiting).toMatchObject({ status: 200, body: { messageId } });
  });

  test.each([
    [{ direction: "inbound" }, "person"],
    [{ channel: "sms" }, undefined],
    [{ agentId: "nobody" }, undefined],
    [{ text: "Running shoes" }, "card"],
    [{ textMatches: "*40 %*" }, "card"],
    [{ text: "running shoes" }, undefined],
  ] as const)("%j fits %s", async (query, which) => {
    const { send, control, wait } = await withWaits();
    const card = { title: "Running shoes", description: "40 % off" };
    const { messageId } = await send(somePhone, {
      contentMessage: { richCard: { standaloneCard: { cardContent: card } } },
    });
    const said = await control(`/phones/${somePhone}/messages`, {
      method: "POST",
      body: { text: "Nice" },
    });
    const ids = { card: messageId, person: said.body.messageId };
    const { status, body } = await wait({ ...query, timeoutMs: "0" });
    if (which === undefined) expect(status).toBe(408);
    else expect(body).toMatchObject({ messageId: ids[which] });
  });

  test("since a message means behind it; since an instant, not before it", async () => {
    const { send, wait } = await withWaits();
    const first = await send(somePhone, aText("Again"));
    const waiting = wait({ text: "Again", since: first.messageId });
    const second = await send(somePhone, aText("Again"));
    expect(await waiting).toMatchObject({ body: { messageId: second.messageId } });
    const since = new Date(Date.now() + 60_000).toISOString();
    expect(await wait({ since, timeoutMs: "0" })).toMatchObject({ status: 408 });
    expect(await wait({ since: "2020-01-01T00:00:00Z" })).toMatchObject({
      body: { messageId: first.messageId },
    });
    expect(await wait({ since: "nothing" })).toMatchObject({ status: 404 });
  });

  test("in vain is answered with what there is instead", async () => {
    const { send, wait } = await withWaits();
    const empty = await wait({ timeoutMs: "0" });
    expect(empty).toMatchObject({ status: 408, body: { code: "wait_timed_out", lines: [] } });
    await send(somePhone, aText("Hello"));
    const { status, body } = await wait({ text: "Bye", timeoutMs: "10" });
    expect(status).toBe(408);
    expect(waitProblem.parse(body)).toEqual(body);
    expect(body.detail).toBe('No such message within 10 ms. Instead: agent (rcs): "Hello".');
    expect(body.lines).toMatchObject([{ direction: "outbound", text: "Hello" }]);
  });

  test.each([[{ timeoutMs: "60001" }], [{ channel: "fax" }], [{ tekst: "x" }]])(
    "refuses %j",
    async (query) => {
      const { wait } = await withWaits();
      expect(await wait(query)).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    },
  );

  test("ends when the emulator closes", async () => {
    const { emulator, wait } = await withWaits();
    const waiting = wait({}).catch(() => "broken off");
    await wait({ timeoutMs: "0" });
    await emulator.close();
    expect(await waiting).toBeDefined();
  });
});

describe("waiting for a webhook", () => {
  test("answers the first that fits once it is delivered", async () => {
    const { control, send, wait } = await withWaits();
    await control("/phones", { method: "POST", body: { phoneNumber: somePhone, autoRead: true } });
    const waiting = wait({ type: "READ", agentId, phoneNumber: somePhone }, "/webhooks/wait");
    const { messageId } = await send(somePhone, aQuestion());
    const { body } = await waiting;
    expect(body).toMatchObject({ state: "delivered", data: { eventType: "READ", messageId } });
    const since = String(body.id);
    const next = await wait({ type: "READ", since, messageId, timeoutMs: "0" }, "/webhooks/wait");
    expect(next).toMatchObject({ status: 408, body: { webhooks: [{}, {}] } });
  });
});

describe("waiting for a request", () => {
  test("answers the first that fits once it is answered", async () => {
    const { send, wait } = await withWaits();
    const waiting = wait({ method: "post", urlMatches: "*/agentMessages?*" }, "/requests/wait");
    await send(somePhone, aText());
    expect(await waiting).toMatchObject({ body: { method: "POST", status: 200, body: aText() } });
    expect(await wait({ status: "503", timeoutMs: "0" }, "/requests/wait")).toMatchObject({
      status: 408,
      body: { detail: expect.stringContaining("/agentMessages"), requests: [{}] },
    });
  });
});
