import { randomUUID } from "node:crypto";
import { emulatorSettings } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import type { EmulatorOptions } from "../index.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

const tooMany = { status: 429, body: { error: { status: "RESOURCE_EXHAUSTED" } } };

async function withSettings(options: EmulatorOptions = {}) {
  const clock = createManualClock();
  const fixture = await startEmulator({ clock, ...options });
  const change = (body: object) => fixture.control("/settings", { method: "PATCH", body });
  return { ...fixture, clock, change };
}

describe("settings", () => {
  test("have Google's numbers unless told otherwise, and are changed one by one", async () => {
    const { control, change } = await withSettings();
    const before = (await control("/settings")).body;
    expect(emulatorSettings.parse(before)).toEqual(before);
    expect(before).toEqual({
      revokeBehaviour: "current",
      testersRequired: false,
      webhookTimeLapse: 1,
      quotas: {
        messagesPerSecondMax: null,
        batchGetsPerMinuteMax: 600,
        testerInvitesPerDayMax: 20,
        testerInvitesMax: 200,
      },
    });
    const quotas = { testerInvitesMax: 5 };
    expect((await change({ webhookTimeLapse: 60, quotas })).body).toEqual({
      ...before,
      webhookTimeLapse: 60,
      quotas: { ...before.quotas, ...quotas },
    });
  });

  test("go back at a reset to what the emulator was started with", async () => {
    const { control, change } = await withSettings({
      revokeBehaviour: "legacy",
      quotas: { messagesPerSecondMax: 7 },
    });
    await change({ revokeBehaviour: "current", quotas: { messagesPerSecondMax: null } });
    await control("/reset", { method: "POST" });
    expect((await control("/settings")).body).toMatchObject({
      revokeBehaviour: "legacy",
      quotas: { messagesPerSecondMax: 7, batchGetsPerMinuteMax: 600 },
    });
  });

  test("that do not exist or make no sense are refused", async () => {
    const { change } = await withSettings();
    for (const body of [
      { colour: "red" },
      { webhookTimeLapse: 0 },
      { revokeBehaviour: "sometimes" },
      { quotas: { testerInvitesMax: 0 } },
    ]) {
      expect(await change(body)).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    }
  });

  test("switch what revoking a delivered message answers", async () => {
    const { rbm, send, change } = await withSettings();
    const { messageId } = await send(somePhone, aText());
    const path = `/v1/phones/${somePhone}/agentMessages/${messageId}?agentId=${agentId}`;
    expect(await rbm(path, { method: "DELETE" })).toMatchObject({ status: 404 });
    await change({ revokeBehaviour: "legacy" });
    expect(await rbm(path, { method: "DELETE" })).toMatchObject({ status: 200, body: {} });
  });
});

describe("the quota on sends", () => {
  test("lets so many of an agent through in any window of one second", async () => {
    const { send, change, clock } = await withSettings();
    await change({ quotas: { messagesPerSecondMax: 2 } });
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
    clock.advance(600);
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
    const refused = await send(somePhone, aText());
    expect(refused).toMatchObject(tooMany);
    expect(refused.headers.get("retry-after")).toBe("1");
    clock.advance(400);
    expect(await send(somePhone, aText(), refused.messageId)).toMatchObject({ status: 200 });
    expect(await send(somePhone, aText())).toMatchObject(tooMany);
  });

  test("of an agent of its own goes before the general one, and can be taken back", async () => {
    const { send, change, control, rbm } = await withSettings({
      agents: [{ agentId, messagesPerSecondMax: 1 }, { agentId: "other" }],
    });
    await change({ quotas: { messagesPerSecondMax: 2 } });
    const sendAsOther = () =>
      rbm(`/v1/phones/${somePhone}/agentMessages?messageId=${randomUUID()}&agentId=other`, {
        method: "POST",
        body: aText(),
      });
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
    expect(await send(somePhone, aText())).toMatchObject(tooMany);
    expect(await sendAsOther()).toMatchObject({ status: 200 });
    expect(await sendAsOther()).toMatchObject({ status: 200 });
    expect(await sendAsOther()).toMatchObject(tooMany);
    await control(`/agents/${agentId}`, { method: "PUT", body: { messagesPerSecondMax: null } });
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
  });
});

describe("the time lapse", () => {
  test("makes the waits between tries of a webhook shorter, and the seven days too", async () => {
    const receiver = await startReceiver(() => 503);
    const { send, clock, emulator, control } = await withSettings({
      webhookTimeLapse: 60,
      agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
    });
    const startMs = clock.now();
    await send(somePhone, aText());
    for (const [index, seconds] of [1, 2, 4].entries()) {
      await emulator.settled();
      expect(receiver.received).toHaveLength(index + 1);
      clock.advance((seconds * 1_000) / 60);
    }
    await receiver.take(4);
    const state = async () => (await control("/webhooks")).body.webhooks[0].state;
    for (let done = false; !done; done = (await state()) === "dropped") {
      await emulator.settled();
      clock.advance(10_000);
      await emulator.settled();
    }
    const sevenDays = (7 * 86_400_000) / 60;
    expect(clock.now() - startMs).toBeLessThanOrEqual(sevenDays);
    expect(clock.now() - startMs).toBeGreaterThan(sevenDays - 20_000);
  });
});
