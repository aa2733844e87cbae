import { reportBySmpp, sendBySmpp } from "../smpp/deliver.ts";
import { splitSms } from "../sms/segments.ts";
import { reportByTwilio, sendByTwilio } from "../twilio/callbacks.ts";
import { noteKeyword } from "../twilio/opt-outs.ts";
import type { Carrier } from "./carrier.ts";
import type {
  Phone,
  SmsFromPerson,
  SmsReports,
  SmsSender,
  SmsState,
  SmsToPerson,
} from "./model.ts";
import { newSmsId } from "./sms-ids.ts";

/** How long an SMS waits for a phone that is offline, in milliseconds (72 h). Ours: networks keep SMS for one to three days. */
const offlineQueueMs = 72 * 60 * 60 * 1000;

interface AcceptedSms {
  readonly sender: SmsSender;
  readonly phone: Phone;
  readonly messageId: string;
  readonly text: string;
  readonly parts: number;
  /** How long it may wait, in milliseconds; as long as the network keeps it when not given. */
  readonly validForMs: number | undefined;
  readonly reports: SmsReports;
}

/** Takes an SMS on; it reaches the phone after the delivery delay, or before this returns when there is none. */
export function acceptSms(carrier: Carrier, accepted: AcceptedSms): SmsToPerson {
  const { validForMs = offlineQueueMs, ...rest } = accepted;
  const nowMs = carrier.clock.now();
  const message: SmsToPerson = {
    channel: "sms",
    direction: "outbound",
    ...rest,
    sentAtMs: nowMs,
    expireAtMs: nowMs + Math.min(validForMs, offlineQueueMs),
    state: "accepted",
    changedAtMs: nowMs,
    deliveredAtMs: undefined,
    cancelExpiry: undefined,
  };
  carrier.messages.add(message);
  const delayMs = message.phone.settings.deliveryDelayMs ?? carrier.deliveryDelayMs;
  if (delayMs === 0) arrive(carrier, message);
  else carrier.clock.schedule(delayMs, () => arrive(carrier, message));
  return message;
}

/** Delivers the SMS that wait, in the order in which they were accepted, if the phone is online now. */
export function deliverWaitingSms(carrier: Carrier, phone: Phone): void {
  if (!phone.settings.online) return;
  for (let left = phone.waitingSms.size; left > 0; left -= 1) {
    const message = phone.waitingSms.shift();
    if (message?.state === "sent") deliver(carrier, message);
  }
}

/** Takes an SMS back that has not left yet; answers whether it did. */
export function cancelSms(carrier: Carrier, message: SmsToPerson): boolean {
  if (message.state !== "accepted") return false;
  move(carrier, message, "cancelled");
  return true;
}

/** The person sends an SMS; it stands in the thread at once. */
export function sendSmsFromPerson(
  carrier: Carrier,
  phone: Phone,
  sender: SmsSender,
  text: string,
): SmsFromPerson {
  const message: SmsFromPerson = {
    channel: "sms",
    direction: "inbound",
    sender,
    phone,
    messageId: newSmsId(),
    text,
    parts: splitSms(text).length,
    sentAtMs: carrier.clock.now(),
    state: "sent",
  };
  carrier.messages.add(message);
  phone.thread.push(message);
  if (sender.wire.wire === "smpp") {
    sendBySmpp(carrier, message, sender.wire);
  } else {
    noteKeyword(phone, sender.address, text);
    sendByTwilio(carrier, message, sender.wire);
  }
  carrier.changes.publish("thread", phone.settings.phoneNumber);
  return message;
}

function arrive(carrier: Carrier, message: SmsToPerson): void {
  const { phone } = message;
  if (message.state !== "accepted" || phone.removed) return;
  move(carrier, message, "sent");
  if (phone.behaviour === "sms_undeliverable") {
    move(carrier, message, "undelivered");
  } else if (phone.behaviour === "sms_filtered") {
    move(carrier, message, "filtered");
  } else if (phone.settings.online) {
    deliver(carrier, message);
  } else {
    phone.waitingSms.push(message);
    const leftMs = Math.max(0, message.expireAtMs - carrier.clock.now());
    message.cancelExpiry = carrier.clock.schedule(leftMs, () => expire(carrier, message));
  }
}

function deliver(carrier: Carrier, message: SmsToPerson): void {
  message.cancelExpiry?.();
  message.deliveredAtMs = carrier.clock.now();
  message.phone.thread.push(message);
  move(carrier, message, "delivered");
  carrier.changes.publish("thread", message.phone.settings.phoneNumber);
}

function expire(carrier: Carrier, message: SmsToPerson): void {
  if (message.state === "sent" && !message.phone.removed) move(carrier, message, "expired");
}

function move(carrier: Carrier, message: SmsToPerson, state: Exclude<SmsState, "accepted">): void {
  message.state = state;
  message.changedAtMs = carrier.clock.now();
  if (message.phone.behaviour === "sms_no_receipts") return;
  const { reports } = message;
  if (reports.wire === "twilio") reportByTwilio(carrier, message, reports);
  else reportBySmpp(carrier, message, reports.receipts);
}
