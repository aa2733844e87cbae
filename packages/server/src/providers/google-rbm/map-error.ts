import type { FailureCode } from "@richline/contract";
import { z } from "zod";
import type { ApiAnswer } from "../kit/call-api.ts";
import { parseJson } from "../kit/parse-json.ts";
import type { SendOutcome } from "../provider.ts";

const rpcError = z.object({
  error: z.object({ status: z.string().optional(), message: z.string().optional() }),
});

/**
 * A call that was not accepted, as a failure of the taxonomy.
 *
 * 404 is Google's word for "no RCS at this number, now". 400 covers a malformed message and a feature
 * the handset lacks; the text tells them apart. A 5xx other than 503 may have been answered after the
 * message was taken: its outcome is unknown.
 * Source: RBM guide, "Error codes"; google.rpc.Code.
 */
export function mapFailure(answer: ApiAnswer): SendOutcome {
  if (answer.kind === "not_connected") {
    return {
      kind: "deferred",
      code: "connection_failed",
      detail: answer.detail,
      retryAfterMs: undefined,
    };
  }
  if (answer.kind === "no_answer") {
    return { kind: "unknown", code: "outcome_unknown", detail: answer.detail };
  }
  const detail = describeAnswer(answer.status, answer.text);
  // 503 says that the request was not taken; the others of its class leave that open.
  if (answer.status >= 500 && answer.status !== 503)
    return { kind: "unknown", code: "outcome_unknown", detail };
  const code = codeOf(answer.status, detail);
  return code === "rate_limited" || code === "provider_unavailable" || code === "auth_failed"
    ? { kind: "deferred", code, detail, retryAfterMs: answer.retryAfterMs }
    : { kind: "rejected", code, detail };
}

function codeOf(status: number, detail: string): FailureCode {
  if (status === 429) return "rate_limited";
  if (status === 401) return "auth_failed";
  if (status === 404) return "not_rcs_capable";
  if (status >= 500) return "provider_unavailable";
  if (status === 403)
    return /tester|launch|polic/i.test(detail) ? "policy_rejected" : "auth_failed";
  if (/feature|not supported by/i.test(detail)) return "feature_unsupported";
  if (/phone number|msisdn|E\.?164/i.test(detail)) return "invalid_number";
  return "invalid_payload";
}

/** The provider's own words, cut to what a timeline can show. */
export function describeAnswer(status: number, text: string): string {
  const parsed = rpcError.safeParse(parseJson(text));
  const words = parsed.success
    ? [parsed.data.error.status, parsed.data.error.message].filter(Boolean).join(": ")
    : text;
  return `${status} ${words}`.trim().slice(0, 2000);
}
