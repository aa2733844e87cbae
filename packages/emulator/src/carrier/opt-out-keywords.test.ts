import { describe, expect, test } from "vitest";
import { agentId, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

describe("unsubscribing and subscribing again", () => {
  test.each([
    ["the United States", "+13035550100", "STOP", "START"],
    ["Germany", "+4915112345678", "STOP", "START"],
    ["the United Kingdom", "+447700900123", "STOP", "START"],
    ["India", "+919876543210", "STOP", "START"],
    ["France", "+33612345678", "STOP", "Démarrer"],
    ["Spain", "+34612345678", "BAJA", "ALTA"],
    ["Mexico", "+525512345678", "BAJA", "ALTA"],
    ["Brazil", "+5511912345678", "parar", "começar"],
    ["any other country", "+358401234567", "STOP", "START"],
  ])("in %s sends the country's word and the event", async (_title, phone, stop, start) => {
    const receiver = await startReceiver();
    const { control, emulator } = await startEmulator({
      agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
      phones: [{ phoneNumber: phone }],
    });
    for (const event of ["unsubscribe", "subscribe"]) {
      const path = `/phones/${encodeURIComponent(phone)}/events`;
      await control(path, { method: "POST", body: { event } });
      await emulator.settled();
    }
    const heard = receiver.received.map(({ data }) => data.text ?? data.eventType);
    expect(heard).toEqual([stop, "UNSUBSCRIBE", start, "SUBSCRIBE"]);
  });
});
