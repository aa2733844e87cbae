import { emulatorAgent, emulatorAgentList, emulatorPartner } from "@richline/contract";
import { describe, expect, test } from "vitest";
import type { EmulatorOptions } from "../index.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

const clientToken = "partner secret";

describe("an agent", () => {
  test("has a profile for the phone, and shows its secret to nobody", async () => {
    const { control } = await startEmulator();
    const profile = {
      displayName: "My brand",
      description: "Shoes",
      color: "#0b57d0",
      logoUri: "https://example.com/logo.png",
      heroUri: "https://example.com/hero.png",
      phoneNumber: "+12025550123",
      email: "help@example.com",
      website: "https://example.com/",
      privacyUri: "https://example.com/privacy",
      termsUri: "https://example.com/terms",
      verifiedBy: "Google",
      useCase: "PROMOTIONAL",
      messagesPerSecondMax: 50,
    };
    const made = await control("/agents/my-brand", {
      method: "PUT",
      body: { ...profile, clientToken },
    });
    expect(made).toMatchObject({ status: 200 });
    expect(made.body).toEqual({
      agentId: "my-brand",
      ...profile,
      webhookSigned: true,
      launches: [],
    });
    expect(emulatorAgent.parse(made.body)).toEqual(made.body);
    const list = (await control("/agents")).body;
    expect(emulatorAgentList.parse(list)).toEqual(list);
    expect(list.agents).toMatchObject([
      { agentId, displayName: "Demo", useCase: "TRANSACTIONAL" },
      { agentId: "my-brand" },
    ]);
  });

  test("keeps what a change does not name", async () => {
    const { control } = await startEmulator();
    await control(`/agents/${agentId}`, { method: "PUT", body: { email: "help@example.com" } });
    const body = { website: "https://example.com/" };
    const changed = await control(`/agents/${agentId}`, { method: "PUT", body });
    expect(changed.body).toMatchObject({ displayName: "Demo", email: "help@example.com", ...body });
  });
});

describe("the partner's webhook", () => {
  async function withPartner(options: EmulatorOptions = {}) {
    const partner = await startReceiver();
    const own = await startReceiver();
    const fixture = await startEmulator({
      agents: [{ agentId }, { agentId: "other", webhookUrl: own.url, clientToken: "own secret" }],
      partner: { webhookUrl: partner.url, clientToken },
      ...options,
    });
    return { ...fixture, partner, own };
  }

  test("hears of every agent that has none of its own", async () => {
    const { send, rbm, partner, own } = await withPartner();
    await send(somePhone, aText());
    const query = "messageId=11111111-1111-4111-8111-111111111111&agentId=other";
    await rbm(`/v1/phones/${somePhone}/agentMessages?${query}`, { method: "POST", body: aText() });
    await Promise.all([partner.take(1), own.take(1)]);
    expect(partner.received.map(({ data }) => data.agentId)).toEqual([agentId]);
    expect(own.received.map(({ data }) => data.agentId)).toEqual(["other"]);
  });

  test("is overridden by one that the agent gets, until that is taken back", async () => {
    const { send, control, emulator, partner, own } = await withPartner();
    const put = (webhookUrl: string | null) =>
      control(`/agents/${agentId}?skipChallenge=true`, {
        method: "PUT",
        body: { webhookUrl, clientToken: "own secret" },
      });
    await put(own.url);
    await send(somePhone, aText());
    await emulator.settled();
    expect([partner.received.length, own.received.length]).toEqual([0, 1]);
    expect((await put(null)).body.webhookUrl).toBeUndefined();
    await send(somePhone, aText());
    await emulator.settled();
    expect([partner.received.length, own.received.length]).toEqual([1, 1]);
  });

  test("must pass the challenge when it is set", async () => {
    const { control, send, emulator } = await withPartner();
    const put = (body: object, query = "") => control(`/partner${query}`, { method: "PUT", body });
    const good = await startReceiver(({ envelope }) => [200, envelope.secret ?? ""]);
    const bad = await startReceiver();
    expect(await put({ webhookUrl: bad.url })).toMatchObject({
      status: 400,
      body: { code: "webhook_challenge_failed" },
    });
    const set = await put({ webhookUrl: good.url, clientToken: "new secret" });
    expect(set.body).toEqual({ webhookUrl: good.url, webhookSigned: true });
    expect(emulatorPartner.parse(set.body)).toEqual(set.body);
    expect(good.received[0]?.envelope).toMatchObject({ clientToken: "new secret" });
    await send(somePhone, aText());
    await emulator.settled();
    expect(good.kinds().at(-1)).toBe("DELIVERED");

    expect(await put({ webhookUrl: bad.url }, "?skipChallenge=true")).toMatchObject({
      status: 200,
    });
    expect((await control("/partner")).body.webhookUrl).toBe(bad.url);
    expect((await put({ webhookUrl: null })).body.webhookUrl).toBeUndefined();
  });

  test("needs a client token", async () => {
    const { control } = await startEmulator();
    const body = { webhookUrl: "http://127.0.0.1:1/" };
    expect(await control("/partner", { method: "PUT", body })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("clientToken") },
    });
  });
});
