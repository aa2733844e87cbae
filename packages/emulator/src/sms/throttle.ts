import type { Carrier } from "../carrier/carrier.ts";
import type { Phone, SmsSender } from "../carrier/model.ts";

interface SmsAttempt {
  readonly phone: Phone;
  readonly sender: SmsSender;
  readonly text: string;
}

/**
 * Whether a send is throttled: by the sender's rate, or by the magic number that throttles each text every other time. Text
 * is all by which a repeat can be told, since SMS wires have no id that the sender chooses.
 */
export function throttlesThisTime(carrier: Carrier, { phone, sender, text }: SmsAttempt): boolean {
  const { messagesPerSecondMax } = sender.wire;
  const now = carrier.clock.now();
  if (messagesPerSecondMax !== undefined && !sender.rate.take(messagesPerSecondMax, now)) {
    return true;
  }
  if (phone.behaviour !== "sms_rate_limited") return false;
  const key = `sms ${sender.address} ${text}`;
  if (carrier.refusedOnce.get(key)) {
    carrier.refusedOnce.delete(key);
    return false;
  }
  carrier.refusedOnce.set(key, true);
  return true;
}
