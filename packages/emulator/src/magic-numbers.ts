/** What a phone, or the carrier on its behalf, does out of the ordinary. */
export type Behaviour =
  | "not_capable"
  | "disabled"
  | "invalid_number"
  | "rate_limited"
  | "unavailable"
  | "reset_after_accept"
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
  | "sms_reset_after_accept"
  | "sms_rate_limited"
  | "sms_refused"
  | "sms_undeliverable";

/** One number and the one thing that happens to whatever is sent to it. */
export interface MagicNumber {
  readonly phoneNumber: string;
  readonly behaviour: Behaviour;
  readonly description: string;
}

/**
 * Numbers with a behaviour of their own, so that a test needs no set-up.
 * All lie in +1 202 555 0100–0199, which is reserved for fiction and belongs to nobody.
 */
export const magicNumbers: readonly MagicNumber[] = [
  magic("0178", "sms_no_receipts", "No RCS. SMS is delivered, but no receipt is ever sent."),
  magic(
    "0179",
    "sms_reset_after_accept",
    "No RCS. SMS is accepted and delivered, but the connection is reset before the answer, each time.",
  ),
  magic(
    "0180",
    "sms_rate_limited",
    "No RCS. The first SMS of each text is throttled (429 with code 20429, ESME_RTHROTTLED), the same text once more is accepted.",
  ),
  magic("0181", "sms_refused", "No RCS. SMS is refused: 400 with code 21211, ESME_RINVDSTADR."),
  magic(
    "0182",
    "sms_undeliverable",
    "No RCS. SMS is accepted and never delivered: the receipt says undelivered with code 30003, or UNDELIV.",
  ),
  magic("0183", "no_receipts", "Delivered, but no receipt is ever sent."),
  magic(
    "0184",
    "opts_out",
    "Delivered; the person answers by unsubscribing: the text STOP and an UNSUBSCRIBE event.",
  ),
  magic(
    "0185",
    "taps_first_suggestion",
    "Delivered and read at once; the person taps the first suggestion, if there is one.",
  ),
  magic(
    "0186",
    "inconclusive_expiry",
    "Accepted, never delivered; when the time to live ends the event is TTL_EXPIRATION_REVOKE_FAILED.",
  ),
  magic(
    "0187",
    "text_only",
    "A handset without features: text is delivered, cards and files are refused with 400; capabilities are empty.",
  ),
  magic(
    "0188",
    "forbidden",
    "Every call is refused with 403: not a tester of an unlaunched agent.",
  ),
  magic("0190", "not_capable", "No RCS: every RBM call answers 404. SMS works."),
  magic(
    "0191",
    "disabled",
    "RCS is switched off on the handset: every RBM call answers 404. SMS works.",
  ),
  magic(
    "0192",
    "invalid_number",
    "Not a phone number: every call answers 400, and SMS is refused as to +12025550181.",
  ),
  magic(
    "0193",
    "rate_limited",
    "The first send of each message answers 429 with Retry-After: 1; its repeat is accepted.",
  ),
  magic("0194", "unavailable", "Every call answers 503."),
  magic(
    "0195",
    "reset_after_accept",
    "Accepted and delivered, but the connection is reset before the answer; the repeat answers 200 and delivers nothing more.",
  ),
  magic("0196", "duplicated_receipts", "Delivered; each receipt is sent twice."),
  magic("0197", "reordered_receipts", "Delivered and read at once; READ is sent before DELIVERED."),
  magic(
    "0198",
    "never_delivered",
    "Accepted, never delivered; revocation succeeds, and the time to live ends in TTL_EXPIRATION_REVOKED.",
  ),
  magic("0199", "offline", "Starts offline: messages wait until the phone is set online."),
];

const behaviours: ReadonlyMap<string, Behaviour> = new Map(
  magicNumbers.map(({ phoneNumber, behaviour }) => [phoneNumber, behaviour]),
);

/** The behaviour of a magic number; none for all others. */
export function behaviourOf(phoneNumber: string): Behaviour | undefined {
  return behaviours.get(phoneNumber);
}

/** Whether this is about SMS: such a phone has no RCS, so that a fallback reaches what the number is for. */
export function isSmsOnly(behaviour: Behaviour | undefined): boolean {
  return behaviour?.startsWith("sms_") === true;
}

function magic(lastFour: string, behaviour: Behaviour, description: string): MagicNumber {
  return { phoneNumber: `+1202555${lastFour}`, behaviour, description };
}
