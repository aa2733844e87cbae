import type {
  AgentLaunch,
  EmulatorAgent,
  EmulatorPartner,
  recordedRequest,
  recordedWebhook,
  SmsSender as SmsSenderView,
  TesterInvitation,
  Thread,
  ThreadMessage,
} from "@richline/contract";
import type { z } from "zod";
import type {
  Agent,
  Launch,
  Message,
  Phone,
  SmsMessage,
  SmsSender,
  Webhook,
} from "../carrier/model.ts";
import type { RequestRecord } from "../carrier/requests.ts";
import { agentTypingUntil, shownThread } from "../carrier/screen.ts";
import type { Invitation } from "../carrier/testers.ts";
import { retention } from "../retention.ts";
import type { Delivery } from "../webhooks/sender.ts";

/** A phone's thread as `GET /_emulator/phones/{number}/messages` answers it, of one agent or of all. */
export function viewThread(phone: Phone, nowMs: number, agentId?: string): Thread {
  const messages = shownThread(phone, agentId);
  const typingUntil = agentTypingUntil(phone, nowMs, agentId);
  return {
    messages: messages.slice(-retention.listedMessagesMax).map(viewMessage),
    ...(typingUntil === undefined ? {} : { agentTypingUntil: typingUntil }),
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
export function viewAgent(agent: Agent): EmulatorAgent {
  const { clientToken, rate: _rate, batchGetRate: _batchGetRate, launches, ...shown } = agent;
  return {
    ...shown,
    webhookSigned: clientToken !== undefined,
    launches: [...launches.values()].map(viewLaunch),
  };
}

/** The partner's webhook without its secret. */
export function viewPartner({ webhookUrl, clientToken }: Webhook): EmulatorPartner {
  return { webhookUrl, webhookSigned: clientToken !== undefined };
}

/** The launch of an agent in one region. */
export function viewLaunch({ updatedAtMs, ...shown }: Launch): AgentLaunch {
  return { ...shown, updatedAt: toIso(updatedAtMs) };
}

/** What asks a person to test an agent. */
export function viewInvitation(invitation: Invitation): TesterInvitation {
  const { agent, phoneNumber, inviteStatus, invitedAtMs, answeredAtMs } = invitation;
  return {
    agentId: agent.agentId,
    displayName: agent.displayName,
    phoneNumber,
    inviteStatus,
    invitedAt: toIso(invitedAtMs),
    ...(answeredAtMs === undefined ? {} : { answeredAt: toIso(answeredAtMs) }),
  };
}

/** A recorded request; credentials, assertion and bearer token are blanked. */
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
    ...(record.headers === undefined ? {} : { headers: viewHeaders(record.headers) }),
    ...(record.body === undefined ? {} : { body: secret ? blanked(record.body) : record.body }),
    ...(response === undefined ? {} : { response: secret ? blanked(response) : response }),
  };
}

/** A recorded webhook. */
export function viewWebhook(delivery: Delivery): z.output<typeof recordedWebhook> {
  const { id, tries, status, state, outgoing, last } = delivery;
  return {
    id,
    at: toIso(delivery.queuedAtMs),
    url: last?.sent?.url ?? outgoing.url,
    data: outgoing.data,
    tries,
    state,
    ...(status === undefined ? {} : { status }),
    ...(last === undefined ? {} : viewTry(last)),
  };
}

/** The last try as it was. */
function viewTry({ sent, answer, error, durationMs }: NonNullable<Delivery["last"]>): object {
  return {
    durationMs,
    ...(sent === undefined
      ? {}
      : { headers: sent.headers, body: cut(sent.body, retention.recordedBodyBytesMax) }),
    ...(answer === undefined ? {} : { response: cut(answer, retention.recordedAnswerBytesMax) }),
    ...(error === undefined ? {} : { error }),
  };
}

/** The beginning of a text, at most so many bytes of UTF-8. */
function cut(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  // Without the character that the limit may have cut in two.
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytesMax), { stream: true });
}

/** Headers that say who one is. */
const secretHeaders = new Set(["authorization", "cookie", "proxy-authorization", "x-goog-api-key"]);

function viewHeaders(headers: NonNullable<RequestRecord["headers"]>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(", ") : value;
    shown[name] = secretHeaders.has(name) ? "[blanked]" : text;
  }
  return shown;
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
