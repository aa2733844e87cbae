import type { FailureCode } from "@richline/contract";
import { z } from "zod";
import type { ApiAnswer } from "../kit/call-api.ts";
import { maskNumbers } from "../kit/mask-numbers.ts";
import { parseJson } from "../kit/parse-json.ts";
import type { SendOutcome } from "../provider.ts";

const apiError = z.object({ code: z.number().nullish(), message: z.string().nullish() });

/**
 * Twilio's codes that say which line of the taxonomy it is; the same numbers come in answers and in
 * receipts. A sender that is not ours, or a messaging service without one, stands under `auth_failed`:
 * it refuses every message alike until somebody corrects the settings, so messages wait.
 * Source: twilio.com/docs/api/errors, read 2026-11-23.
 */
const failureOfCode: Readonly<Record<number, FailureCode>> = {
  // The account, its credentials and its senders.
  20003: "auth_failed",
  20004: "auth_failed",
  20005: "auth_failed",
  20006: "auth_failed",
  20008: "auth_failed",
  20404: "auth_failed",
  21212: "auth_failed",
  21603: "auth_failed",
  21659: "auth_failed",
  21660: "auth_failed",
  21703: "auth_failed",
  21705: "auth_failed",
  30002: "auth_failed",
  // Too fast.
  14107: "rate_limited",
  20429: "rate_limited",
  21611: "rate_limited",
  30001: "rate_limited",
  30022: "rate_limited",
  63017: "rate_limited",
  63018: "rate_limited",
  // The number.
  21211: "invalid_number",
  21214: "invalid_number",
  21217: "invalid_number",
  21604: "invalid_number",
  21614: "invalid_number",
  21635: "invalid_number",
  30005: "invalid_number",
  30006: "invalid_number",
  // The person said no.
  21610: "opted_out",
  // The message.
  21602: "invalid_payload",
  21605: "invalid_payload",
  21617: "invalid_payload",
  21618: "invalid_payload",
  21619: "invalid_payload",
  21620: "invalid_payload",
  // What may be sent, and where.
  21408: "policy_rejected",
  21606: "policy_rejected",
  21608: "policy_rejected",
  21612: "policy_rejected",
  30004: "policy_rejected",
  30007: "policy_rejected",
  30010: "policy_rejected",
  30032: "policy_rejected",
  30034: "policy_rejected",
  30038: "policy_rejected",
  30450: "policy_rejected",
  // Later, perhaps.
  20503: "provider_unavailable",
  21730: "provider_unavailable",
  30003: "provider_unavailable",
  30008: "provider_unavailable",
  30410: "provider_unavailable",
};

/** Codes after which we come back: the message was not taken, and not for its own fault. */
const comeBack: readonly FailureCode[] = ["rate_limited", "auth_failed", "provider_unavailable"];

/**
 * A call that was not accepted, as a failure of the taxonomy.
 *
 * A 5xx is an unknown outcome: Twilio has no key to recognise a repeat by and says that after a 500
 * a repeated POST may send the message twice (twilio.com/docs/api/errors/20500). The one exception is 503 with Twilio's
 * own code 20503 or 21730, which says that the service did not take the request. A bare 503 may be a proxy's,
 * which gave up waiting for a service that took it.
 */
export function mapFailure(answer: ApiAnswer): SendOutcome {
  if (answer.kind === "not_connected") {
    const { detail } = answer;
    return { kind: "deferred", code: "connection_failed", detail, retryAfterMs: undefined };
  }
  if (answer.kind === "no_answer") {
    return { kind: "unknown", code: "outcome_unknown", detail: answer.detail };
  }
  const { code: twilioCode, detail } = readError(answer);
  const code = codeOf(answer.status, twilioCode);
  if (code === undefined) return { kind: "unknown", code: "outcome_unknown", detail };
  return comeBack.includes(code)
    ? { kind: "deferred", code, detail, retryAfterMs: answer.retryAfterMs }
    : { kind: "rejected", code, detail };
}

/** Why a message that was taken did not arrive, by the code in its receipt. */
export function mapReceiptError(code: number): FailureCode {
  return failureOfCode[code] ?? "provider_unavailable";
}

/** Undefined when nothing says that the message was not taken. */
function codeOf(status: number, twilioCode: number | undefined): FailureCode | undefined {
  const known = twilioCode === undefined ? undefined : failureOfCode[twilioCode];
  if (status >= 500) return known === "provider_unavailable" && status === 503 ? known : undefined;
  if (known !== undefined) return known;
  if (status === 429) return "rate_limited";
  if (status === 401 || status === 403 || status === 404) return "auth_failed";
  // Neither an API that answers success without a message nor one that points elsewhere is Twilio's.
  if (status < 300) return undefined;
  if (status < 400) return "provider_unavailable";
  return "invalid_payload";
}

/** The provider's own words, cut to what a timeline can show. */
export function readError({ status, text }: { readonly status: number; readonly text: string }) {
  const parsed = apiError.safeParse(parseJson(text));
  const code = parsed.data?.code ?? undefined;
  const words = parsed.success
    ? [code, parsed.data.message].filter((one) => one !== undefined && one !== null).join(": ")
    : text;
  return { code, detail: maskNumbers(`${status} ${words}`.trim()).slice(0, 2000) };
}
