import type { FailureCode } from "@richline/contract";
import { describe, expect, it } from "vitest";
import { mapFailure } from "./map-error.ts";

const answered = (status: number, message = "", rpcStatus = "STATUS") =>
  mapFailure({
    kind: "answered",
    status,
    text: JSON.stringify({ error: { code: status, status: rpcStatus, message } }),
    retryAfterMs: undefined,
  });

describe("an error of Google's", () => {
  it.each<[number, string, FailureCode]>([
    [400, "Request contains an invalid argument.", "invalid_payload"],
    [400, "The feature ACTION_OPEN_URL_IN_WEBVIEW is unavailable.", "feature_unsupported"],
    [400, "Rich cards are not supported by the device.", "feature_unsupported"],
    [400, "Invalid phone number.", "invalid_number"],
    [400, "The MSISDN is not in E.164 format.", "invalid_number"],
    [401, "Request had invalid authentication credentials.", "auth_failed"],
    [403, "The caller does not have permission.", "auth_failed"],
    [403, "The agent is not launched and the user is no tester.", "policy_rejected"],
    [404, "Requested entity was not found.", "not_rcs_capable"],
    [429, "Resource has been exhausted.", "rate_limited"],
    [500, "Internal error encountered.", "outcome_unknown"],
    [502, "Bad gateway.", "outcome_unknown"],
    [504, "Deadline exceeded.", "outcome_unknown"],
    [503, "The service is currently unavailable.", "provider_unavailable"],
  ])("%i %s is %s", (status, message, code) => {
    expect(answered(status, message)).toMatchObject({ code });
  });

  it("keeps Google's status and words", () => {
    expect(answered(400, "The card has no title.", "INVALID_ARGUMENT")).toHaveProperty(
      "detail",
      "400 INVALID_ARGUMENT: The card has no title.",
    );
  });

  it.each(["<html>Bad gateway</html>", "", "{", "null", '{"error": "words"}'])(
    "of another shape is kept as it came: %s",
    (text) => {
      const outcome = mapFailure({ kind: "answered", status: 502, text, retryAfterMs: undefined });
      expect(outcome).toMatchObject({ code: "outcome_unknown", detail: `502 ${text}`.trim() });
    },
  );

  it("is cut to what a timeline can show", () => {
    expect(answered(400, "x".repeat(100_000))).toHaveProperty(
      "detail",
      expect.stringMatching(/^.{2000}$/),
    );
  });
});
