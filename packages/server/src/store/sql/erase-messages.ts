import { codeOnly } from "../../domain/erased-event.ts";
import type { StatusChange } from "../../domain/lifecycle.ts";
import { lockSubjects, type MessageChange, type Subject, writeChanges } from "./change-messages.ts";
import { eraseEvents } from "./erase-events.ts";
import { type Counts, type ErasedPerson, eraseByMessage, settersOf } from "./erase-rows.ts";
import { fromJson } from "./message-row.ts";
import { conversationKey, lockConversations, releaseWaiting } from "./order-conversations.ts";
import { personalData } from "./personal-data.ts";
import {
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  type SqlValue,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

/** Messages of one step. Ours: with all that belongs to them they are some hundred rows. */
const messagesMax = 25;
/** Most events of one step. A message that has more keeps its number until the last of them is done. */
const eventsMax = 2_000;

/**
 * How long a lost lease still counts, in milliseconds: whoever lost it may be in the middle of the call. Ours:
 * longer than a call to a provider may take.
 */
const lostCallMs = 60_000;

/** In the order of the index by number: by uid alone, SQLite would walk over the messages of everybody. */
export const messagesOfPerson = `SELECT uid FROM messages
  WHERE phone_number = $1 AND mode = $2 AND created_at_ms <= $3 ORDER BY agent_id, uid LIMIT ${messagesMax}`;

export interface MessagesStep {
  readonly counts: Counts;
  /** Whether some were erased, or a part of some. */
  readonly worked: boolean;
  /** Whether some are being sent: they are erased when the call has been answered. */
  readonly waits: boolean;
}

/**
 * Erases some of the person's messages with all that belongs to them. Messages are locked first, as everybody does
 * who changes them; what is not sent yet is cancelled, and its event erased with the others.
 */
export async function eraseMessages(
  session: Session,
  person: ErasedPerson,
  erasureId: string,
): Promise<MessagesStep> {
  const found = await session.all(messagesOfPerson, [
    person.phoneNumber,
    person.mode,
    person.requestedAtMs,
  ]);
  if (found.length === 0) return { counts: {}, worked: false, waits: false };
  const subjects = await lockSubjects(session, new Set(found.map((row) => textOf(row, "uid"))));
  const jobs = await lockJobs(session, [...subjects.values()]);
  const held = new Set(jobs.filter((job) => isHeld(job, person.nowMs)).map(refOf));
  const free = new Map([...subjects].filter(([uid]) => !held.has(uid)));
  const waits = held.size > 0;
  if (free.size === 0) return { counts: {}, worked: false, waits };
  const ended = jobs.filter((job) => free.has(refOf(job)));
  const cancelled = await endMessages(session, free, { jobs: ended, nowMs: person.nowMs });
  const events = await eraseEventsOf(session, person, [...free.keys()]);
  if (events === eventsMax) return { counts: { events, cancelled }, worked: true, waits };
  const rest = await eraseRest(session, person, free, erasureId);
  return { counts: { ...rest, events, cancelled, messages: free.size }, worked: true, waits };
}

/** The jobs that send messages and look after them, locked. */
async function lockJobs(session: Session, subjects: readonly Subject[]): Promise<SqlRow[]> {
  const lock = session.dialect === "postgres" ? "ORDER BY jobs.id FOR UPDATE OF jobs" : "";
  const conversations = subjects.map(({ agentId, identity: { mode, data } }) =>
    conversationKey({ mode, agentId, conversationId: data.conversationId ?? "" }),
  );
  await lockConversations(session, new Set(conversations));
  return session.all(
    `SELECT jobs.id, jobs.kind, jobs.ref, jobs.lease_token, jobs.due_at_ms, jobs.interrupted, jobs.conversation
     FROM ${jsonRows(session.dialect, 1, { uid: "text" })}
     JOIN jobs ON jobs.ref = input.uid AND jobs.kind IN ('send', 'watchdog') ${lock}`,
    [toJsonRows(subjects.map(({ uid }) => ({ uid })))],
  );
}

function refOf(job: SqlRow): string {
  return textOf(job, "ref");
}

function isHeld(job: SqlRow, nowMs: number): boolean {
  return textOrNull(job, "lease_token") !== null && numberOf(job, "due_at_ms") > nowMs - lostCallMs;
}

/** Ends what is under way: nobody sends it, takes it back or decides about it any more. Answers how many were not sent. */
async function endMessages(
  session: Session,
  subjects: ReadonlyMap<string, Subject>,
  { jobs, nowMs }: { readonly jobs: readonly SqlRow[]; readonly nowMs: number },
): Promise<number> {
  const interrupted = new Set(jobs.filter((job) => numberOf(job, "interrupted") === 1).map(refOf));
  const changes = [...subjects.values()].flatMap((subject): MessageChange[] => {
    const change = endOf(subject, interrupted.has(subject.uid));
    if (change === undefined) return [];
    const { uid: messageUid, legIndex } = subject;
    const at = { atMs: nowMs, loggedAtMs: nowMs };
    return [{ messageUid, legIndex, change, reason: { code: "erased" }, data: {}, ...at }];
  });
  await writeChanges(session, subjects, { changes });
  await session.all(
    `DELETE FROM jobs WHERE id IN (SELECT input.id FROM ${jsonRows(session.dialect, 1, { id: "bigint" })})`,
    [toJsonRows(jobs.map((job) => ({ id: numberOf(job, "id") })))],
  );
  const conversations = jobs.flatMap((job) => textOrNull(job, "conversation") ?? []);
  await releaseWaiting(session, new Set(conversations), nowMs);
  return changes.filter(({ change }) => change.kind === "cancelled").length;
}

/** What a provider may have is not known to be cancelled: its receipts may still tell. */
function endOf({ state }: Subject, wasInterrupted: boolean): StatusChange | undefined {
  switch (state.status) {
    case "SCHEDULED":
      return { kind: "cancelled" };
    case "QUEUED":
      return { kind: wasInterrupted ? "uncertain" : "cancelled" };
    case "SENDING":
      return { kind: "uncertain" };
    case "NEEDS_REVIEW":
      return { kind: "dismissed" };
    case "UNCERTAIN":
    case "SENT":
    case "DELIVERED":
    case "READ":
    case "FAILED":
    case "EXPIRED":
    case "CANCELLED":
      return undefined;
  }
}

async function eraseEventsOf(
  session: Session,
  person: ErasedPerson,
  uids: readonly string[],
): Promise<number> {
  const rows = await session.all(
    `SELECT events.seq, events.conversation_id, events.body FROM ${jsonRows(session.dialect, 1, { uid: "text" })}
     JOIN events ON events.message_uid = input.uid AND events.erased_at_ms IS NULL LIMIT ${eventsMax}`,
    [toJsonRows(uids.map((uid) => ({ uid })))],
  );
  await eraseEvents(session, person, rows);
  return rows.length;
}

/** All but the events, and the messages themselves last: their number is what finds the rest again. */
async function eraseRest(
  session: Session,
  person: ErasedPerson,
  subjects: ReadonlyMap<string, Subject>,
  erasureId: string,
): Promise<Counts> {
  const uids = [...subjects.keys()];
  const counts = await eraseByMessage(session, person, uids);
  await noteConversations(session, erasureId, conversationsOf(subjects));
  await eraseNotes(session, person, subjects);
  const parameters: SqlValue[] = [
    toJsonRows([...subjects.values()].map(toReasonRow)),
    person.nowMs,
  ];
  const put = (value: SqlValue) => `$${parameters.push(value)}`;
  const set = settersOf(personalData.messages, person, put).map(
    ({ column, to }) => `${column} = ${to}`,
  );
  await session.all(
    `UPDATE messages SET ${set.join(", ")}, reason = input.reason, erased_at_ms = $2
     FROM ${jsonRows(session.dialect, 1, { uid: "text", reason: "text" })} WHERE messages.uid = input.uid`,
    parameters,
  );
  return counts;
}

function toReasonRow({ uid, reason }: Subject) {
  return { uid, reason: reason === null ? null : JSON.stringify(codeOnly(fromJson(reason))) };
}

function conversationsOf(subjects: ReadonlyMap<string, Subject>): readonly string[] {
  return [...subjects.values()].flatMap(({ identity }) => identity.data.conversationId ?? []);
}

/** Conversations in which the person may have said something that belongs to no message. */
export async function noteConversations(
  session: Session,
  erasureId: string,
  conversationIds: readonly string[],
): Promise<void> {
  await session.insert({
    table: "erasure_conversations",
    columns: { erasure_id: "text", conversation_id: "text", after_seq: "bigint" },
    rows: [...new Set(conversationIds)].map((conversationId) => ({
      erasure_id: erasureId,
      conversation_id: conversationId,
      after_seq: 0,
    })),
    suffix: "ON CONFLICT DO NOTHING",
  });
}

/** Notes on decisions about the messages: who decided what stays, the words go. */
async function eraseNotes(
  session: Session,
  { mode }: ErasedPerson,
  subjects: ReadonlyMap<string, Subject>,
): Promise<void> {
  const ids = [...subjects.values()].map(({ identity }) => ({
    mode,
    subject: identity.data.messageId ?? "",
  }));
  const rows = await session.all(
    `SELECT audit_log.id, audit_log.detail FROM ${jsonRows(session.dialect, 1, { mode: "text", subject: "text" })}
     JOIN audit_log ON audit_log.mode = input.mode AND audit_log.subject = input.subject
       AND audit_log.detail LIKE '%"note"%'`,
    [toJsonRows(ids)],
  );
  if (rows.length === 0) return;
  const erased = rows.map((row) => {
    const { note: _note, ...detail } = fromJson<Record<string, unknown>>(textOf(row, "detail"));
    return { id: numberOf(row, "id"), detail: JSON.stringify(detail) };
  });
  await session.all(
    `UPDATE audit_log SET detail = input.detail
     FROM ${jsonRows(session.dialect, 1, { id: "bigint", detail: "text" })} WHERE audit_log.id = input.id`,
    [toJsonRows(erased)],
  );
}
