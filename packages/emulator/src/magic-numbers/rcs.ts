import type { EventType, FailureCode } from "@richline/contract";
import {
  answers,
  byRcs,
  bySms,
  type MagicNumber,
  magic,
  type Request,
  type Seen,
  words,
} from "./define.ts";

/** A message that must not go on as SMS, so that what RCS does is seen to its end. */
const rcsOnly: Request = { message: { text: words }, fallback: "never" };
/** The same where the number is about the end of its time. */
const rcsForAMinute: Request = { ...rcsOnly, ttl: "60s" };
const withReply: Request = {
  ...rcsOnly,
  message: { text: words, suggestions: [{ reply: { text: "Thanks", postbackData: "thanks" } }] },
};
const aCard: Request = {
  ...rcsOnly,
  message: {
    richCard: {
      standaloneCard: {
        cardOrientation: "VERTICAL",
        cardContent: { title: "Running shoes", description: "40 % off" },
      },
    },
  },
};

const isTaken = ["message.queued", "message.sent"] as const;
const arrives: Seen = {
  request: rcsOnly,
  status: "DELIVERED",
  events: [...isTaken, "message.delivered"],
  phone: [byRcs],
};
const fallsBack: Seen = {
  status: "DELIVERED",
  failure: "not_rcs_capable",
  events: [
    "message.queued",
    "message.fallback",
    "message.sending",
    "message.sent",
    "message.delivered",
  ],
  phone: [bySms],
};

/** It is tried once more, with these events behind the failure. */
function arrivesAfter(failure: FailureCode, ...events: readonly EventType[]): Seen {
  return { ...arrives, failure, events: ["message.queued", "message.retried", ...events] };
}

function fails(reason: FailureCode): Seen {
  const events = ["message.queued", "message.failed"] as const;
  return { request: rcsOnly, status: "FAILED", reason, failure: reason, events, phone: [] };
}

function isLeftToPeople(reason: FailureCode): Seen {
  const retries = ["message.retried", "message.retried", "message.retried"] as const;
  const events = ["message.queued", ...retries, "message.needs_review"] as const;
  return { request: rcsOnly, status: "NEEDS_REVIEW", reason, failure: reason, events, phone: [] };
}

/** Numbers that are about RCS. */
export const rcsNumbers: readonly MagicNumber[] = [
  magic(
    "0173",
    "early_receipts",
    "Delivered; the send is answered a second later, so that its receipts come first.",
    { ...arrives, events: ["message.queued", "message.delivered", "message.sent"] },
  ),
  magic(
    "0174",
    "hang_after_accept",
    "Accepted and delivered, but never answered: the connection stays open until the client gives up; the repeat answers 200 and delivers nothing more.",
    { ...arrives, events: ["message.queued", "message.delivered"] },
  ),
  magic(
    "0175",
    "reset_before_accept",
    "The connection is reset before the message is accepted, each time.",
    isLeftToPeople("outcome_unknown"),
  ),
  magic(
    "0176",
    "auth_failed",
    "The first two sends of each message answer 401, as if the token had been withdrawn; the third is accepted.",
    {
      ...arrivesAfter("auth_failed", "message.sent", "message.delivered"),
      providerEvents: ["provider.suspended", "provider.resumed"],
    },
  ),
  magic("0183", "no_receipts", "Delivered, but no receipt is ever sent.", {
    ...arrives,
    status: "SENT",
    events: isTaken,
  }),
  magic(
    "0184",
    "opts_out",
    "Delivered; the person answers by unsubscribing: the text STOP and an UNSUBSCRIBE event.",
    {
      ...arrives,
      events: [...arrives.events, "message.received", "recipient.opted_out"],
      phone: [byRcs, answers("STOP")],
    },
  ),
  magic(
    "0185",
    "taps_first_suggestion",
    "Delivered and read at once; the person taps the first suggestion, if there is one.",
    {
      request: withReply,
      status: "READ",
      events: [...arrives.events, "message.read", "message.interacted"],
      phone: [byRcs, answers("Thanks")],
    },
  ),
  magic(
    "0186",
    "inconclusive_expiry",
    "Accepted, never delivered; when the time to live ends the event is TTL_EXPIRATION_REVOKE_FAILED.",
    {
      request: rcsForAMinute,
      status: "NEEDS_REVIEW",
      reason: "ttl_revoke_failed",
      events: [...isTaken, "message.revoke_failed", "message.needs_review"],
      phone: [],
    },
  ),
  magic(
    "0187",
    "text_only",
    "A handset without features: text is delivered, cards and files are refused with 400; capabilities are empty.",
    { ...arrives, request: aCard, phone: [{ ...byRcs, text: "Running shoes\n40 % off" }] },
  ),
  magic(
    "0188",
    "forbidden",
    "Every call is refused with 403: not a tester of an unlaunched agent.",
    fails("policy_rejected"),
  ),
  magic(
    "0189",
    "invalid_payload",
    "Every send is refused with 400, whatever it says: the content is invalid.",
    fails("invalid_payload"),
  ),
  magic("0190", "not_capable", "No RCS: every RBM call answers 404. SMS works.", fallsBack),
  magic(
    "0191",
    "disabled",
    "RCS is switched off on the handset: every RBM call answers 404. SMS works.",
    fallsBack,
  ),
  magic(
    "0192",
    "invalid_number",
    "Not a phone number: every call answers 400, and SMS is refused as to +12025550181.",
    fails("invalid_number"),
  ),
  magic(
    "0193",
    "rate_limited",
    "The first send of each message answers 429 with Retry-After: 1; its repeat is accepted.",
    arrivesAfter("rate_limited", "message.sent", "message.delivered"),
  ),
  magic("0194", "unavailable", "Every call answers 503.", isLeftToPeople("provider_unavailable")),
  magic(
    "0195",
    "reset_after_accept",
    "Accepted and delivered, but the connection is reset before the answer; the repeat answers 200 and delivers nothing more.",
    arrivesAfter("outcome_unknown", "message.delivered"),
  ),
  magic("0196", "duplicated_receipts", "Delivered; each receipt is sent twice.", arrives),
  magic(
    "0197",
    "reordered_receipts",
    "Delivered and read at once; READ is sent before DELIVERED.",
    { ...arrives, status: "READ", events: [...isTaken, "message.read", "message.delivered"] },
  ),
  magic(
    "0198",
    "never_delivered",
    "Accepted, never delivered; revocation succeeds, and the time to live ends in TTL_EXPIRATION_REVOKED.",
    {
      request: rcsForAMinute,
      status: "EXPIRED",
      reason: "ttl_expired",
      events: [...isTaken, "message.expired"],
      phone: [],
    },
  ),
  magic("0199", "offline", "Starts offline: messages wait until the phone is set online.", {
    request: rcsOnly,
    status: "SENT",
    events: isTaken,
    phone: [],
  }),
];
