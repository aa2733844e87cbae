import type { FailureCode } from "@richline/contract";
import smpp from "smpp";
import type { SendOutcome } from "../provider.ts";

/**
 * Statuses that say which line of the taxonomy it is. A sender that the SMSC does not allow stands under
 * `auth_failed`: it refuses every message alike until somebody corrects the settings, so messages wait.
 * Source: SMPP 3.4, 5.1.3, and SMPP 5.0, 4.7.6, for those from 0x100 on.
 */
const failureOfStatus: Readonly<Record<string, FailureCode>> = {
  ESME_RBINDFAIL: "auth_failed",
  ESME_RINVPASWD: "auth_failed",
  ESME_RINVSYSID: "auth_failed",
  ESME_RINVSYSTYP: "auth_failed",
  ESME_RINVSRCADR: "auth_failed",
  ESME_RINVSRCTON: "auth_failed",
  ESME_RINVSRCNPI: "auth_failed",
  ESME_RTHROTTLED: "rate_limited",
  ESME_RMSGQFUL: "rate_limited",
  ESME_RINVDSTADR: "invalid_number",
  ESME_RINVDSTTON: "invalid_number",
  ESME_RINVDSTNPI: "invalid_number",
  ESME_RINVNUMDESTS: "invalid_number",
  ESME_RX_P_APPN: "policy_rejected",
  ESME_RX_R_APPN: "policy_rejected",
  ESME_RSERTYPUNAUTH: "policy_rejected",
  ESME_RPROHIBITED: "policy_rejected",
  ESME_RSERTYPDENIED: "policy_rejected",
  ESME_RINVMSGLEN: "invalid_payload",
  ESME_RINVCMDLEN: "invalid_payload",
  ESME_RINVPRTFLG: "invalid_payload",
  ESME_RINVREGDLVFLG: "invalid_payload",
  ESME_RINVSERTYP: "invalid_payload",
  ESME_RINVESMCLASS: "invalid_payload",
  ESME_RINVREPFLAG: "invalid_payload",
  ESME_RINVSCHED: "invalid_payload",
  ESME_RINVEXPIRY: "invalid_payload",
  ESME_RINVDFTMSGID: "invalid_payload",
  ESME_RINVTLVSTREAM: "invalid_payload",
  ESME_RTLVNOTALLWD: "invalid_payload",
  ESME_RINVTLVLEN: "invalid_payload",
  ESME_RMISSINGTLV: "invalid_payload",
  ESME_RINVTLVVAL: "invalid_payload",
  ESME_RINVDCS: "invalid_payload",
};

const nameOfStatus = new Map(Object.entries(smpp.errors).map(([name, status]) => [status, name]));

/**
 * A refusal as a failure of the taxonomy. An SMSC that answers with a status other than 0 has not taken the
 * message; a status that says nothing more (a system error, a vendor's own number) is tried again later.
 */
export function failureOf(status: number): FailureCode {
  return failureOfStatus[nameOfStatus.get(status) ?? ""] ?? "provider_unavailable";
}

export function mapRefusal(status: number): SendOutcome {
  const code = failureOf(status);
  const detail = describeStatus(status);
  return code === "rate_limited" || code === "auth_failed" || code === "provider_unavailable"
    ? { kind: "deferred", code, detail, retryAfterMs: undefined }
    : { kind: "rejected", code, detail };
}

/** Such as `ESME_RTHROTTLED (0x58)`; vendors have numbers of their own. */
export function describeStatus(status: number): string {
  const number = `0x${status.toString(16)}`;
  const name = nameOfStatus.get(status);
  return name === undefined ? `status ${number}` : `${name} (${number})`;
}
