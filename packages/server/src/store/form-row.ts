import type { Form, FormValues, MessageStatus, Mode } from "@richline/contract";

/** The page of a message's form. */
export interface NewForm {
  /** The unguessable end of its address. */
  readonly token: string;
  /** When it closes. */
  readonly expiresAtMs: number;
}

/** A form as its page needs it, with what is known of its message. */
export interface FormRow extends NewForm {
  readonly mode: Mode;
  readonly agentId: string;
  readonly conversationId: string;
  readonly phoneNumber: string;
  readonly messageUid: string;
  readonly messageId: string;
  readonly messageStatus: MessageStatus;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly form: Form;
  /** The contact's, where somebody has said it. */
  readonly locale: string | null;
  /** How often it was submitted, each time with other values. */
  readonly submissions: number;
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
