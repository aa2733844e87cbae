import type { Mode } from "@richline/contract";
import type { ContactFacts, SaidOfContact } from "../domain/contact-change.ts";

export interface ContactKey {
  readonly mode: Mode;
  readonly conversationId: string;
}

/** The contact that the first message of a conversation makes. */
export interface NewContact extends ContactKey {
  readonly phoneNumber: string;
  readonly userId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface ContactRow extends NewContact, ContactFacts {}

/** Something said of one contact. */
export interface ContactChange extends ContactKey {
  readonly said: SaidOfContact;
  /** Whether a contact that is not there is made. */
  readonly creates: boolean;
  readonly nowMs: number;
}

export type ContactResult =
  /** `unchanged`: it said nothing new, and the contact was not touched. */
  | { readonly kind: "created" | "updated" | "unchanged"; readonly contact: ContactRow }
  | { readonly kind: "not_found" }
  /** With what was there before, it would have too many. Nothing is stored. */
  | { readonly kind: "too_many_attributes" };

export interface ContactFilter {
  readonly mode: Mode;
  readonly tag?: string | undefined;
  /** An attribute and its value, written as text. */
  readonly attribute?: { readonly name: string; readonly value: string } | undefined;
  readonly phoneNumber?: string | undefined;
  readonly userId?: string | undefined;
  readonly updatedSinceMs?: number | undefined;
}
