import { event } from "@richline/contract";
import { expect, it } from "vitest";
import { eraseEvent } from "./erased-event.ts";

const erasedAt = "2026-11-24T10:00:00.000Z";
const erase = (body: Record<string, unknown>) =>
  eraseEvent(body, { erasedAt, rename: (name) => (name.startsWith("+") ? "erased_1" : name) });

it("an erased event keeps what happened, loses what was said, and is an event still", () => {
  const before = {
    id: "evt_1",
    type: "message.interacted",
    agentId: "demo",
    conversationId: "+12025550123",
    messageId: "msg_1",
    messageStatus: "INTERACTED",
    interactionType: "REPLY_TAPPED",
    action: { postbackData: "secret", text: "secret", uri: "https://secret.example" },
    text: "secret",
    location: { latitude: 1, longitude: 2 },
    file: { fileUri: "https://secret.example" },
    reason: { code: "invalid_payload", detail: "secret" },
    metadata: { order: "secret" },
    somethingNew: "secret",
    timestamp: "2026-11-23T10:00:00.000Z",
  };
  const after = erase(before);
  expect(after).toEqual({
    id: "evt_1",
    type: "message.interacted",
    agentId: "demo",
    conversationId: "erased_1",
    messageId: "msg_1",
    messageStatus: "INTERACTED",
    interactionType: "REPLY_TAPPED",
    reason: { code: "invalid_payload" },
    timestamp: "2026-11-23T10:00:00.000Z",
    erasedAt,
  });
  expect(event.parse(after)).toEqual(after);
});
