import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import type { EmulatorOptions } from "../index.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";

const german = "+4915112345678";
const card = {
  contentMessage: { richCard: { standaloneCard: { cardContent: { title: "Shoes" } } } },
};

async function withPhones(options: EmulatorOptions = {}) {
  const fixture = await startEmulator(options);
  const ask = (phone: string, requestId: string = randomUUID()) =>
    fixture.rbm(`/v1/phones/${phone}/capabilities?requestId=${requestId}&agentId=${agentId}`);
  const batchGet = (users: readonly string[]) =>
    fixture.rbm("/v1/users:batchGet", { method: "POST", body: { users, agentId } });
  return { ...fixture, ask, batchGet };
}

function numbers(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${10_000 + index}`);
}

describe("capabilities", () => {
  test("are those of the phone, and a message that needs others is refused", async () => {
    const features = ["RICHCARD_CAROUSEL", "ACTION_DIAL"];
    const { ask, send } = await withPhones({ phones: [{ phoneNumber: german, features }] });
    expect((await ask(german)).body).toEqual({ features });
    expect(await send(german, aText())).toMatchObject({ status: 200 });
    expect(await send(german, card)).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("RICHCARD_STANDALONE") } },
    });
  });

  test("name the network of a US number only", async () => {
    const { ask } = await withPhones({
      phones: [{ phoneNumber: "+13035550111", carrier: "Union Wireless" }],
    });
    expect((await ask("+13035550111")).body.carrier).toBe("Union Wireless");
    expect((await ask("+13035550102")).body.carrier).toBe("Verizon");
    for (const elsewhere of [german, "+14165550123", "+18765550123"]) {
      expect((await ask(elsewhere)).body).not.toHaveProperty("carrier");
    }
  });

  test("of India's Android phones include PDF in cards", async () => {
    const { ask } = await withPhones({
      phones: [{ phoneNumber: "+919876543211", platform: "ios" }],
    });
    expect((await ask("+919876543210")).body.features).toContain("PDF_IN_RICH_CARDS");
    expect((await ask("+919876543211")).body.features).not.toContain("PDF_IN_RICH_CARDS");
  });

  test("are answered as before when a request id is used again", async () => {
    const { ask, control } = await withPhones();
    const requestId = randomUUID();
    const { body } = await ask(somePhone, requestId);
    await control(`/phones/${somePhone}`, { method: "PATCH", body: { features: [] } });
    expect((await ask(somePhone, requestId)).body).toEqual(body);
    expect((await ask(somePhone)).body.features).toEqual([]);
  });
});

describe("users.batchGet", () => {
  test("groups the reachable numbers of the United States by network", async () => {
    const phones = [{ phoneNumber: "+13035551000", carrier: "Union Wireless" }];
    const { batchGet } = await withPhones({ phones });
    const users = [...numbers(499, "+491511000"), "+13035551000", "+13035550102", "+12025550190"];
    expect((await batchGet(users)).body.reachableUsersMap).toEqual({
      "Union Wireless": ["+13035551000"],
      Verizon: ["+13035550102"],
    });
  });

  test.each([
    ["499 numbers", numbers(499, "+491511000")],
    ["500 of which two are the same", [...numbers(499, "+491511000"), "+49151100010000"]],
    ["10,001 numbers", numbers(10_001, "+491511000")],
  ])("refuses %s", async (_title, users) => {
    const { batchGet } = await withPhones();
    expect(await batchGet(users)).toMatchObject({
      status: 400,
      body: { error: { status: "INVALID_ARGUMENT" } },
    });
  });

  test("is taken as often as the quota says in any window of a minute", async () => {
    const clock = createManualClock();
    const { batchGet, control } = await withPhones({ clock });
    expect((await control("/settings")).body.quotas.batchGetsPerMinuteMax).toBe(600);
    const body = { quotas: { batchGetsPerMinuteMax: 2 } };
    await control("/settings", { method: "PATCH", body });
    const users = numbers(500, "+491511000");
    expect(await batchGet(users)).toMatchObject({ status: 200 });
    clock.advance(30_000);
    expect(await batchGet(users)).toMatchObject({ status: 200 });
    expect(await batchGet(users)).toMatchObject({ status: 429 });
    clock.advance(30_000);
    expect(await batchGet(users)).toMatchObject({ status: 200 });
    expect(await batchGet(users)).toMatchObject({ status: 429 });
  });

  test("finds only testers for an agent that is not launched, where testers are required", async () => {
    const { rbm, control, batchGet } = await withPhones({ testersRequired: true });
    await rbm(`/v1/phones/${german}/testers?agentId=${agentId}`, { method: "POST", body: {} });
    const body = { answer: "accept" };
    await control(`/phones/${german}/invitations/${agentId}`, { method: "POST", body });
    const answer = await batchGet([...numbers(499, "+491511000"), german]);
    expect(answer.body.reachableUsers).toEqual([german]);
  });
});
