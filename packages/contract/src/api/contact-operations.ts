import * as contacts from "./contacts.ts";
import type { Operation } from "./operation.ts";

/** What can be asked and said about people. */
export const contactOperations = {
  listContacts: {
    method: "GET",
    path: "/v1/contacts",
    group: "Contacts",
    summary:
      "List contacts by conversation id. With `updatedSince`, by when they changed. `attribute` is `name:value`.",
    scope: "read",
    query: contacts.listContactsQuery,
    answers: { 200: contacts.contactPage },
    errors: ["invalid_request", "invalid_cursor"],
  },
  exportContacts: {
    method: "GET",
    path: "/v1/contacts:export",
    group: "Contacts",
    summary:
      "All of the list as one file, in the form that an import takes: CSV, or JSON lines with `format=jsonl`.",
    scope: "read",
    query: contacts.exportContactsQuery,
    answers: { 200: contacts.importContactsBody },
    answerTypes: ["text/csv", "application/x-ndjson"],
    errors: ["invalid_request"],
  },
  importContacts: {
    method: "POST",
    path: "/v1/contacts:import",
    group: "Contacts",
    summary:
      "Create and change many contacts. CSV with a header line, or one JSON object a line: `phoneNumber`, and as you like `conversationId`, `userId`, `timeZone`, `locale`, `tags`, `attributes`. Bad lines are left out and named.",
    scope: "send",
    query: contacts.importContactsQuery,
    body: contacts.importContactsBody,
    bodyTypes: ["text/csv", "application/x-ndjson"],
    answers: { 200: contacts.importContactsResponse },
    errors: ["invalid_request"],
  },
  putContact: {
    method: "PUT",
    path: "/v1/contacts/{conversationId}",
    group: "Contacts",
    summary: "Create a contact, or replace what is given. What is not given stays.",
    scope: "send",
    body: contacts.putContactRequest,
    answers: { 200: contacts.contact },
    errors: ["invalid_request", "recipient_invalid"],
  },
  patchContact: {
    method: "PATCH",
    path: "/v1/contacts/{conversationId}",
    group: "Contacts",
    summary: "Change what is given, attribute by attribute. `null` removes.",
    scope: "send",
    body: contacts.patchContactRequest,
    answers: { 200: contacts.contact },
    errors: ["invalid_request", "recipient_invalid", "not_found"],
  },
  getContact: {
    method: "GET",
    path: "/v1/contacts/{conversationId}",
    group: "Contacts",
    summary: "Read one contact.",
    scope: "read",
    answers: { 200: contacts.contact },
    errors: ["not_found"],
  },
  deleteContact: {
    method: "DELETE",
    path: "/v1/contacts/{conversationId}",
    group: "Contacts",
    summary: "Forget a conversation's contact. Messages stay.",
    scope: "send",
    answers: { 204: "Deleted." },
    errors: ["not_found"],
  },
} as const satisfies Record<string, Operation>;
