import type { FormValues } from "@richline/contract";
import type { FormLink, FormRow } from "./form-row.ts";
import type { NewMessage } from "./message-row.ts";

export interface FormSubmission {
  readonly token: string;
  readonly values: FormValues;
  readonly nowMs: number;
  /** Sent to the person with the first submission, in the same transaction. */
  readonly confirmation: NewMessage | undefined;
}

export type FormResult =
  | "submitted"
  /** The same values once more: nothing was written. */
  | "unchanged"
  /** Other values, on a form that is submitted once. */
  | "submitted_before"
  /** Its time is over, or its message was taken back. */
  | "closed"
  | "not_found";

/** The part of the store that keeps the pages of forms. */
export interface FormStore {
  findForm(token: string): Promise<FormRow | undefined>;
  /** The pages of these messages' forms; of a message without one there is none. */
  findFormLinks(messageUids: readonly string[]): Promise<readonly FormLink[]>;
  /** Keeps what was submitted, with its interaction, event and confirmation, in one transaction. */
  submitForm(submission: FormSubmission): Promise<FormResult>;
}
