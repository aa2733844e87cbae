import type { EventType, FailureCode } from "@richline/contract";
import { bySms, type MagicNumber, magic, type Seen } from "./define.ts";

/** RCS is not possible, so that the message goes on as SMS at once. Repeats of an SMS are not recognised: it is `sending` first. */
const fallsBack = ["message.queued", "message.fallback", "message.sending"] as const;
const retriedOnce = ["message.retried", "message.sending"] as const;

function arrives(failure: FailureCode, ...between: readonly EventType[]): Seen {
  const events = [...fallsBack, ...between, "message.sent", "message.delivered"] as const;
  return { status: "DELIVERED", failure, events, phone: [bySms] };
}

function ends(
  status: MagicNumber["status"],
  reason: FailureCode,
  ...events: readonly EventType[]
): Seen {
  return { status, reason, failure: reason, events: [...fallsBack, ...events], phone: [] };
}

/** Numbers that are about SMS. */
export const smsNumbers: readonly MagicNumber[] = [
  magic(
    "0165",
    "sms_reset_before_accept",
    "No RCS. The connection is reset before the SMS is accepted, each time.",
    ends("NEEDS_REVIEW", "outcome_unknown", "message.uncertain", "message.needs_review"),
  ),
  magic(
    "0167",
    "sms_hang_after_accept",
    "No RCS. SMS is accepted and delivered, but never answered, each time: the connection stays open until the client gives up.",
    arrives("not_rcs_capable"),
  ),
  magic(
    "0168",
    "sms_unavailable",
    "No RCS. SMS is not taken: 503 with code 20503, ESME_RSYSERR, each time.",
    ends(
      "NEEDS_REVIEW",
      "provider_unavailable",
      ...retriedOnce,
      ...retriedOnce,
      ...retriedOnce,
      "message.needs_review",
    ),
  ),
  magic(
    "0169",
    "sms_invalid_payload",
    "No RCS. SMS is refused as too long, whatever it says: 400 with code 21617, ESME_RINVMSGLEN.",
    ends("FAILED", "invalid_payload", "message.failed"),
  ),
  magic(
    "0170",
    "sms_auth_failed",
    "No RCS. The first SMS of each text meets refused credentials (401 with code 20003, ESME_RINVSRCADR), the same text once more is accepted.",
    {
      ...arrives("auth_failed", ...retriedOnce),
      providerEvents: ["provider.suspended", "provider.resumed"],
    },
  ),
  magic(
    "0171",
    "sms_filtered",
    "No RCS. SMS is accepted and kept back by the network for what it says: the receipt says undelivered with code 30007, or REJECTD.",
    ends("FAILED", "policy_rejected", "message.sent", "message.failed"),
  ),
  magic(
    "0172",
    "sms_opted_out",
    "No RCS. The person wants no SMS: 400 with code 21610; SMPP has no word for it and delivers.",
    ends("FAILED", "opted_out", "message.failed"),
  ),
  magic("0178", "sms_no_receipts", "No RCS. SMS is delivered, but no receipt is ever sent.", {
    status: "SENT",
    failure: "not_rcs_capable",
    events: [...fallsBack, "message.sent"],
    phone: [bySms],
  }),
  magic(
    "0179",
    "sms_reset_after_accept",
    "No RCS. SMS is accepted and delivered, but the connection is reset before the answer, each time.",
    arrives("outcome_unknown", "message.uncertain"),
  ),
  magic(
    "0180",
    "sms_rate_limited",
    "No RCS. The first SMS of each text is throttled (429 with code 20429, ESME_RTHROTTLED), the same text once more is accepted.",
    arrives("rate_limited", ...retriedOnce),
  ),
  magic(
    "0181",
    "sms_refused",
    "No RCS. SMS is refused: 400 with code 21211, ESME_RINVDSTADR.",
    ends("FAILED", "invalid_number", "message.failed"),
  ),
  magic(
    "0182",
    "sms_undeliverable",
    "No RCS. SMS is accepted and never delivered: the receipt says undelivered with code 30003, or UNDELIV.",
    ends("FAILED", "provider_unavailable", "message.sent", "message.failed"),
  ),
];
