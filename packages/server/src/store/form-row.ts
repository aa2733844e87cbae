import type { FormValues, Mode } from "@richline/contract";
import type { FormStanding } from "../domain/form-state.ts";

/** The page of a message's form. */
export interface NewForm {
  /** The unguessable end of its address. */
  readonly token: string;
  /** When it closes. */
  readonly expiresAtMs: number;
}

/** A form as its page needs it, with what is known of its message. */
export interface FormRow extends NewForm, FormStanding {
  readonly mode: Mode;
  readonly agentId: string;
  readonly conversationId: string;
  readonly phoneNumber: string;
  readonly messageUid: string;
  readonly messageId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** The contact's, where somebody has said it. */
  readonly locale: string | null;
  readonly submittedAtMs: number | null;
  /** What was submitted last. */
  readonly values: FormValues | null;
}

export interface FormLink {
  readonly messageUid: string;
  readonly token: string;
  /** The contact's, where somebody has said it. */
  readonly locale: string | null;
}
