import type {
  recordedRequest,
  recordedWebhook,
  SmsSender as SmsSenderView,
  Thread,
  ThreadMessage,
} from "@richline/contract";
import type { z } from "zod";
import type { Agent, Message, Phone, SmsMessage, SmsSender } from "../carrier/model.ts";
import type { RequestRecord } from "../carrier/requests.ts";
import { retention } from "../retention.ts";
import type { Delivery } from "../webhooks/sender.ts";

/** A phone's thread as `GET /_emulator/phones/{number}/messages` answers it, of one agent or of all. */
export function viewThread(phone: Phone, nowMs: number, agentId?: string): Thread {
  const messages = phone.thread.filter(
    (message) => message.state !== "forgotten" && (agentId === undefined || isOf(message, agentId)),
  );
  const { typing } = phone;
  const types =
    typing !== undefined &&
    typing.untilMs > nowMs &&
    (agentId === undefined || typing.agentId === agentId);
  return {
    messages: messages.slice(-retention.listedMessagesMax).map(viewMessage),
    ...(types ? { agentTypingUntil: toIso(typing.untilMs) } : {}),
  };
}

/** One message of a thread. */
export function viewMessage(message: Message): ThreadMessage {
  if (message.channel === "sms") return viewSms(message);
  const { direction, messageId, sentAtMs, readAtMs } = message;
  const deliveredAtMs = message.direction === "outbound" ? message.deliveredAtMs : undefined;
  return {
    direction,
    channel: "rcs",
    agentId: message.agent.agentId,
    messageId,
    content: { ...message.content },
    sentAt: toIso(sentAtMs),
    ...(deliveredAtMs === undefined ? {} : { deliveredAt: toIso(deliveredAtMs) }),
    ...(readAtMs === undefined ? {} : { readAt: toIso(readAtMs) }),
  };
}

function viewSms(message: SmsMessage): ThreadMessage {
  const { direction, channel, messageId, parts, text } = message;
  const deliveredAtMs = message.direction === "outbound" ? message.deliveredAtMs : undefined;
  return {
    direction,
    channel,
    sender: message.sender.address,
    parts,
    messageId,
    content: { text },
    sentAt: toIso(message.sentAtMs),
    ...(deliveredAtMs === undefined ? {} : { deliveredAt: toIso(deliveredAtMs) }),
  };
}

function isOf(message: Message, agentId: string): boolean {
  return message.channel === "rcs" && message.agent.agentId === agentId;
}

/** An SMS sender without its secrets. */
export function viewSmsSender({ address, wire }: SmsSender): SmsSenderView {
  if (wire.wire === "smpp") {
    const { password: _password, ...shown } = wire;
    return { address, ...shown };
  }
  const { authToken: _authToken, apiKeys: _apiKeys, ...shown } = wire;
  return { address, ...shown };
}

/** An agent without its secret. */
export function viewAgent(agent: Agent): object {
  const { clientToken, ...shown } = agent;
  return { ...shown, webhookSigned: clientToken !== undefined };
}

/** A recorded request; assertion and bearer token are blanked. */
export function viewRequest(record: RequestRecord): z.output<typeof recordedRequest> {
  const { id, method, url, status, durationMs } = record;
  const secret = url === "/token";
  const response = record.response === undefined ? undefined : parseAnswer(record.response);
  return {
    id,
    at: toIso(record.atMs),
    method,
    url,
    status,
    durationMs,
    ...(record.body === undefined ? {} : { body: secret ? blanked(record.body) : record.body }),
    ...(response === undefined ? {} : { response: secret ? blanked(response) : response }),
  };
}

/** A recorded webhook. */
export function viewWebhook(delivery: Delivery): z.output<typeof recordedWebhook> {
  const { id, tries, status, state, outgoing } = delivery;
  return {
    id,
    at: toIso(delivery.queuedAtMs),
    url: outgoing.url,
    data: outgoing.data,
    tries,
    state,
    ...(status === undefined ? {} : { status }),
  };
}

function blanked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return "[blanked]";
  const hidden = ["assertion", "access_token"];
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, hidden.includes(key) ? "[blanked]" : one]),
  );
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not every answer is JSON; the text itself is what was sent.
    return text;
  }
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
