import type { ContactKey, ContactQuery, ContactRow, Page } from "../store.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import {
  type Columns,
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

export const contactColumns = {
  mode: "text",
  conversation_id: "text",
  phone_number: "text",
  user_id: "text",
  created_at_ms: "bigint",
  updated_at_ms: "bigint",
} as const satisfies Columns;

export function fromContactRow(contact: ContactRow): SqlRow {
  return {
    mode: contact.mode,
    conversation_id: contact.conversationId,
    phone_number: contact.phoneNumber,
    user_id: contact.userId,
    created_at_ms: contact.createdAtMs,
    updated_at_ms: contact.updatedAtMs,
  };
}

export async function findContacts(
  session: Session,
  keys: readonly ContactKey[],
): Promise<readonly (ContactRow | undefined)[]> {
  const rows = await session.all(
    `SELECT contacts.* FROM ${jsonRows(session.dialect, 1, { mode: "text", conversation_id: "text" })}
     JOIN contacts ON contacts.mode = input.mode AND contacts.conversation_id = input.conversation_id`,
    [toJsonRows(keys.map((key) => ({ mode: key.mode, conversation_id: key.conversationId })))],
  );
  const found = new Map(
    rows.map((row) => [`${row["mode"]} ${row["conversation_id"]}`, toContactRow(row)]),
  );
  return keys.map((key) => found.get(`${key.mode} ${key.conversationId}`));
}

export async function putContact(session: Session, contact: ContactRow): Promise<ContactRow> {
  const [row] = await session.insert({
    table: "contacts",
    columns: contactColumns,
    rows: [fromContactRow(contact)],
    suffix: `ON CONFLICT (mode, conversation_id) DO UPDATE SET phone_number = excluded.phone_number,
       user_id = coalesce(excluded.user_id, contacts.user_id), updated_at_ms = excluded.updated_at_ms
     RETURNING *`,
  });
  if (row === undefined) throw new Error("Writing a contact answered no row.");
  return toContactRow(row);
}

export async function deleteContact(session: Session, key: ContactKey): Promise<boolean> {
  const rows = await session.all(
    "DELETE FROM contacts WHERE mode = $1 AND conversation_id = $2 RETURNING mode",
    [key.mode, key.conversationId],
  );
  return rows.length > 0;
}

export async function listContacts(
  session: Session,
  query: ContactQuery,
): Promise<Page<ContactRow>> {
  const rows = await session.all(
    "SELECT * FROM contacts WHERE mode = $1 AND conversation_id > $2 ORDER BY conversation_id LIMIT $3",
    [query.mode, query.cursor ?? "", query.limit + 1],
  );
  return toPage(rows, query.limit, toContactRow, (contact) => contact.conversationId);
}

function toContactRow(row: SqlRow): ContactRow {
  return {
    mode: asStored(textOf(row, "mode")),
    conversationId: textOf(row, "conversation_id"),
    phoneNumber: textOf(row, "phone_number"),
    userId: textOrNull(row, "user_id"),
    createdAtMs: numberOf(row, "created_at_ms"),
    updatedAtMs: numberOf(row, "updated_at_ms"),
  };
}
