import type {
  Contact,
  ContactImportLine,
  ContactPage,
  Erasure,
  ErasurePage,
  ImportContactsResponse,
  PatchContactRequest,
  PutContactRequest,
} from "@richline/contract";
import { exportFile } from "../files/export-file.ts";
import { type ImportOptions, type ImportSource, importFile } from "../files/import-file.ts";
import type { FileFormat } from "../files/split-file.ts";
import { eachItem, type PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface ContactFilter {
  readonly tag?: string | undefined;
  /** `name:value`: contacts whose attribute is equal, written as text. */
  readonly attribute?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly userId?: string | undefined;
  /** Contacts that changed at or after this instant, in the order of their change. */
  readonly updatedSince?: string | undefined;
}

export interface ListContactsOptions extends PageOptions, ContactFilter {}

export interface ExportContactsOptions extends ContactFilter {
  /** `csv` when not given. */
  readonly format?: FileFormat | undefined;
}

export interface ImportContactsOptions extends ImportOptions {
  /** Where numbers without `+` are from, such as `US`. */
  readonly defaultCountry?: string | undefined;
  /** Judge every line and store nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface Contacts {
  /** Creates the contact of a conversation, or replaces what is given. */
  readonly put: (
    conversationId: string,
    contact: PutContactRequest,
    options?: CallOptions,
  ) => Promise<Contact>;
  /** Changes what is given, attribute by attribute; null removes. */
  readonly patch: (
    conversationId: string,
    contact: PatchContactRequest,
    options?: CallOptions,
  ) => Promise<Contact>;
  readonly get: (conversationId: string, options?: CallOptions) => Promise<Contact>;
  readonly list: (query?: ListContactsOptions, options?: CallOptions) => Promise<ContactPage>;
  /** All pages, fetched as they are read. */
  readonly listAll: (query?: ListContactsOptions, options?: CallOptions) => AsyncIterable<Contact>;
  readonly delete: (conversationId: string, options?: CallOptions) => Promise<void>;
  /** Creates and changes many contacts, in as many requests as it takes. The same again changes nothing. */
  readonly import: (
    source: ImportSource<ContactImportLine>,
    options?: ImportContactsOptions,
  ) => Promise<ImportContactsResponse>;
  /** All contacts as one file that an import takes, as it comes. */
  readonly export: (query?: ExportContactsOptions, options?: CallOptions) => AsyncIterable<string>;
  /** Erases a person. `RUNNING`: it goes on by itself, and `getErasure` tells when it is done. */
  readonly erase: (phoneNumber: string, options?: CallOptions) => Promise<Erasure>;
  readonly getErasure: (id: string, options?: CallOptions) => Promise<Erasure>;
  /** Newest first. They do not say who was erased. */
  readonly listErasures: (query?: PageOptions, options?: CallOptions) => Promise<ErasurePage>;
}

const root = "/v1/contacts";
const erasures = "/v1/erasures";
const nothing = { created: 0, updated: 0, unchanged: 0, refused: 0, problems: [] };

export function createContacts(transport: Transport): Contacts {
  const { request } = transport;
  const pathOf = (conversationId: string): string => `${root}/${segment(conversationId)}`;
  const read = async <Body>(path: string, query: object, options?: CallOptions): Promise<Body> =>
    (await request<Body>({ ...options, method: "GET", path, query: { ...query } })).body;
  const write = async (
    method: "PUT" | "PATCH",
    conversationId: string,
    body: object,
    options?: CallOptions,
  ): Promise<Contact> => {
    const path = pathOf(conversationId);
    // What a change names is set, however often it comes.
    return (await request<Contact>({ ...options, method, path, body, repeatable: true })).body;
  };
  const list: Contacts["list"] = (query = {}, options) => read<ContactPage>(root, query, options);
  return {
    put: (conversationId, body, options) => write("PUT", conversationId, body, options),
    patch: (conversationId, body, options) => write("PATCH", conversationId, body, options),
    get: (conversationId, options) => read<Contact>(pathOf(conversationId), {}, options),
    list,
    listAll: (query, options) =>
      eachItem((cursor) => list({ ...query, cursor }, options), query?.cursor),
    delete: async (conversationId, options) => {
      await request({ ...options, method: "DELETE", path: pathOf(conversationId) });
    },
    import: (source, { defaultCountry, dryRun, ...options } = {}) => {
      const query = { defaultCountry, dryRun: dryRun === true ? "true" : undefined };
      const call = { path: `${root}:import`, query, repeatable: true, nothing };
      return importFile<ImportContactsResponse>(transport, call, source, options);
    },
    export: (query, options) =>
      exportFile(transport, { path: `${root}:export`, query: { ...query } }, options),
    erase: async (phoneNumber, options) => {
      const call = {
        method: "POST",
        path: erasures,
        body: { phoneNumber },
        repeatable: true,
      } as const;
      return (await request<Erasure>({ ...options, ...call })).body;
    },
    getErasure: (id, options) => read<Erasure>(`${erasures}/${segment(id)}`, {}, options),
    listErasures: (query = {}, options) => read<ErasurePage>(erasures, query, options),
  };
}
