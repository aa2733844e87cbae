import { emulatorClock } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

const dayMs = 86_400_000;

async function withClock() {
  const receiver = await startReceiver();
  const fixture = await startEmulator({
    agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
  });
  const move = (body: object) => fixture.control("/clock", { method: "POST", body });
  return { ...fixture, receiver, move };
}

describe("the clock", () => {
  test("shows the real time until it is moved", async () => {
    const { control } = await withClock();
    const { body } = await control("/clock");
    expect(emulatorClock.parse(body)).toEqual(body);
    expect(body).toMatchObject({ offsetMs: 0, running: true });
    expect(Math.abs(Date.parse(body.now) - Date.now())).toBeLessThan(5_000);
  });

  test("moved past a time to live, ends it; its webhook has gone when the move is answered", async () => {
    const { control, rbm, move, receiver } = await withClock();
    await control("/phones", { method: "POST", body: { phoneNumber: somePhone, online: false } });
    const path = `/v1/phones/${somePhone}/agentMessages?messageId=${crypto.randomUUID()}&agentId=${agentId}`;
    await rbm(path, {
      method: "POST",
      body: { contentMessage: { text: "Soon" }, ttl: "3600s" },
    });
    await move({ advanceMs: 3_599_000 });
    expect(receiver.kinds()).toEqual([]);
    const moved = await move({ advanceMs: 3_000 });
    expect(moved).toMatchObject({ status: 200, body: { running: true } });
    expect(receiver.kinds()).toEqual(["TTL_EXPIRATION_REVOKED"]);
  });

  test("moved by days, keeps bearer tokens valid: their owners' clocks are not moved", async () => {
    const { move, send } = await withClock();
    await move({ advanceMs: 3 * dayMs });
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
  });

  test("stands still and goes on as told, to an instant too", async () => {
    const { move } = await withClock();
    const { body: stopped } = await move({ running: false });
    const now = new Date(Date.parse(stopped.now) + dayMs).toISOString();
    expect((await move({ now })).body).toMatchObject({ now, running: false });
    expect((await move({ advanceMs: 0 })).body).toMatchObject({ now, running: false });
    expect((await move({ running: true })).body).toMatchObject({ running: true });
  });

  test("goes forward only, and says how it goes back", async () => {
    const { move, control } = await withClock();
    const now = new Date(Date.now() - dayMs).toISOString();
    expect(await move({ now, running: false })).toMatchObject({
      status: 409,
      body: { code: "conflict", detail: expect.stringContaining("POST /_emulator/reset") },
    });
    expect((await control("/clock")).body.running).toBe(true);
    await move({ advanceMs: dayMs, running: false });
    await control("/reset", { method: "POST" });
    expect((await control("/clock")).body).toMatchObject({ offsetMs: 0, running: true });
  });

  test.each([[{}], [{ advanceMs: -1 }], [{ advanceMs: 1, now: "2030-01-01T00:00:00Z" }]])(
    "refuses %j",
    async (body) => {
      const { move } = await withClock();
      expect(await move(body)).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    },
  );

  test("that was made in code is moved there", async () => {
    const { control } = await startEmulator({ clock: createManualClock() });
    const answer = await control("/clock", { method: "POST", body: { advanceMs: 1 } });
    expect(answer).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test("put back, does not leave rates behind that count in the future", async () => {
    const { control, move, send } = await withClock();
    const body = { messagesPerSecondMax: 1 };
    await control(`/agents/${agentId}`, { method: "PUT", body });
    await move({ advanceMs: dayMs });
    await send(somePhone, aText());
    await control("/reset", { method: "POST" });
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
  });
});
