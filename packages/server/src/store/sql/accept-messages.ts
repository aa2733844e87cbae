import type { AcceptResult, NewMessage } from "../store.ts";
import { contactColumns, fromContactRow } from "./contacts.ts";
import { insertEvents } from "./insert-events.ts";
import { fromMessageRow, messageColumns, toMessageRow } from "./message-row.ts";
import {
  type Columns,
  compareText,
  jsonRows,
  type Session,
  type SqlRow,
  textOf,
  toJsonRows,
} from "./session.ts";

const legColumns = {
  message_uid: "text",
  leg_index: "bigint",
  provider: "text",
  provider_message_id: "text",
} as const satisfies Columns;

const jobColumns = {
  kind: "text",
  lane: "text",
  priority: "bigint",
  due_at_ms: "bigint",
  ref: "text",
  leg_index: "bigint",
  retries_used: "bigint",
  tries: "bigint",
  created_at_ms: "bigint",
} as const satisfies Columns;

/**
 * Stores a batch of messages: each with its leg, send job, event and perhaps contact, in one transaction.
 * The unique index on (mode, id) decides who was first; a known id writes nothing at all.
 */
export async function acceptMessages(
  session: Session,
  batch: readonly NewMessage[],
): Promise<readonly AcceptResult[]> {
  const inserted = await insertMessages(session, batch);
  const accepted = batch.filter((entry) => inserted.has(entry.message.uid));
  if (accepted.length > 0) {
    await Promise.all([
      session.insert({ table: "legs", columns: legColumns, rows: accepted.map(toLegRow) }),
      session.insert({ table: "jobs", columns: jobColumns, rows: accepted.map(toJobRow) }),
      insertEvents(
        session,
        accepted.map((entry) => entry.event),
      ),
      insertContacts(session, accepted),
    ]);
  }
  if (accepted.length === batch.length) return batch.map(() => ({ kind: "accepted" }));
  return describeKnown(session, batch, inserted);
}

/** Contacts of conversations that had none when the batch was planned. */
async function insertContacts(session: Session, accepted: readonly NewMessage[]): Promise<void> {
  const rows = accepted.flatMap(({ contact }) =>
    contact === undefined ? [] : [fromContactRow(contact)],
  );
  if (rows.length === 0) return;
  await session.insert({
    table: "contacts",
    columns: contactColumns,
    rows,
    suffix: "ON CONFLICT DO NOTHING",
  });
}

async function insertMessages(
  session: Session,
  batch: readonly NewMessage[],
): Promise<ReadonlySet<string>> {
  const rows = await session.insert({
    table: "messages",
    columns: messageColumns,
    rows: inKeyOrder(batch).map((entry) => fromMessageRow(entry.message, entry.requestHash)),
    suffix: `ON CONFLICT (mode, id) DO NOTHING RETURNING uid`,
  });
  return new Set(rows.map((row) => textOf(row, "uid")));
}

/** Two nodes that insert the same ids in different orders would wait for each other. */
function inKeyOrder(batch: readonly NewMessage[]): readonly NewMessage[] {
  return batch.toSorted((a, b) => compareText(a.message.id, b.message.id));
}

async function describeKnown(
  session: Session,
  batch: readonly NewMessage[],
  inserted: ReadonlySet<string>,
): Promise<readonly AcceptResult[]> {
  const keys = batch
    .filter((entry) => !inserted.has(entry.message.uid))
    .map((entry) => ({ mode: entry.message.mode, id: entry.message.id }));
  const rows = await session.all(
    `SELECT messages.* FROM ${jsonRows(session.dialect, 1, { mode: "text", id: "text" })}
     JOIN messages ON messages.mode = input.mode AND messages.id = input.id`,
    [toJsonRows(keys)],
  );
  const known = new Map(rows.map((row) => [`${textOf(row, "mode")} ${textOf(row, "id")}`, row]));
  return batch.map(({ message }) => {
    if (inserted.has(message.uid)) return { kind: "accepted" };
    const row = known.get(`${message.mode} ${message.id}`);
    if (row === undefined) throw new Error("A message that was refused as known cannot be read.");
    return { kind: "known", message: toMessageRow(row), requestHash: textOf(row, "request_hash") };
  });
}

function toLegRow({ message, leg }: NewMessage): SqlRow {
  return {
    message_uid: message.uid,
    leg_index: leg.index,
    provider: leg.provider,
    provider_message_id: leg.providerMessageId,
  };
}

function toJobRow({ message, leg }: NewMessage): SqlRow {
  return {
    kind: "send",
    lane: message.agentId,
    priority: message.priority,
    due_at_ms: message.sendAtMs ?? message.createdAtMs,
    ref: message.uid,
    leg_index: leg.index,
    retries_used: 0,
    tries: 0,
    created_at_ms: message.createdAtMs,
  };
}
