import type { Mode } from "@richline/contract";
import type { ErasureQuery, ErasureRow, ErasureStep, NewErasure } from "../erasure-row.ts";
import type { Page } from "../page.ts";
import { insertAudit } from "./audit-log.ts";
import { deleteContacts } from "./contacts.ts";
import { eraseEvents } from "./erase-events.ts";
import { eraseMessages, noteConversations } from "./erase-messages.ts";
import {
  addCounts,
  type Counts,
  type ErasedPerson,
  eraseByConversation,
  eraseByNumber,
  rowsMax,
} from "./erase-rows.ts";
import { lockPeople } from "./lock-people.ts";
import { eraseMedia } from "./media.ts";
import { asStored, fromJson } from "./message-row.ts";
import { toPage } from "./page.ts";
import {
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

/** Most payloads that one step looks through. */
const scannedMax = 1_000;
/** How soon what is being sent is looked for again, in milliseconds. Ours: most calls are answered by then. */
const waitMs = 1_000;
/**
 * How long after its completion a person is looked for once more, in milliseconds, for what was under way then: a
 * look-up of the phone, a commit of another node. Ours: longer than a call to a provider may take.
 */
const settleMs = 60_000;

/**
 * Notes that a person is to be erased, unless that is under way: then the answer is what is. What the person wrote
 * where no conversation is known is in one that has the number for its name.
 */
export async function startErasure(session: Session, erasure: NewErasure): Promise<ErasureRow> {
  const [inserted] = await session.insert({
    table: "erasures",
    columns: {
      id: "text",
      mode: "text",
      phone_number: "text",
      actor: "text",
      state: "text",
      requested_at_ms: "bigint",
      due_at_ms: "bigint",
      scanned_receipt: "bigint",
      counts: "text",
    },
    rows: [
      {
        id: erasure.id,
        mode: erasure.mode,
        phone_number: erasure.phoneNumber,
        actor: erasure.actor,
        state: "RUNNING",
        requested_at_ms: erasure.requestedAtMs,
        due_at_ms: erasure.requestedAtMs,
        scanned_receipt: 0,
        counts: "{}",
      },
    ],
    suffix: "ON CONFLICT (mode, phone_number) WHERE state = 'RUNNING' DO NOTHING RETURNING *",
  });
  if (inserted !== undefined) {
    await noteConversations(session, erasure.id, [erasure.phoneNumber]);
    return toErasure(inserted);
  }
  const [running] = await session.all(
    "SELECT * FROM erasures WHERE mode = $1 AND phone_number = $2 AND state = 'RUNNING'",
    [erasure.mode, erasure.phoneNumber],
  );
  // It was completed in between: then everything that it could have meant is erased, and it begins anew.
  return running === undefined ? startErasure(session, erasure) : toErasure(running);
}

/**
 * Does one piece of an erasure, of the given one or of any that is due, in one transaction that is short however
 * much there is of the person. Every piece looks for what is left, so that a crash loses nothing and two nodes that
 * work on the same person do no harm; the row of the erasure keeps them one after the other.
 */
export async function erasePiece(
  session: Session,
  which: { readonly id: string | undefined; readonly nowMs: number },
): Promise<ErasureStep | undefined> {
  const row = await lockErasure(session, which);
  if (row === undefined) return undefined;
  const phoneNumber = textOrNull(row, "phone_number");
  if (phoneNumber === null) return { erasure: toErasure(row), hasMore: false };
  const id = textOf(row, "id");
  const person: ErasedPerson = {
    mode: asStored(textOf(row, "mode")),
    phoneNumber,
    alias: id.replace(/^era_/, "erased_"),
    requestedAtMs: numberOf(row, "requested_at_ms"),
    nowMs: which.nowMs,
  };
  // Receipts of the person that are being written are waited for, and those that come now wait for us.
  await lockPeople(session, [`${person.mode} ${phoneNumber}`], "alone");
  const counts = fromJson<Counts>(textOf(row, "counts"));
  const { worked, waits, scanned } = await workOn(session, { id, row, person, counts });
  const isDone = !worked && !waits;
  const next = isDone
    ? endOf(row, which.nowMs)
    : { ...stayOf(row), due: waits && !worked ? which.nowMs + waitMs : which.nowMs };
  const [after] = await session.all(
    `UPDATE erasures SET state = $2, completed_at_ms = $3, due_at_ms = $4, scanned_receipt = $5, counts = $6,
       phone_number = CASE WHEN $7 = 1 THEN NULL ELSE phone_number END WHERE id = $1 RETURNING *`,
    [
      id,
      next.state,
      next.completedAtMs,
      next.due,
      scanned,
      JSON.stringify(counts),
      next.due === null ? 1 : 0,
    ],
  );
  if (after === undefined) throw new Error("An erasure that is locked is not there.");
  const erasure = toErasure(after);
  if (isDone && textOf(row, "state") === "RUNNING") {
    await audit(session, erasure, which.nowMs);
    await noteConversations(session, id, [phoneNumber]);
  }
  return { erasure, hasMore: worked };
}

async function lockErasure(
  session: Session,
  { id, nowMs }: { readonly id: string | undefined; readonly nowMs: number },
): Promise<SqlRow | undefined> {
  const isPostgres = session.dialect === "postgres";
  const [row] =
    id === undefined
      ? await session.all(
          `SELECT * FROM erasures WHERE due_at_ms <= $1 ORDER BY due_at_ms LIMIT 1 ${isPostgres ? "FOR UPDATE SKIP LOCKED" : ""}`,
          [nowMs],
        )
      : await session.all(
          `SELECT * FROM erasures WHERE id = $1 ${isPostgres ? "FOR UPDATE" : ""}`,
          [id],
        );
  return row;
}

interface Work {
  readonly id: string;
  readonly row: SqlRow;
  readonly person: ErasedPerson;
  /** Added to. */
  readonly counts: Counts;
}

interface Worked {
  readonly worked: boolean;
  readonly waits: boolean;
  /** The last payload that was looked through. */
  readonly scanned: number;
}

/** Contacts and the inbox lead to conversations, messages to more of them; what leads nowhere comes last. */
async function workOn(session: Session, work: Work): Promise<Worked> {
  const { id, row, person, counts } = work;
  const before = numberOf(row, "scanned_receipt");
  const went = { worked: true, waits: false, scanned: before };
  const contacts = await eraseContacts(session, person, id);
  addCounts(counts, { contacts });
  if (contacts > 0) return went;
  const conversations = await eraseConversations(session, person, id);
  addCounts(counts, { conversations });
  if (conversations > 0) return went;
  const messages = await eraseMessages(session, person, id);
  addCounts(counts, messages.counts);
  if (messages.worked) return went;
  if (await eraseConversation(session, work)) return went;
  const byNumber = await eraseByNumber(session, person);
  addCounts(counts, byNumber);
  if (Object.values(byNumber).some((count) => count >= rowsMax)) return went;
  const scan = await scanReceipts(session, person, before);
  addCounts(counts, { raw_receipts: scan.erased });
  return { worked: scan.hasMore, waits: messages.waits, scanned: scan.last };
}

async function eraseContacts(
  session: Session,
  { mode, phoneNumber, requestedAtMs }: ErasedPerson,
  erasureId: string,
): Promise<number> {
  const rows = await session.all(
    `SELECT conversation_id FROM contacts WHERE mode = $1 AND phone_number = $2 AND created_at_ms <= $3
     LIMIT ${rowsMax}`,
    [mode, phoneNumber, requestedAtMs],
  );
  const conversationIds = rows.map((row) => textOf(row, "conversation_id"));
  await noteConversations(session, erasureId, conversationIds);
  const keys = conversationIds.map((conversationId) => ({ mode, conversationId }));
  return (await deleteContacts(session, keys)).length;
}

/** The inbox's own rows. What was said in them is looked for, also where no contact and no message leads there. */
async function eraseConversations(
  session: Session,
  { mode, phoneNumber, requestedAtMs }: ErasedPerson,
  erasureId: string,
): Promise<number> {
  const columns = "mode, conversation_id, agent_id";
  const rows = await session.all(
    `DELETE FROM conversations WHERE (${columns}) IN (SELECT ${columns} FROM conversations
       WHERE mode = $1 AND phone_number = $2 AND created_at_ms <= $3 LIMIT ${rowsMax})
     RETURNING conversation_id`,
    [mode, phoneNumber, requestedAtMs],
  );
  const conversationIds = rows.map((row) => textOf(row, "conversation_id"));
  await noteConversations(session, erasureId, [...new Set(conversationIds)]);
  return rows.length;
}

/** What the person said in one of their conversations, and belongs to none of its messages. False when no conversation is left. */
async function eraseConversation(session: Session, { id, person, counts }: Work): Promise<boolean> {
  const [next] = await session.all(
    `SELECT conversation_id, after_seq FROM erasure_conversations WHERE erasure_id = $1
     ORDER BY conversation_id LIMIT 1`,
    [id],
  );
  if (next === undefined) return false;
  const conversationId = textOf(next, "conversation_id");
  const events = await session.all(
    `SELECT seq, conversation_id, body FROM events
     WHERE mode = $1 AND conversation_id = $2 AND seq > $3 AND message_uid IS NULL AND erased_at_ms IS NULL
       AND at_ms <= $4 ORDER BY seq LIMIT ${rowsMax}`,
    [person.mode, conversationId, numberOf(next, "after_seq"), person.requestedAtMs],
  );
  await eraseEvents(session, person, events);
  addCounts(counts, { events: events.length });
  const last = events.at(-1);
  if (events.length === rowsMax && last !== undefined) {
    await session.all(
      "UPDATE erasure_conversations SET after_seq = $3 WHERE erasure_id = $1 AND conversation_id = $2",
      [id, conversationId, numberOf(last, "seq")],
    );
    return true;
  }
  const { mode, requestedAtMs: untilMs } = person;
  const files = await eraseMedia(session, { mode, conversationId, untilMs });
  addCounts(counts, { media: files.erased });
  if (files.hasMore) return true;
  const rest = await eraseByConversation(session, person, conversationId);
  addCounts(counts, rest);
  if (Object.values(rest).every((count) => count < rowsMax)) {
    await session.all(
      "DELETE FROM erasure_conversations WHERE erasure_id = $1 AND conversation_id = $2",
      [id, conversationId],
    );
  }
  return true;
}

/**
 * Looks for the number in payloads that nobody understood, that wait for their message, or that came before the
 * number was written beside them. Each is looked at once.
 */
async function scanReceipts(session: Session, { mode, phoneNumber }: ErasedPerson, after: number) {
  const digits = phoneNumber.slice(1);
  const rows = await session.all(
    `SELECT id, CASE WHEN mode = $1 AND raw LIKE $2 THEN raw END AS raw FROM raw_receipts
     WHERE message_uid IS NULL AND phone_number IS NULL AND id > $3 ORDER BY id LIMIT ${scannedMax}`,
    [mode, `%${digits}%`, after],
  );
  // The number and not a longer one that holds its digits.
  const number = new RegExp(`(?<![0-9])${digits}(?![0-9])`);
  const found = rows.filter((row) => number.test(textOrNull(row, "raw") ?? ""));
  await session.all(
    `UPDATE raw_receipts SET raw = '' FROM ${jsonRows(session.dialect, 1, { id: "bigint" })}
     WHERE raw_receipts.id = input.id`,
    [toJsonRows(found.map((row) => ({ id: numberOf(row, "id") })))],
  );
  const last = rows.at(-1);
  return {
    erased: found.length,
    last: last === undefined ? after : numberOf(last, "id"),
    hasMore: rows.length === scannedMax,
  };
}

interface NextState {
  readonly state: string;
  readonly completedAtMs: number | null;
  /** Null when the number is forgotten. */
  readonly due: number | null;
}

function stayOf(row: SqlRow): Pick<NextState, "state" | "completedAtMs"> {
  return { state: textOf(row, "state"), completedAtMs: numberOrNull(row, "completed_at_ms") };
}

/** Completed, and then looked at once more. */
function endOf(row: SqlRow, nowMs: number): NextState {
  const stay = stayOf(row);
  if (stay.state === "RUNNING")
    return { state: "COMPLETED", completedAtMs: nowMs, due: nowMs + settleMs };
  const isSettled = (stay.completedAtMs ?? nowMs) + settleMs <= nowMs;
  return { ...stay, due: isSettled ? null : numberOrNull(row, "due_at_ms") };
}

async function audit(session: Session, erasure: ErasureRow, atMs: number): Promise<void> {
  const { mode, actor, id, counts } = erasure;
  await insertAudit(session, [
    { mode, atMs, actor, action: "person.erase", subject: id, detail: counts },
  ]);
}

export async function findErasure(
  session: Session,
  mode: Mode,
  id: string,
): Promise<ErasureRow | undefined> {
  const [row] = await session.all("SELECT * FROM erasures WHERE mode = $1 AND id = $2", [mode, id]);
  return row === undefined ? undefined : toErasure(row);
}

/** Newest first: ids are time-ordered. */
export async function listErasures(
  session: Session,
  { mode, cursor, limit }: ErasureQuery,
): Promise<Page<ErasureRow>> {
  const rows = await session.all(
    `SELECT * FROM erasures WHERE mode = $1 ${cursor === undefined ? "" : "AND id < $3"}
     ORDER BY id DESC LIMIT $2`,
    [mode, limit + 1, ...(cursor === undefined ? [] : [cursor])],
  );
  return toPage(rows, limit, toErasure, ({ id }) => id);
}

function toErasure(row: SqlRow): ErasureRow {
  return {
    id: textOf(row, "id"),
    mode: asStored(textOf(row, "mode")),
    actor: textOf(row, "actor"),
    state: asStored(textOf(row, "state")),
    requestedAtMs: numberOf(row, "requested_at_ms"),
    completedAtMs: numberOrNull(row, "completed_at_ms"),
    counts: fromJson(textOf(row, "counts")),
  };
}
