import type { RbmContent } from "../rbm/agent-message.ts";
import { expiryEvent, receipt } from "../webhooks/payloads.ts";
import { isHeard, sendRbmWebhook } from "../webhooks/rbm-webhook.ts";
import type { Carrier } from "./carrier.ts";
import type { Agent, AgentMessage, Phone } from "./model.ts";
import { optOut, tapFirstSuggestion } from "./person.ts";

/** How long a message waits for a phone that is offline, in milliseconds (30 days). Source: RBM guide, "Send messages". */
const offlineQueueMs = 30 * 24 * 60 * 60 * 1000;

interface AcceptedMessage {
  readonly agent: Agent;
  readonly phone: Phone;
  readonly messageId: string;
  readonly content: RbmContent;
  readonly trafficType: string | undefined;
  readonly expireAtMs: number | undefined;
}

/** Takes a message on; it reaches the phone after the delivery delay, or before this returns when there is none. */
export function acceptMessage(carrier: Carrier, accepted: AcceptedMessage): AgentMessage {
  const message: AgentMessage = {
    channel: "rcs",
    direction: "outbound",
    ...accepted,
    sentAtMs: carrier.clock.now(),
    state: "accepted",
    deliveredAtMs: undefined,
    readAtMs: undefined,
    cancelExpiry: undefined,
  };
  carrier.messages.add(message);
  const delayMs = message.phone.settings.deliveryDelayMs ?? carrier.deliveryDelayMs;
  if (isUndeliverable(message.phone)) watchExpiry(carrier, message);
  else if (delayMs === 0) arrive(carrier, message);
  else carrier.clock.schedule(delayMs, () => arrive(carrier, message));
  return message;
}

/** Delivers what waits, in the order in which it was accepted, if the phone can be reached now. */
export function deliverWaiting(carrier: Carrier, phone: Phone): void {
  if (!canReach(phone)) return;
  const oldestMs = carrier.clock.now() - offlineQueueMs;
  for (let left = phone.waiting.size; left > 0; left -= 1) {
    const message = phone.waiting.shift();
    if (message?.state !== "accepted") continue;
    message.cancelExpiry?.();
    if (message.sentAtMs < oldestMs) message.state = "expired";
    else deliver(carrier, message);
  }
}

/** Takes a message back; answers whether it will now never be delivered. */
export function revokeMessage(message: AgentMessage): boolean {
  if (message.state === "accepted") {
    message.cancelExpiry?.();
    message.state = "revoked";
  }
  return message.state === "revoked" || message.state === "expired";
}

/** The person opened the thread: reads all that is unread, of one agent or of all; answers how many. */
export function readThread(carrier: Carrier, phone: Phone, agentId?: string): number {
  const unread = phone.thread.filter(
    (message): message is AgentMessage =>
      message.channel === "rcs" &&
      message.direction === "outbound" &&
      message.state === "delivered" &&
      message.readAtMs === undefined &&
      (agentId === undefined || message.agent.agentId === agentId),
  );
  for (const message of unread) readMessage(carrier, message);
  if (unread.length > 0) carrier.changes.publish("thread", phone.settings.phoneNumber);
  return unread.length;
}

function arrive(carrier: Carrier, message: AgentMessage): void {
  if (message.state !== "accepted" || message.phone.removed) return;
  if (message.expireAtMs !== undefined && message.expireAtMs <= carrier.clock.now()) {
    expire(carrier, message);
  } else if (canReach(message.phone)) {
    deliver(carrier, message);
  } else {
    message.phone.waiting.push(message);
    watchExpiry(carrier, message);
  }
}

function deliver(carrier: Carrier, message: AgentMessage): void {
  const { phone } = message;
  message.state = "delivered";
  message.deliveredAtMs = carrier.clock.now();
  phone.thread.push(message);
  if (phone.typing?.agentId === message.agent.agentId) phone.typing = undefined;
  sendReceipts(carrier, message);
  carrier.changes.publish("thread", phone.settings.phoneNumber);
  if (phone.behaviour === "taps_first_suggestion") tapFirstSuggestion(carrier, message);
  if (phone.behaviour === "opts_out") {
    optOut(carrier, { phone, agent: message.agent, after: message });
  }
}

function sendReceipts(carrier: Carrier, message: AgentMessage): void {
  const { autoRead, readDelayMs = 0 } = message.phone.settings;
  if (message.phone.behaviour !== "reordered_receipts") {
    sendReceipt(carrier, message, "DELIVERED");
    if (autoRead && readDelayMs === 0) readMessage(carrier, message);
    else if (autoRead) carrier.clock.schedule(readDelayMs, () => readLater(carrier, message));
    return;
  }
  readMessage(carrier, message);
  sendReceipt(carrier, message, "DELIVERED");
}

/** The person reads by itself, unless that has changed or cannot be told meanwhile. */
function readLater(carrier: Carrier, message: AgentMessage): void {
  const { phone } = message;
  if (message.state !== "delivered" || message.readAtMs !== undefined || phone.removed) return;
  if (!phone.settings.autoRead || !canReach(phone)) return;
  readMessage(carrier, message);
  carrier.changes.publish("thread", phone.settings.phoneNumber);
}

function readMessage(carrier: Carrier, message: AgentMessage): void {
  message.readAtMs = carrier.clock.now();
  sendReceipt(carrier, message, "READ");
}

function sendReceipt(carrier: Carrier, message: AgentMessage, type: "DELIVERED" | "READ"): void {
  const { behaviour } = message.phone;
  if (behaviour === "no_receipts" || !isHeard(carrier, message.agent)) return;
  const notification = receipt(message, type, carrier.clock.now());
  const copies = behaviour === "duplicated_receipts" ? 2 : 1;
  sendRbmWebhook(carrier, message.agent, notification, { about: message, copies });
}

/** Only what waits has a timer: what is on its way compares times when it arrives. */
function watchExpiry(carrier: Carrier, message: AgentMessage): void {
  if (message.expireAtMs === undefined) return;
  const leftMs = Math.max(0, message.expireAtMs - carrier.clock.now());
  message.cancelExpiry = carrier.clock.schedule(leftMs, () => expire(carrier, message));
}

function expire(carrier: Carrier, message: AgentMessage): void {
  if (message.state !== "accepted" || message.phone.removed) return;
  message.state = "expired";
  const type =
    message.phone.behaviour === "inconclusive_expiry"
      ? "TTL_EXPIRATION_REVOKE_FAILED"
      : "TTL_EXPIRATION_REVOKED";
  const notification = expiryEvent(message, type, carrier.clock.now());
  sendRbmWebhook(carrier, message.agent, notification, { about: message });
}

function canReach(phone: Phone): boolean {
  return phone.settings.online && phone.settings.rcs === "enabled" && !isUndeliverable(phone);
}

function isUndeliverable({ behaviour }: Phone): boolean {
  return behaviour === "never_delivered" || behaviour === "inconclusive_expiry";
}
