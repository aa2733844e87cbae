import type { MessageRow } from "../store.ts";
import {
  type Columns,
  numberOf,
  numberOrNull,
  type SqlRow,
  textOf,
  textOrNull,
} from "./session.ts";

export const messageColumns = {
  uid: "text",
  mode: "text",
  id: "text",
  agent_id: "text",
  conversation_id: "text",
  user_id: "text",
  phone_number: "text",
  message_type: "text",
  content: "text",
  fallback_text: "text",
  fallback: "text",
  traffic_type: "text",
  purpose: "text",
  priority: "bigint",
  status: "text",
  device_support: "text",
  reason: "text",
  metadata: "text",
  request_hash: "text",
  created_at_ms: "bigint",
  send_at_ms: "bigint",
  expires_at_ms: "bigint",
  sent_at_ms: "bigint",
  delivered_at_ms: "bigint",
  read_at_ms: "bigint",
} as const satisfies Columns;

export function toMessageRow(row: SqlRow): MessageRow {
  return {
    uid: textOf(row, "uid"),
    mode: asStored(textOf(row, "mode")),
    id: textOf(row, "id"),
    agentId: textOf(row, "agent_id"),
    conversationId: textOf(row, "conversation_id"),
    userId: textOrNull(row, "user_id"),
    phoneNumber: textOf(row, "phone_number"),
    messageType: asStored(textOf(row, "message_type")),
    content: fromJson(textOf(row, "content")),
    fallbackText: textOrNull(row, "fallback_text"),
    fallback: asStored(textOf(row, "fallback")),
    trafficType: asStored(textOf(row, "traffic_type")),
    purpose: textOrNull(row, "purpose"),
    priority: numberOf(row, "priority"),
    status: asStored(textOf(row, "status")),
    deviceSupport: asStored(textOf(row, "device_support")),
    reason: fromJsonOrNull(textOrNull(row, "reason")),
    metadata: fromJsonOrNull(textOrNull(row, "metadata")),
    createdAtMs: numberOf(row, "created_at_ms"),
    sendAtMs: numberOrNull(row, "send_at_ms"),
    expiresAtMs: numberOrNull(row, "expires_at_ms"),
    sentAtMs: numberOrNull(row, "sent_at_ms"),
    deliveredAtMs: numberOrNull(row, "delivered_at_ms"),
    readAtMs: numberOrNull(row, "read_at_ms"),
    erasedAtMs: numberOrNull(row, "erased_at_ms"),
  };
}

export function fromMessageRow(message: MessageRow, requestHash: string): SqlRow {
  return {
    uid: message.uid,
    mode: message.mode,
    id: message.id,
    agent_id: message.agentId,
    conversation_id: message.conversationId,
    user_id: message.userId,
    phone_number: message.phoneNumber,
    message_type: message.messageType,
    content: JSON.stringify(message.content),
    fallback_text: message.fallbackText,
    fallback: message.fallback,
    traffic_type: message.trafficType,
    purpose: message.purpose,
    priority: message.priority,
    status: message.status,
    device_support: message.deviceSupport,
    reason: toJsonOrNull(message.reason),
    metadata: toJsonOrNull(message.metadata),
    request_hash: requestHash,
    created_at_ms: message.createdAtMs,
    send_at_ms: message.sendAtMs,
    expires_at_ms: message.expiresAtMs,
    sent_at_ms: message.sentAtMs,
    delivered_at_ms: message.deliveredAtMs,
    read_at_ms: message.readAtMs,
  };
}

export function toJsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** JSON that this store wrote itself from a value of this type. */
export function fromJson<Value>(json: string): Value {
  // SAFETY: only fromMessageRow and its neighbours write these columns, from values of the same type.
  return JSON.parse(json) as Value;
}

export function fromJsonOrNull<Value>(json: string | null): Value | null {
  return json === null ? null : fromJson<Value>(json);
}

/** A word that this store wrote itself from a union of words. */
export function asStored<Word extends string>(text: string): Word {
  // SAFETY: the column is only ever written from a value of this type.
  return text as Word;
}
