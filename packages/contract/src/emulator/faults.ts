import { z } from "zod";
import { e164 } from "../ids.ts";

/** Longest wait that a fault can cause, in milliseconds (1 min). Ours: clients give up before. */
const faultDelayMsMax = 60_000;

/** What a webhook of RBM tells: its `eventType`, or what a person sent. */
export const rbmWebhookTypes = [
  "DELIVERED",
  "READ",
  "IS_TYPING",
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "TTL_EXPIRATION_REVOKED",
  "TTL_EXPIRATION_REVOKE_FAILED",
  "text",
  "suggestionResponse",
  "location",
  "userFile",
] as const;

/**
 * What a webhook tells.
 * SMS: the status of a callback or a receipt, or `received` for what a person wrote.
 */
export const webhookType = z.enum([
  ...rbmWebhookTypes,
  "sent",
  "delivered",
  "undelivered",
  "expired",
  "canceled",
  "received",
]);
export type WebhookType = z.output<typeof webhookType>;

/** What can go wrong once. */
const effectActions = [
  "delay",
  "error",
  "reset",
  "accept_then_reset",
  "accept_then_truncate",
  "accept_then_hang",
  "accept_then_delay",
  "accept_then_receipts",
  "drop",
  "duplicate",
  "reorder",
] as const;

/** What goes wrong with one call or one webhook. */
export const faultEffect = z.strictObject({
  /**
   * `error`: answers `status`. `reset`: closes the connection before acting. Five act, and then
   * - `accept_then_reset` closes the connection without an answer;
   * - `accept_then_truncate` closes it in the middle of the answer, after the status and half of the body;
   * - `accept_then_hang` leaves it open and never answers: it ends when the client gives up, and after two minutes;
   * - `accept_then_delay` answers `delayMs` after the message has had its time to the phone, so that receipts come first;
   * - `accept_then_receipts`, for `send`, answers once the receipts of the message were sent and answered, however long that takes.
   *
   * What is refused is answered as ever. Over SMPP an answer is one PDU: to truncate is to reset, and a session whose
   * submit_sm is never answered stays open. For webhooks — `drop`: never sends it; `duplicate`: sends it twice;
   * `delay`: those about the same message may overtake it; `reorder`: waits until the next about the same message has been
   * sent, but no longer than `delayMs`, a minute when not given.
   */
  action: z.enum(effectActions),
  /** Waits this long first, in milliseconds, at most a minute; with `accept_then_delay`, afterwards. */
  delayMs: z.int().min(0).max(faultDelayMsMax).optional(),
  /** Status of `error`. Default 500. */
  status: z.int().min(400).max(599).optional(),
  /** `Retry-After` of an error answer, in seconds. */
  retryAfterSeconds: z.int().min(0).optional(),
});
export type FaultEffect = z.output<typeof faultEffect>;

/**
 * A rule for what goes wrong on purpose. Of the rules that match, the first that applies does; the rest are not asked. A rule
 * that lets a match pass by `after`, `probability` or `perSecond` leaves it to the rules behind it.
 */
export const faultRule = z.strictObject({
  /**
   * `send`, `revoke`, `capabilities`, `token` and `webhook` are Google's RBM. `sms_send` is an SMS that comes in, by Twilio's
   * API or by submit_sm; `sms_webhook` what goes out about SMS: status callbacks, inbound webhooks and deliver_sm.
   */
  on: z.enum(["send", "revoke", "capabilities", "token", "webhook", "sms_send", "sms_webhook"]),
  /** Only for this phone. */
  phoneNumber: e164.optional(),
  /** Only for this agent; RBM only. */
  agentId: z.string().min(1).max(100).optional(),
  /** Only for webhooks that tell this. */
  type: webhookType.optional(),
  /** Lets the first so many matches pass. */
  after: z.int().min(1).max(1_000_000).optional(),
  /** Share of the matches to which it applies, more than 0 and at most 1; to all when not given. */
  probability: z.number().gt(0).max(1).optional(),
  /** How often it applies; for ever when not given. */
  count: z.int().min(1).optional(),
  /**
   * What happens: an effect, or `rate_limit`, which refuses with 429 and `Retry-After: 1` (or `status` and
   * `retryAfterSeconds`) what goes beyond `perSecond` in any window of one second. Either this or `steps`.
   */
  action: z.enum([...effectActions, "rate_limit"]).optional(),
  delayMs: faultEffect.shape.delayMs,
  status: faultEffect.shape.status,
  retryAfterSeconds: faultEffect.shape.retryAfterSeconds,
  /** With `rate_limit`: how many may pass in any window of one second. */
  perSecond: z.int().min(1).max(100_000).optional(),
  /** What happens to one match after the other, null for nothing; then the rule is used up. In place of `action`. */
  steps: z.array(faultEffect.nullable()).min(1).max(1_000).optional(),
});
export type FaultRule = z.input<typeof faultRule>;

/** Largest seed: an unsigned integer of 32 bits. */
const seedMax = 0xffff_ffff;

/** Body of `PUT /_emulator/faults`. */
export const putFaultsRequest = z.strictObject({
  rules: z.array(faultRule).max(100),
  /** Makes the choices of `probability` repeatable: same seed, same matches, same choices. One is chosen when not given. */
  seed: z.int().min(0).max(seedMax).optional(),
});
export type PutFaultsRequest = z.input<typeof putFaultsRequest>;

/** Answer of `GET` and `PUT /_emulator/faults`: the rules that still apply, with what is left of them, and the seed in use. */
export const faultRules = z.strictObject({
  rules: z.array(faultRule).max(100),
  seed: z.int().min(0).max(seedMax),
});
export type FaultRules = z.input<typeof faultRules>;
