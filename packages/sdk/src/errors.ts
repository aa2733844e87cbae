import type { FieldError, Problem } from "@richline/contract";

/** What an error answer says, and how long to wait before the next try, if it says so. */
export interface RichlineErrorInit extends Omit<Problem, "type" | "title"> {
  readonly retryAfterMs?: number | undefined;
}

/** The gateway answered with an error. `code` is stable and is in the error reference; `detail` is for people. */
export class RichlineError extends Error {
  override readonly name = "RichlineError";
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Quote it when you ask for help: the gateway's log has it on every line of this request. */
  readonly requestId: string;
  /** Everything that is wrong with the body, each with its JSON Pointer. Empty when the body is not the cause. */
  readonly errors: readonly FieldError[];
  /** How long the gateway asks to wait, in milliseconds, when it asks. */
  readonly retryAfterMs: number | undefined;

  constructor(init: RichlineErrorInit) {
    super(init.detail);
    this.status = init.status;
    this.code = init.code;
    this.detail = init.detail;
    this.requestId = init.requestId;
    this.errors = init.errors ?? [];
    this.retryAfterMs = init.retryAfterMs;
  }
}

/** No answer that can be used: the gateway cannot be reached, did not answer in time, or something else answered. */
export class RichlineConnectionError extends Error {
  override readonly name = "RichlineConnectionError";
  /** `unreadable`: there was an answer, but not one that the gateway gives. */
  readonly reason: "network" | "timeout" | "unreadable";

  constructor(reason: "network" | "timeout" | "unreadable", message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
