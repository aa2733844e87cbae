import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

async function withPhone(settings: object) {
  const clock = createManualClock();
  const receiver = await startReceiver();
  const fixture = await startEmulator({
    clock,
    deliveryDelayMs: 50,
    agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
  });
  const body = { phoneNumber: somePhone, ...settings };
  const made = await fixture.control("/phones", { method: "POST", body });
  const patch = (change: object) =>
    fixture.control(`/phones/${somePhone}`, { method: "PATCH", body: change });
  const kinds = async () => {
    await fixture.emulator.settled();
    return receiver.kinds();
  };
  return { ...fixture, clock, made, patch, kinds };
}

describe("a phone", () => {
  test("has a network, features and delays of its own, which null takes back", async () => {
    const settings = {
      carrier: "T-Mobile",
      features: ["RICHCARD_STANDALONE"],
      deliveryDelayMs: 2_000,
      readDelayMs: 500,
    };
    const { made, patch } = await withPhone(settings);
    expect(made).toMatchObject({ status: 201, body: settings });
    const back = { carrier: null, features: null, deliveryDelayMs: null, readDelayMs: null };
    expect((await patch(back)).body).toEqual({
      phoneNumber: somePhone,
      platform: "android",
      rcs: "enabled",
      online: true,
      autoRead: false,
    });
  });

  test("gets a message after its own delay", async () => {
    const { send, thread, clock } = await withPhone({ deliveryDelayMs: 2_000 });
    await send(somePhone, aText());
    clock.advance(1_999);
    expect(await thread(somePhone)).toEqual([]);
    clock.advance(1);
    expect(await thread(somePhone)).toHaveLength(1);
  });

  test("reads by itself after its own delay", async () => {
    const { send, clock, kinds } = await withPhone({ autoRead: true, readDelayMs: 500 });
    await send(somePhone, aText());
    clock.advance(549);
    expect(await kinds()).toEqual(["DELIVERED"]);
    clock.advance(1);
    expect(await kinds()).toEqual(["DELIVERED", "READ"]);
  });

  test("does not read by itself what was read before, nor once that is switched off", async () => {
    const { send, clock, kinds, control, patch } = await withPhone({
      autoRead: true,
      readDelayMs: 500,
    });
    await send(somePhone, aText());
    clock.advance(50);
    await control(`/phones/${somePhone}/events`, { method: "POST", body: { event: "read" } });
    await send(somePhone, aText());
    clock.advance(50);
    await patch({ autoRead: false });
    clock.advance(1_000);
    expect(await kinds()).toEqual(["DELIVERED", "READ", "DELIVERED"]);
  });
});
