import type { FaultEffect } from "@richline/contract";
import type { Behaviour } from "../magic-numbers.ts";
import type { Message } from "./model.ts";

/**
 * What becomes of the answer to a call that was acted on: it goes out `whole`, or `late`, `delayMs` after the message
 * has had its time to the phone; or `after_receipts`, once those of the message have been sent and answered; or the
 * connection is `reset` before it, `truncate`d in its middle, or left to `hang`.
 */
export type AnswerFate =
  | { readonly kind: "whole" | "reset" | "truncate" | "hang" | "after_receipts" }
  | { readonly kind: "late"; readonly delayMs: number };

/** How much later than its receipts the answer about an early number is, in milliseconds. Ours: enough for any receiver to be first. */
const earlyByMs = 1_000;

/** By channel: a number that is about RCS leaves SMS alone. */
const fates: Readonly<Record<Message["channel"], Partial<Record<Behaviour, AnswerFate>>>> = {
  rcs: {
    reset_after_accept: { kind: "reset" },
    hang_after_accept: { kind: "hang" },
    early_receipts: { kind: "late", delayMs: earlyByMs },
  },
  sms: {
    sms_reset_after_accept: { kind: "reset" },
    sms_hang_after_accept: { kind: "hang" },
  },
};

/** What a magic number does with the answer to a send that was accepted. */
export function fateByNumber(
  channel: Message["channel"],
  behaviour: Behaviour | undefined,
): AnswerFate {
  return (behaviour === undefined ? undefined : fates[channel][behaviour]) ?? { kind: "whole" };
}

/** What a fault rule does with the answer to a call that was acted on. */
export function fateByRule({ action, delayMs = 0 }: FaultEffect): AnswerFate {
  switch (action) {
    case "accept_then_reset":
      return { kind: "reset" };
    case "accept_then_truncate":
      return { kind: "truncate" };
    case "accept_then_hang":
      return { kind: "hang" };
    case "accept_then_delay":
      return { kind: "late", delayMs };
    case "accept_then_receipts":
      return { kind: "after_receipts" };
    case "delay":
    case "error":
    case "reset":
    case "drop":
    case "duplicate":
    case "reorder":
      return { kind: "whole" };
  }
}
