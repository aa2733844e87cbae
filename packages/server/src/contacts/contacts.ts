import { type ImportContactsResponse, limits, type Mode } from "@richline/contract";
import { isPossiblePhoneNumber } from "libphonenumber-js";
import type { SaidOfContact } from "../domain/contact-change.ts";
import type { Clock } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { ContactKey, ContactRow } from "../store/contact-row.ts";
import type { Store } from "../store/store.ts";
import { type ContactImport, importContacts, tooManyAttributes } from "./import-contacts.ts";

export interface ContactsOptions {
  readonly store: Store;
  readonly clock: Clock;
}

/** What customers say about people. */
export interface Contacts {
  /** Writes what is said and answers the contact as it is then. One that is not there is made, or is `not_found`. */
  change(
    key: ContactKey,
    said: SaidOfContact,
    whenMissing: "create" | "not_found",
  ): Promise<ContactRow>;
  import(mode: Mode, file: ContactImport): Promise<ImportContactsResponse>;
}

export function createContacts(options: ContactsOptions): Contacts {
  return {
    change: async (key, said, whenMissing) => {
      checkNumber(said.phoneNumber);
      const creates = whenMissing === "create";
      const change = { ...key, said, creates, nowMs: options.clock.now() };
      const [result] = await options.store.changeContacts([change], true);
      if (result === undefined) throw new Error("A change of a contact has no result.");
      if (result.kind === "not_found") throw new PlatformError("not_found");
      if (result.kind === "too_many_attributes") throw attributesRefused();
      return result.contact;
    },
    import: (mode, file) => importContacts(options, mode, file),
  };
}

function checkNumber(phoneNumber: string | undefined): void {
  if (phoneNumber === undefined || isPossiblePhoneNumber(phoneNumber)) return;
  throw new PlatformError("recipient_invalid", {
    errors: [
      {
        path: "/phoneNumber",
        code: "invalid_value",
        detail: "No number of this length exists in its country.",
      },
    ],
  });
}

function attributesRefused(): PlatformError {
  const error = { path: "/attributes", ...tooManyAttributes, limit: limits.contactAttributesMax };
  return new PlatformError("invalid_request", { errors: [error] });
}
