/** The answers of SMPP that are used, with the status that HTTP has for the like. Source: SMPP 3.4, section 5.1.3. */
const statuses = {
  ESME_ROK: { code: 0x00, httpStatus: 200 },
  ESME_RINVMSGLEN: { code: 0x01, httpStatus: 400 },
  ESME_RINVCMDID: { code: 0x03, httpStatus: 404 },
  ESME_RINVBNDSTS: { code: 0x04, httpStatus: 409 },
  ESME_RALYBND: { code: 0x05, httpStatus: 409 },
  ESME_RSYSERR: { code: 0x08, httpStatus: 500 },
  ESME_RINVSRCADR: { code: 0x0a, httpStatus: 400 },
  ESME_RINVDSTADR: { code: 0x0b, httpStatus: 400 },
  ESME_RINVPASWD: { code: 0x0e, httpStatus: 401 },
  ESME_RINVSYSID: { code: 0x0f, httpStatus: 401 },
  ESME_RSUBMITFAIL: { code: 0x45, httpStatus: 400 },
  ESME_RTHROTTLED: { code: 0x58, httpStatus: 429 },
  ESME_RINVSCHED: { code: 0x61, httpStatus: 400 },
  ESME_RINVEXPIRY: { code: 0x62, httpStatus: 400 },
} as const;

export type CommandStatus = keyof typeof statuses;

/** The number of a status on the wire. */
export function codeOf(status: CommandStatus): number {
  return statuses[status].code;
}

/** A status as HTTP would say it, for records. */
export function httpStatusOf(status: CommandStatus): number {
  return statuses[status].httpStatus;
}

/** The status for an error that a fault rule names by its HTTP status. */
export function statusForHttp(httpStatus: number): CommandStatus {
  if (httpStatus === 429) return "ESME_RTHROTTLED";
  return httpStatus < 500 ? "ESME_RSUBMITFAIL" : "ESME_RSYSERR";
}
