import { describe, expect, it } from "vitest";
import type { ApiAnswer } from "../kit/call-api.ts";
import { mapFailure, mapReceiptError } from "./map-error.ts";

const answered = (status: number, body: unknown, retryAfterMs?: number): ApiAnswer => ({
  kind: "answered",
  status,
  text: typeof body === "string" ? body : JSON.stringify(body),
  retryAfterMs,
});

describe("what Twilio answers", () => {
  it.each([
    [401, 20003, "deferred", "auth_failed"],
    [403, 20005, "deferred", "auth_failed"],
    [404, 20404, "deferred", "auth_failed"],
    [400, 21659, "deferred", "auth_failed"],
    [429, 20429, "deferred", "rate_limited"],
    [400, 63017, "deferred", "rate_limited"],
    [400, 63018, "deferred", "rate_limited"],
    [400, 21211, "rejected", "invalid_number"],
    [400, 21614, "rejected", "invalid_number"],
    [400, 21217, "rejected", "invalid_number"],
    [400, 21610, "rejected", "opted_out"],
    [400, 21602, "rejected", "invalid_payload"],
    [400, 21617, "rejected", "invalid_payload"],
    [400, 21408, "rejected", "policy_rejected"],
    [400, 30007, "rejected", "policy_rejected"],
    [503, 20503, "deferred", "provider_unavailable"],
    [400, 99999, "rejected", "invalid_payload"],
  ])("as %i with code %i is %s: %s", (status, code, kind, expected) => {
    expect(mapFailure(answered(status, { code, message: "words" }))).toMatchObject({
      kind,
      code: expected,
    });
  });

  it.each([
    [500, { code: 20500, message: "Internal Server Error" }],
    // Only 503 says that it was not taken, and only in Twilio's own words.
    [500, { code: 20503, message: "Service unavailable" }],
    [502, "<html>Bad gateway</html>"],
    [503, "<html>upstream timed out</html>"],
    [503, { code: 20429, message: "Too Many Requests" }],
    [504, ""],
    // A success without a message: perhaps it is there.
    [201, "{}"],
    [200, "<html>"],
  ])("as %i %j may have been sent", (status, body) => {
    expect(mapFailure(answered(status, body))).toMatchObject({ kind: "unknown" });
  });

  it.each([
    [429, "rate_limited"],
    [401, "auth_failed"],
    [403, "auth_failed"],
    [404, "auth_failed"],
    [302, "provider_unavailable"],
  ])("as %i without a code of its own comes back to us as %s", (status, code) => {
    expect(mapFailure(answered(status, "", 3_000))).toMatchObject({
      kind: "deferred",
      code,
      retryAfterMs: 3_000,
    });
  });
});

describe("the code in a receipt", () => {
  it.each([
    [30005, "invalid_number"],
    [30007, "policy_rejected"],
    [30001, "rate_limited"],
    [30003, "provider_unavailable"],
    [Number.NaN, "provider_unavailable"],
  ])("%i is %s", (code, expected) => {
    expect(mapReceiptError(code)).toBe(expected);
  });
});
