import {
  type AcceptResult,
  type KnownMessage,
  type MessageKey,
  type NewMessage,
  sendLane,
} from "../store.ts";
import { findContacts, fromNewContact, newContactColumns } from "./contacts.ts";
import { insertEvents } from "./insert-events.ts";
import { insertForms } from "./insert-forms.ts";
import { insertJobs, type NewJob } from "./insert-jobs.ts";
import { insertLinks } from "./insert-links.ts";
import { insertLegs } from "./legs.ts";
import { fromMessageRow, messageColumns, toMessageRow } from "./message-row.ts";
import { findOptOuts } from "./opt-outs.ts";
import { conversationOf, findWaiting } from "./order-conversations.ts";
import { compareText, jsonRows, type Session, type SqlRow, textOf, toJsonRows } from "./session.ts";

/**
 * Stores a batch of messages: each with its leg, send job, event and perhaps contact, in one transaction.
 * The unique index on (mode, id) decides who was first; a known id writes nothing at all.
 */
export async function acceptMessages(
  session: Session,
  batch: readonly NewMessage[],
): Promise<readonly AcceptResult[]> {
  const [inserted, optOuts] = await Promise.all([
    insertMessages(session, batch),
    findUnwanted(session, batch),
  ]);
  const added = batch.filter((entry) => inserted.has(entry.message.uid));
  const wanted = added.filter((entry) => !optOuts.has(entry.message.uid));
  const unwanted = new Set([...inserted].filter((uid) => optOuts.has(uid)));
  if (unwanted.size > 0) await removeMessages(session, unwanted);
  const taken = await insertContacts(session, added, wanted);
  const accepted = wanted.filter((entry) => !taken.has(entry.message.uid));
  if (accepted.length > 0) {
    const waiting = await findWaiting(session, accepted);
    await Promise.all([
      insertLegs(
        session,
        accepted.map(({ message, leg }) => ({ messageUid: message.uid, leg })),
      ),
      insertJobs(
        session,
        accepted.map((entry) => toSendJob(entry, waiting.has(entry.message.uid))),
      ),
      insertEvents(
        session,
        accepted.map((entry) => entry.event),
      ),
      insertForms(session, accepted),
      insertLinks(session, accepted),
    ]);
  }
  if (accepted.length === batch.length) return batch.map(() => ({ kind: "accepted" }));
  return describe(session, batch, { inserted, unwanted, taken });
}

/**
 * The uids of messages to people who opted out. They are taken out again rather than left out, so that this
 * shares the round trip of the insert, and so that a message that is known already is answered as such.
 */
async function findUnwanted(
  session: Session,
  batch: readonly NewMessage[],
): Promise<ReadonlySet<string>> {
  const asked = batch.filter(({ unlessOptedOut }) => unlessOptedOut === true);
  const places = await findOptOuts(
    session,
    asked.map(({ message }) => message),
  );
  return new Set(asked.flatMap(({ message }, place) => (places.has(place) ? [message.uid] : [])));
}

/**
 * Contacts of conversations that had none when the batch was planned. Another node may have given one of
 * them a number since: messages to another number are taken out again, and their uids are answered.
 */
async function insertContacts(
  session: Session,
  added: readonly NewMessage[],
  wanted: readonly NewMessage[],
): Promise<ReadonlySet<string>> {
  // The first message of a new conversation brings the contact for all, whatever becomes of itself.
  const conversations = new Set(wanted.map(({ message }) => contactKey(message)));
  const rows = added.flatMap(({ message, contact }) =>
    contact === undefined || !conversations.has(contactKey(message))
      ? []
      : [fromNewContact(contact)],
  );
  if (rows.length === 0) return new Set();
  const inserted = await session.insert({
    table: "contacts",
    columns: newContactColumns,
    rows: rows.toSorted((a, b) => compareText(keyOf(a), keyOf(b))),
    suffix: "ON CONFLICT DO NOTHING RETURNING conversation_id",
  });
  return inserted.length === rows.length ? new Set() : removeMistaken(session, wanted);
}

async function removeMistaken(
  session: Session,
  added: readonly NewMessage[],
): Promise<ReadonlySet<string>> {
  const contacts = await findContacts(
    session,
    added.map(({ message }) => message),
  );
  const mistaken = added.filter(
    ({ message }, index) => contacts[index]?.phoneNumber !== message.phoneNumber,
  );
  if (mistaken.length === 0) return new Set();
  const uids = new Set(mistaken.map(({ message }) => message.uid));
  await removeMessages(session, uids);
  return uids;
}

async function removeMessages(session: Session, uids: ReadonlySet<string>): Promise<void> {
  await session.all(
    `DELETE FROM messages WHERE uid IN (SELECT input.uid FROM ${jsonRows(session.dialect, 1, { uid: "text" })})`,
    [toJsonRows([...uids].map((uid) => ({ uid })))],
  );
}

function contactKey({ mode, conversationId }: NewMessage["message"]): string {
  return `${mode} ${conversationId}`;
}

function keyOf(contact: SqlRow): string {
  return `${contact["mode"]} ${contact["conversation_id"]}`;
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

async function describe(
  session: Session,
  batch: readonly NewMessage[],
  uids: Readonly<Record<"inserted" | "unwanted" | "taken", ReadonlySet<string>>>,
): Promise<readonly AcceptResult[]> {
  const isNew = ({ message }: NewMessage) => uids.inserted.has(message.uid);
  const found = (
    await findKnown(
      session,
      batch.filter((entry) => !isNew(entry)).map(({ message }) => message),
    )
  ).values();
  return batch.map((entry) => {
    if (uids.taken.has(entry.message.uid)) return { kind: "contact_taken" };
    if (isNew(entry) && uids.unwanted.has(entry.message.uid)) return { kind: "opted_out" };
    if (isNew(entry)) return { kind: "accepted" };
    const known = found.next().value;
    // The one it collided with was in this batch, and was taken out again.
    return known === undefined ? { kind: "contact_taken" } : { kind: "known", ...known };
  });
}

/** The messages under these ids, in the order asked. */
export async function findKnown(
  session: Session,
  keys: readonly MessageKey[],
): Promise<readonly (KnownMessage | undefined)[]> {
  if (keys.length === 0) return [];
  const rows = await session.all(
    `SELECT messages.* FROM ${jsonRows(session.dialect, 1, { mode: "text", id: "text" })}
     JOIN messages ON messages.mode = input.mode AND messages.id = input.id`,
    [toJsonRows(keys.map(({ mode, id }) => ({ mode, id })))],
  );
  const known = new Map(
    rows.map((row) => [
      `${textOf(row, "mode")} ${textOf(row, "id")}`,
      { message: toMessageRow(row), requestHash: textOf(row, "request_hash") },
    ]),
  );
  return keys.map(({ mode, id }) => known.get(`${mode} ${id}`));
}

function toSendJob({ message, leg }: NewMessage, waits: boolean): NewJob {
  return {
    kind: "send",
    lane: sendLane(message.agentId, leg.provider),
    priority: message.priority,
    dueAtMs: message.sendAtMs ?? message.createdAtMs,
    ref: message.uid,
    legIndex: leg.index,
    conversation: conversationOf(message),
    waits,
    createdAtMs: message.createdAtMs,
  };
}
