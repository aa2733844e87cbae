import { type EmulatorState, emulatorState } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { createEmulator } from "../index.ts";
import { agentId, aQuestion, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { twilioSender } from "../testing/sms.ts";

const otherPhone = "+13035550101";

/** An emulator in which something of everything has happened. */
async function withHistory() {
  const fixture = await startEmulator({
    agents: [
      {
        agentId,
        displayName: "Demo",
        webhookUrl: "http://127.0.0.1:9/hook",
        clientToken: "secret",
      },
    ],
    smsSenders: [twilioSender],
  });
  const { control, send } = fixture;
  const phone = { phoneNumber: somePhone, name: "Dora", platform: "ios", carrier: "T-Mobile" };
  await control("/phones", { method: "POST", body: phone });
  await send(somePhone, aQuestion());
  await control(`/phones/${somePhone}/messages`, { method: "POST", body: { text: "Yes!" } });
  const stop = { channel: "sms", sender: twilioSender.address, text: "STOP" };
  await control(`/phones/${somePhone}/messages`, { method: "POST", body: stop });
  const rules = [{ on: "send", action: "error", probability: 0.5, phoneNumber: otherPhone }];
  await control("/faults", { method: "PUT", body: { rules, seed: 7 } });
  const exported = async (query = "") => (await control(`/state${query}`)).body;
  const put = (body: unknown) => control("/state", { method: "PUT", body });
  return { ...fixture, exported, put };
}

describe("the state", () => {
  test("is one document; what is secret and what was written only when asked for", async () => {
    const { exported } = await withHistory();
    const state = await exported();
    expect(emulatorState.parse(state)).toEqual(state);
    expect(state).toMatchObject({
      version: 1,
      agents: [{ agentId, displayName: "Demo", webhookUrl: "http://127.0.0.1:9/hook" }],
      smsSenders: [{ address: twilioSender.address, wire: "twilio" }],
      phones: [{ phoneNumber: somePhone, name: "Dora", platform: "ios", carrier: "T-Mobile" }],
      faults: { rules: [{ on: "send", probability: 0.5 }], seed: 7 },
    });
    expect(JSON.stringify(state)).not.toMatch(/secret|0123456789abcdef|Is that right/);
    const whole = await exported("?secrets=true&messages=true");
    expect(whole).toMatchObject({
      agents: [{ clientToken: "secret" }],
      smsSenders: [{ authToken: twilioSender.authToken, apiKeys: twilioSender.apiKeys }],
      threads: [{ phoneNumber: somePhone, messages: [{}, { content: { text: "Yes!" } }, {}] }],
    });
  });

  test("imported elsewhere, is the same there, and goes on from there", async () => {
    const { exported } = await withHistory();
    const state = await exported("?secrets=true&messages=true");
    const other = await startEmulator();
    expect(await other.control("/state", { method: "PUT", body: state })).toMatchObject({
      status: 204,
    });
    const again = (await other.control("/state?secrets=true&messages=true")).body;
    expect(again).toEqual(state);
    const [{ messages }] = state.threads;
    const tap = { messageId: messages[0].messageId, postbackData: "no" };
    const path = `/phones/${somePhone}/taps`;
    expect(await other.control(path, { method: "POST", body: tap })).toMatchObject({ status: 200 });
    expect(await other.send(somePhone, aText(), tap.messageId)).toMatchObject({ status: 200 });
    expect(await other.thread(somePhone)).toHaveLength(4);
  });

  test("imported without secrets, keeps those of agents and senders that exist", async () => {
    const { exported, put } = await withHistory();
    const { agents, smsSenders } = await exported();
    await put({ version: 1, agents, smsSenders });
    expect(await exported("?secrets=true")).toMatchObject({
      agents: [{ clientToken: "secret" }],
      smsSenders: [{ authToken: twilioSender.authToken }],
      phones: [],
      faults: { rules: [] },
    });
  });

  test.each<[string, object, string]>([
    ["no version", {}, "/version"],
    [
      "a number that is none",
      { version: 1, phones: [{ phoneNumber: "12" }] },
      "/phones/0/phoneNumber",
    ],
    [
      "a phone twice",
      { version: 1, phones: [{ phoneNumber: somePhone }, { phoneNumber: somePhone }] },
      "/phones/1/phoneNumber",
    ],
    [
      "a new sender without its token",
      {
        version: 1,
        smsSenders: [
          { address: "+13035550009", wire: "twilio", accountSid: `AC${"0".repeat(32)}` },
        ],
      },
      "/smsSenders/0/authToken",
    ],
    [
      "a rule without effect",
      { version: 1, faults: { rules: [{ on: "send", action: "drop" }] } },
      "/faults/rules/0",
    ],
    [
      "a thread with nobody's message",
      {
        version: 1,
        threads: [
          {
            phoneNumber: somePhone,
            messages: [
              {
                direction: "outbound",
                channel: "rcs",
                agentId: "nobody",
                messageId: "1",
                content: { text: "x" },
                sentAt: "2026-01-01T00:00:00Z",
              },
            ],
          },
        ],
      },
      "/threads/0/messages/0/agentId",
    ],
    [
      "content that RBM does not know",
      {
        version: 1,
        threads: [
          {
            phoneNumber: somePhone,
            messages: [
              {
                direction: "outbound",
                channel: "rcs",
                agentId,
                messageId: "1",
                content: { text: "x", bold: true },
                sentAt: "2026-01-01T00:00:00Z",
              },
            ],
          },
        ],
      },
      "/threads/0/messages/0/content/bold",
    ],
  ])("with %s is refused by name, and nothing changes", async (_title, document, path) => {
    const { exported, put } = await withHistory();
    const before = await exported("?secrets=true&messages=true");
    const answer = await put(document);
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    expect(answer.body.detail).toContain(path);
    expect(await exported("?secrets=true&messages=true")).toEqual(before);
  });
});

describe("a seed", () => {
  const seed: EmulatorState = {
    version: 1,
    agents: [{ agentId: "brand", displayName: "Brand" }],
    phones: [{ phoneNumber: somePhone, online: false }],
    faults: { rules: [{ on: "send", action: "error", count: 1 }], seed: 3 },
    threads: [
      {
        phoneNumber: otherPhone,
        messages: [
          {
            direction: "outbound",
            channel: "rcs",
            agentId: "brand",
            messageId: "11111111-1111-4111-8111-111111111111",
            content: { text: "Welcome" },
            sentAt: "2026-01-01T00:00:00.000Z",
          },
        ],
      },
    ],
  };

  test("is there from the beginning, and again after a reset", async () => {
    const { control, thread, emulator } = await startEmulator({ seed });
    const look = async () => ({
      agents: (await control("/agents")).body.agents.map(
        (agent: { agentId: string }) => agent.agentId,
      ),
      phone: (await control(`/phones/${somePhone}`)).body.online,
      texts: (await thread(otherPhone)).map(({ content }) => content.text),
      faults: (await control("/faults")).body,
    });
    const first = await look();
    expect(first).toMatchObject({ agents: ["brand"], phone: false, texts: ["Welcome"] });
    expect(first.faults).toMatchObject({ rules: [{ count: 1 }], seed: 3 });
    await control(`/phones/${somePhone}`, { method: "PATCH", body: { online: true } });
    await control("/state", { method: "PUT", body: { version: 1, agents: [] } });
    await control("/reset", { method: "POST" });
    expect(await look()).toEqual(first);
    expect(emulator.state({ secrets: true, messages: true })).toMatchObject({
      threads: seed.threads,
    });
  });

  test("that is not valid is refused by name", async () => {
    const wrong = { version: 1 as const, phones: [{ phoneNumber: "12" }] };
    await expect(createEmulator({ seed: wrong })).rejects.toThrow("/phones/0/phoneNumber");
  });
});
