import type { Carrier } from "../carrier/carrier.ts";
import type { Phone, SmsSender } from "../carrier/model.ts";
import { isRefusedAtFirst } from "../carrier/refusals.ts";
import type { Behaviour } from "../magic-numbers.ts";

/** Why an SMS is not taken; each wire has its own word for it. */
export type SmsRefusal =
  | "invalid_number"
  | "opted_out"
  | "auth_failed"
  | "too_long"
  | "unavailable"
  | "throttled";

interface SmsAttempt {
  readonly phone: Phone;
  readonly sender: SmsSender;
  readonly text: string;
}

/** Refused each time. */
const refusals: Partial<Record<Behaviour, SmsRefusal>> = {
  invalid_number: "invalid_number",
  sms_refused: "invalid_number",
  sms_opted_out: "opted_out",
  sms_invalid_payload: "too_long",
  sms_unavailable: "unavailable",
};

/**
 * Refused every other time. Text is all by which a repeat can be told, since SMS wires have no id that the sender
 * chooses: the same text after the repeat is a first one again.
 */
const refusalsAtFirst: Partial<Record<Behaviour, SmsRefusal>> = {
  sms_auth_failed: "auth_failed",
  sms_rate_limited: "throttled",
};

/** Why this SMS is not taken, if so: by the number, by the person's wish, or by the sender's rate. */
export function refusalOf(
  carrier: Carrier,
  { phone, sender, text }: SmsAttempt,
): SmsRefusal | undefined {
  const { behaviour, smsOptOuts } = phone;
  const always = behaviour === undefined ? undefined : refusals[behaviour];
  if (always !== undefined) return always;
  if (smsOptOuts.has(sender.address)) return "opted_out";
  const { messagesPerSecondMax } = sender.wire;
  const isTooFast =
    messagesPerSecondMax !== undefined &&
    !sender.rate.take(messagesPerSecondMax, carrier.clock.now());
  if (isTooFast) return "throttled";
  const atFirst = behaviour === undefined ? undefined : refusalsAtFirst[behaviour];
  if (atFirst === undefined) return undefined;
  const key = `sms ${sender.address} ${text}`;
  if (isRefusedAtFirst(carrier, key, 1)) return atFirst;
  carrier.refusals.delete(key);
  return undefined;
}
