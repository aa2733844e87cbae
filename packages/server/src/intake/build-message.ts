import { type Mode, messageTypeOf, type SendMessageRequest } from "@richline/contract";
import { defaultTrafficType, trafficPriority } from "../domain/traffic.ts";
import { newId, newTimeOrderedUuid, newUuid } from "../kernel/ids.ts";
import type { NewContact } from "../store/contact-row.ts";
import type { MessageRow, NewEvent, NewMessage } from "../store/store.ts";
import type { MessagePlan } from "./plan-message.ts";

interface BuildOptions {
  readonly mode: Mode;
  readonly request: SendMessageRequest;
  readonly plan: MessagePlan;
  readonly requestHash: string;
  readonly phoneNumber: string;
  readonly contact: NewContact | undefined;
  readonly nowMs: number;
}

/** Everything that one accepted request stores. */
export function buildMessage(options: BuildOptions): NewMessage {
  const { plan, nowMs } = options;
  const message = buildRow(options);
  const { clientMessageId, ...leg } = plan.leg;
  return {
    message,
    requestHash: options.requestHash,
    leg: { ...leg, providerMessageId: clientMessageId ? newUuid() : null },
    event: buildEvent(message),
    unlessOptedOut: plan.unlessOptedOut,
    form: plan.form,
    links: plan.links,
    contact:
      options.contact === undefined
        ? {
            mode: options.mode,
            conversationId: message.conversationId,
            phoneNumber: message.phoneNumber,
            userId: message.userId,
            createdAtMs: nowMs,
            updatedAtMs: nowMs,
          }
        : undefined,
  };
}

function buildRow({ mode, request, plan, phoneNumber, contact, nowMs }: BuildOptions): MessageRow {
  const trafficType = request.trafficType ?? defaultTrafficType;
  const startMs = plan.sendAtMs ?? nowMs;
  return {
    // Time-ordered, so that newest-first lists follow the primary key.
    uid: newTimeOrderedUuid(),
    mode,
    id: request.messageId ?? newId("msg"),
    agentId: plan.agentId,
    conversationId: request.conversationId,
    userId: request.userId ?? contact?.userId ?? null,
    phoneNumber,
    messageType: messageTypeOf(request.message),
    content: request.message,
    fallbackText: plan.fallbackText ?? null,
    fallback: request.fallback ?? "auto",
    trafficType,
    purpose: request.purpose ?? null,
    priority: request.priority ?? trafficPriority[trafficType],
    status: plan.sendAtMs === undefined ? "QUEUED" : "SCHEDULED",
    deviceSupport: "unknown",
    reason: null,
    metadata: request.metadata ?? null,
    createdAtMs: nowMs,
    sendAtMs: plan.sendAtMs ?? null,
    expiresAtMs: plan.ttlMs === undefined ? null : startMs + plan.ttlMs,
    sentAtMs: null,
    deliveredAtMs: null,
    readAtMs: null,
    erasedAtMs: null,
  };
}

function buildEvent(message: MessageRow): NewEvent {
  return {
    id: newId("evt"),
    mode: message.mode,
    type: message.status === "SCHEDULED" ? "message.scheduled" : "message.queued",
    atMs: message.createdAtMs,
    loggedAtMs: message.createdAtMs,
    messageUid: message.uid,
    data: {
      agentId: message.agentId,
      conversationId: message.conversationId,
      messageId: message.id,
      messageStatus: message.status,
      ...(message.metadata === null ? {} : { metadata: message.metadata }),
    },
  };
}
