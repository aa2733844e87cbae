import type { Contact, ContactPage, PutContactRequest } from "@richline/contract";
import type { PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface Contacts {
  /** Creates the contact of a conversation, or replaces what is given. */
  readonly put: (
    conversationId: string,
    contact: PutContactRequest,
    options?: CallOptions,
  ) => Promise<Contact>;
  readonly get: (conversationId: string, options?: CallOptions) => Promise<Contact>;
  readonly list: (query?: PageOptions, options?: CallOptions) => Promise<ContactPage>;
  readonly delete: (conversationId: string, options?: CallOptions) => Promise<void>;
}

export function createContacts({ request }: Transport): Contacts {
  const pathOf = (conversationId: string): string => `/v1/contacts/${segment(conversationId)}`;
  return {
    put: async (conversationId, body, options) => {
      const path = pathOf(conversationId);
      return (await request<Contact>({ ...options, method: "PUT", path, body })).body;
    },
    get: async (conversationId, options) => {
      const path = pathOf(conversationId);
      return (await request<Contact>({ ...options, method: "GET", path })).body;
    },
    list: async (query, options) => {
      const path = "/v1/contacts";
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<ContactPage>(call)).body;
    },
    delete: async (conversationId, options) => {
      await request({ ...options, method: "DELETE", path: pathOf(conversationId) });
    },
  };
}
