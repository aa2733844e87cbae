import smpp from "smpp";
import { describe, expect, it } from "vitest";
import { mapRefusal } from "./map-status.ts";

describe("an SMSC's refusal", () => {
  it.each([
    ["ESME_RTHROTTLED", "deferred", "rate_limited"],
    ["ESME_RMSGQFUL", "deferred", "rate_limited"],
    ["ESME_RINVDSTADR", "rejected", "invalid_number"],
    ["ESME_RBINDFAIL", "deferred", "auth_failed"],
    ["ESME_RINVPASWD", "deferred", "auth_failed"],
    ["ESME_RINVSRCADR", "deferred", "auth_failed"],
    ["ESME_RX_T_APPN", "deferred", "provider_unavailable"],
    ["ESME_RX_P_APPN", "rejected", "policy_rejected"],
    ["ESME_RINVMSGLEN", "rejected", "invalid_payload"],
    ["ESME_RSYSERR", "deferred", "provider_unavailable"],
    ["ESME_RINVBNDSTS", "deferred", "provider_unavailable"],
  ])("%s is %s: %s, by its name", (name, kind, code) => {
    const status = smpp.errors[name] ?? 0;
    expect(mapRefusal(status)).toMatchObject({ kind, code, detail: expect.stringContaining(name) });
  });

  it("by a number of a vendor's own comes back later, with the number", () => {
    expect(mapRefusal(0x410)).toMatchObject({
      kind: "deferred",
      code: "provider_unavailable",
      detail: "status 0x410",
    });
  });
});
