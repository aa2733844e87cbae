import { randomUUID } from "node:crypto";
import type { NewContact } from "../store/contact-row.ts";
import type { NewEvent, NewMessage, NewReceipt } from "../store/store.ts";

/** When test messages are accepted: well before any real clock, so that they are due at once. */
export const testStartMs = Date.parse("2026-11-23T10:00:00Z");

let sequence = 0;

/** A queued text message to a number of its own. */
export function aMessage(
  overrides: Partial<NewMessage["message"]> = {},
): NewMessage & { readonly contact: NewContact } {
  sequence += 1;
  const uid = `0190-${String(sequence).padStart(10, "0")}`;
  const message: NewMessage["message"] = {
    uid,
    mode: "test",
    id: `msg_${sequence}`,
    agentId: "demo",
    conversationId: `user_${sequence}`,
    userId: null,
    phoneNumber: `+1202555${String(sequence).padStart(4, "0")}`,
    messageType: "text",
    content: { text: "Your order has shipped" },
    fallbackText: "Your order has shipped",
    fallback: "auto",
    trafficType: "TRANSACTION",
    purpose: null,
    priority: 3,
    status: "QUEUED",
    deviceSupport: "unknown",
    reason: null,
    metadata: null,
    createdAtMs: testStartMs,
    sendAtMs: null,
    expiresAtMs: null,
    sentAtMs: null,
    deliveredAtMs: null,
    readAtMs: null,
    erasedAtMs: null,
    ...overrides,
  };
  return {
    message,
    requestHash: `hash of ${message.id}`,
    leg: {
      index: 0,
      provider: "emulator",
      channel: "rcs",
      providerMessageId: randomUUID(),
      hasNext: false,
    },
    event: anEvent({
      messageUid: message.uid,
      data: {
        conversationId: message.conversationId,
        messageId: message.id,
        messageStatus: message.status,
      },
    }),
    contact: {
      mode: message.mode,
      conversationId: message.conversationId,
      phoneNumber: message.phoneNumber,
      userId: null,
      createdAtMs: testStartMs,
      updatedAtMs: testStartMs,
    },
  };
}

export function anEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  return {
    id: `evt_${randomUUID().replaceAll("-", "")}`,
    mode: "test",
    type: "message.queued",
    atMs: testStartMs,
    loggedAtMs: testStartMs,
    data: {},
    ...overrides,
  };
}

/** A receipt that says `kind` of the message that has this provider message id. */
export function aReceipt(
  providerMessageId: string,
  kind: "delivered" | "read" | "failed" | "expired" | "revoke_failed",
  overrides: Partial<NewReceipt> = {},
): NewReceipt {
  const occurredAtMs = testStartMs + 1_000;
  return {
    provider: "emulator",
    mode: "test",
    agentId: "demo",
    dedupeKey: randomUUID(),
    raw: JSON.stringify({ eventType: kind, messageId: providerMessageId }),
    occurredAtMs,
    receivedAtMs: occurredAtMs + 50,
    meaning: {
      kind: "status",
      providerMessageId,
      change: kind === "delivered" || kind === "read" ? { kind, occurredAtMs } : { kind },
    },
    ...overrides,
  };
}
