import { changeContact, isSameContact } from "../../domain/contact-change.ts";
import type {
  ContactChange,
  ContactKey,
  ContactQuery,
  ContactResult,
  ContactRow,
  NewContact,
} from "../contact-row.ts";
import type { Page } from "../page.ts";
import { asStored, fromJson } from "./message-row.ts";
import { toPage } from "./page.ts";
import {
  type Columns,
  compareText,
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  type SqlValue,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

/** What the first message of a conversation writes; the rest has defaults. */
export const newContactColumns = {
  mode: "text",
  conversation_id: "text",
  phone_number: "text",
  user_id: "text",
  created_at_ms: "bigint",
  updated_at_ms: "bigint",
} as const satisfies Columns;

const contactColumns = {
  ...newContactColumns,
  time_zone: "text",
  locale: "text",
  attributes: "text",
  tags: "text",
} as const satisfies Columns;

const keyColumns = { mode: "text", conversation_id: "text" } as const satisfies Columns;

const termColumns = {
  mode: "text",
  name: "text",
  value: "text",
  conversation_id: "text",
} as const satisfies Columns;

export function fromNewContact(contact: NewContact): SqlRow {
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
  const found = await readContacts(session, keys);
  return keys.map((key) => found.get(keyOf(key)));
}

async function readContacts(
  session: Session,
  keys: readonly ContactKey[],
): Promise<Map<string, ContactRow>> {
  const rows = await session.all(
    `SELECT contacts.* FROM ${jsonRows(session.dialect, 1, keyColumns)}
     JOIN contacts ON contacts.mode = input.mode AND contacts.conversation_id = input.conversation_id`,
    [toJsonRows(keys.map((key) => ({ mode: key.mode, conversation_id: key.conversationId })))],
  );
  return new Map(rows.map(toContactRow).map((row) => [keyOf(row), row]));
}

function keyOf({ mode, conversationId }: ContactKey): string {
  return `${mode} ${conversationId}`;
}

/**
 * Writes what was said of contacts, a batch in one transaction, each judged by what is known after the ones
 * before it. Without `store` it only judges.
 */
export async function changeContacts(
  session: Session,
  batch: readonly ContactChange[],
  store: boolean,
): Promise<readonly ContactResult[]> {
  if (batch.length === 0) return [];
  const before = await lockContacts(session, batch);
  const known = new Map(before);
  const changed = new Map<string, ContactRow>();
  const results = batch.map((change): ContactResult => {
    const result = judge(known.get(keyOf(change)), change);
    if (result.kind !== "created" && result.kind !== "updated") return result;
    known.set(keyOf(change), result.contact);
    changed.set(keyOf(change), result.contact);
    return result;
  });
  if (store) await writeContacts(session, before, changed);
  return results;
}

function judge(before: ContactRow | undefined, change: ContactChange): ContactResult {
  const { mode, conversationId, said, creates, nowMs } = change;
  if (before === undefined && !creates) return { kind: "not_found" };
  const after = changeContact(before, said);
  if (after === "number_missing") return { kind: "not_found" };
  if (after === "too_many_attributes") return { kind: "too_many_attributes" };
  if (before !== undefined && isSameContact(before, after))
    return { kind: "unchanged", contact: before };
  const createdAtMs = before?.createdAtMs ?? nowMs;
  return {
    kind: before === undefined ? "created" : "updated",
    contact: { mode, conversationId, ...after, createdAtMs, updatedAtMs: nowMs },
  };
}

/** The contacts as they are, alone with them until the end of the transaction, also with those that are not there yet. */
async function lockContacts(
  session: Session,
  keys: readonly ContactKey[],
): Promise<Map<string, ContactRow>> {
  const [, found] = await Promise.all([lockKeys(session, keys), readContacts(session, keys)]);
  return found;
}

/** In one order for everybody. Nothing else is locked by who locks contacts, except while a person is erased. */
async function lockKeys(session: Session, keys: readonly ContactKey[]): Promise<void> {
  if (session.dialect !== "postgres") return;
  await session.all(
    `SELECT pg_advisory_xact_lock(hashtextextended(name, 2)) FROM (SELECT name FROM
       ${jsonRows("postgres", 1, { name: "text" })} ORDER BY name) AS ordered`,
    [toJsonRows([...new Set(keys.map(keyOf))].map((name) => ({ name })))],
  );
}

async function writeContacts(
  session: Session,
  before: ReadonlyMap<string, ContactRow>,
  changed: ReadonlyMap<string, ContactRow>,
): Promise<void> {
  if (changed.size === 0) return;
  const set = Object.keys(contactColumns)
    .filter((name) => !(name in keyColumns) && name !== "created_at_ms")
    .map((name) => `${name} = excluded.${name}`);
  await session.insert({
    table: "contacts",
    columns: contactColumns,
    rows: [...changed].sort(([a], [b]) => compareText(a, b)).map(([, row]) => fromContactRow(row)),
    suffix: `ON CONFLICT (mode, conversation_id) DO UPDATE SET ${set.join(", ")}`,
  });
  const old = [...changed.keys()].flatMap((key) => before.get(key) ?? []);
  await deleteTerms(session, old.flatMap(toTerms));
  await session.insert({
    table: "contact_terms",
    columns: termColumns,
    rows: [...changed.values()].flatMap(toTerms),
    suffix: "ON CONFLICT DO NOTHING",
  });
}

/** What contacts are found by: their tags under no name, their attributes as text. */
function toTerms({ mode, conversationId, tags, attributes }: ContactRow): SqlRow[] {
  const term = (name: string, value: unknown) => ({
    mode,
    name,
    value: String(value),
    conversation_id: conversationId,
  });
  return [
    ...tags.map((tag) => term("", tag)),
    ...Object.entries(attributes).map(([name, value]) => term(name, value)),
  ];
}

async function deleteTerms(session: Session, terms: readonly SqlRow[]): Promise<void> {
  if (terms.length === 0) return;
  await session.all(
    `DELETE FROM contact_terms WHERE (mode, name, value, conversation_id) IN
       (SELECT input.mode, input.name, input.value, input.conversation_id
        FROM ${jsonRows(session.dialect, 1, termColumns)})`,
    [toJsonRows(terms)],
  );
}

/** Deletes contacts and what they are found by; answers which there were. */
export async function deleteContacts(
  session: Session,
  keys: readonly ContactKey[],
): Promise<readonly ContactRow[]> {
  if (keys.length === 0) return [];
  await lockKeys(session, keys);
  const rows = await session.all(
    `DELETE FROM contacts WHERE (mode, conversation_id) IN
       (SELECT input.mode, input.conversation_id FROM ${jsonRows(session.dialect, 1, keyColumns)})
     RETURNING *`,
    [toJsonRows(keys.map((key) => ({ mode: key.mode, conversation_id: key.conversationId })))],
  );
  const deleted = rows.map(toContactRow);
  await deleteTerms(session, deleted.flatMap(toTerms));
  return deleted;
}

/**
 * By conversation, or by when they changed. A tag, else an attribute, leads where one is asked for: its terms lie
 * in the order of the list, so that a page costs what it shows, however many contacts there are.
 */
export async function listContacts(
  session: Session,
  query: ContactQuery,
): Promise<Page<ContactRow>> {
  const { mode, tag, attribute, phoneNumber, userId, updatedSinceMs } = query;
  const parameters: SqlValue[] = [];
  const put = (value: SqlValue) => `$${parameters.push(value)}`;
  const terms = [
    ...(tag === undefined ? [] : [{ name: "", value: tag }]),
    ...(attribute === undefined ? [] : [attribute]),
  ];
  const first = updatedSinceMs === undefined ? terms.shift() : undefined;
  const id = first === undefined ? "contacts.conversation_id" : "first_term.conversation_id";
  const isTerm = (
    table: string,
    { name, value }: { readonly name: string; readonly value: string },
  ) =>
    `${table}.mode = ${put(mode)} AND ${table}.name = ${put(name)} AND ${table}.value = ${put(value)}
       AND ${table}.conversation_id = contacts.conversation_id`;
  const conditions = [
    ...(first === undefined ? [] : [isTerm("first_term", first)]),
    `contacts.mode = ${put(mode)}`,
    ...terms.map(
      (term) => `EXISTS (SELECT 1 FROM contact_terms AS term WHERE ${isTerm("term", term)})`,
    ),
    ...(phoneNumber === undefined ? [] : [`contacts.phone_number = ${put(phoneNumber)}`]),
    ...(userId === undefined ? [] : [`contacts.user_id = ${put(userId)}`]),
    ...afterCursor(query, id, put),
  ];
  // SQLite reads a cross join in the order in which it is written.
  const from = first === undefined ? "contacts" : "contact_terms AS first_term CROSS JOIN contacts";
  const order =
    updatedSinceMs === undefined ? id : "contacts.updated_at_ms, contacts.conversation_id";
  const rows = await session.all(
    `SELECT contacts.* FROM ${from} WHERE ${conditions.join(" AND ")}
     ORDER BY ${order} LIMIT ${put(query.limit + 1)}`,
    parameters,
  );
  return toPage(rows, query.limit, toContactRow, (row) => toCursor(query, row));
}

function afterCursor(
  { cursor, updatedSinceMs }: ContactQuery,
  id: string,
  put: (value: SqlValue) => string,
): readonly string[] {
  if (updatedSinceMs === undefined) return cursor === undefined ? [] : [`${id} > ${put(cursor)}`];
  if (cursor === undefined) return [`contacts.updated_at_ms >= ${put(updatedSinceMs)}`];
  const [atMs = "0", conversationId = ""] = cursor.split(" ");
  return [
    `(contacts.updated_at_ms, contacts.conversation_id) > (${put(Number(atMs))}, ${put(conversationId)})`,
  ];
}

function toCursor({ updatedSinceMs }: ContactQuery, row: ContactRow): string {
  return updatedSinceMs === undefined
    ? row.conversationId
    : `${row.updatedAtMs} ${row.conversationId}`;
}

function fromContactRow(contact: ContactRow): SqlRow {
  return {
    ...fromNewContact(contact),
    time_zone: contact.timeZone,
    locale: contact.locale,
    attributes: JSON.stringify(contact.attributes),
    tags: JSON.stringify(contact.tags),
  };
}

function toContactRow(row: SqlRow): ContactRow {
  return {
    mode: asStored(textOf(row, "mode")),
    conversationId: textOf(row, "conversation_id"),
    phoneNumber: textOf(row, "phone_number"),
    userId: textOrNull(row, "user_id"),
    timeZone: textOrNull(row, "time_zone"),
    locale: textOrNull(row, "locale"),
    attributes: fromJson(textOf(row, "attributes")),
    tags: fromJson(textOf(row, "tags")),
    createdAtMs: numberOf(row, "created_at_ms"),
    updatedAtMs: numberOf(row, "updated_at_ms"),
  };
}
