import type { Mode } from "@richline/contract";
import type { ContactFacts, SaidOfContact } from "../domain/contact-change.ts";
import type { Page, PageRequest } from "./page.ts";

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

export type ContactQuery = PageRequest & ContactFilter;

/** The part of the store that knows people. */
export interface ContactStore {
  /** The contacts of these conversations, in the order asked; `undefined` where there is none. */
  findContacts(keys: readonly ContactKey[]): Promise<readonly (ContactRow | undefined)[]>;
  /** Writes what was said of contacts, in the order given and in one transaction; with `store` false it only judges. At most 500. */
  changeContacts(
    batch: readonly ContactChange[],
    store: boolean,
  ): Promise<readonly ContactResult[]>;
  /** False when there is none. */
  deleteContact(key: ContactKey): Promise<boolean>;
  /** By conversation id; with `updatedSinceMs` by when they changed. */
  listContacts(query: ContactQuery): Promise<Page<ContactRow>>;
}
