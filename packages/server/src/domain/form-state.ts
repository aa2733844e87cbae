import type { Form, MessageStatus } from "@richline/contract";

/** What decides whether a form can be filled in. */
export interface FormStanding {
  readonly form: Form;
  readonly expiresAtMs: number;
  readonly messageStatus: MessageStatus;
  /** How often it was submitted. */
  readonly submissions: number;
}

/** Its time is over, or its message was taken back. */
export function isFormClosed({ expiresAtMs, messageStatus }: FormStanding, nowMs: number): boolean {
  return nowMs >= expiresAtMs || messageStatus === "CANCELLED";
}

/** It was submitted, and is submitted once. */
export function isFormDone({ submissions, form }: FormStanding): boolean {
  return submissions > 0 && form.editable !== true;
}
