import type { MagicNumber as MagicNumberShape, ShownLine } from "@richline/contract";

/** What a phone, or the carrier on its behalf, does out of the ordinary. */
export type Behaviour =
  | "not_capable"
  | "disabled"
  | "invalid_number"
  | "rate_limited"
  | "unavailable"
  | "auth_failed"
  | "invalid_payload"
  | "reset_before_accept"
  | "reset_after_accept"
  | "hang_after_accept"
  | "early_receipts"
  | "duplicated_receipts"
  | "reordered_receipts"
  | "never_delivered"
  | "offline"
  | "inconclusive_expiry"
  | "forbidden"
  | "text_only"
  | "taps_first_suggestion"
  | "opts_out"
  | "no_receipts"
  | "sms_no_receipts"
  | "sms_reset_before_accept"
  | "sms_reset_after_accept"
  | "sms_hang_after_accept"
  | "sms_rate_limited"
  | "sms_unavailable"
  | "sms_auth_failed"
  | "sms_invalid_payload"
  | "sms_refused"
  | "sms_opted_out"
  | "sms_filtered"
  | "sms_undeliverable";

/** One number, the one thing that happens to whatever is sent to it, and what one sees of that. */
export interface MagicNumber extends MagicNumberShape {
  readonly behaviour: Behaviour;
}

/** What is seen of a message to the number; what is not given is ordinary. */
export type Seen = Pick<MagicNumber, "status" | "events" | "phone"> &
  Partial<Pick<MagicNumber, "reason" | "failure" | "request" | "providerEvents">>;

export type Request = MagicNumber["request"];

/** The words that are sent where nothing else is said. */
export const words = "Your order has shipped";

export const byRcs: ShownLine = { direction: "outbound", channel: "rcs", text: words };
export const bySms: ShownLine = { direction: "outbound", channel: "sms", text: words };

/** The person's answer. */
export function answers(text: string): ShownLine {
  return { direction: "inbound", channel: "rcs", text };
}

/** A number of the range +1 202 555 0100–0199, which is reserved for fiction and belongs to nobody. */
export function magic(
  lastFour: string,
  behaviour: Behaviour,
  description: string,
  seen: Seen,
): MagicNumber {
  return {
    phoneNumber: `+1202555${lastFour}`,
    behaviour,
    description,
    request: { message: { text: words } },
    providerEvents: [],
    ...seen,
  };
}
