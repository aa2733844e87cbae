import type {
  Cancellation,
  CancelResult,
  MessageRow,
  NewAuditEntry,
  Reason,
  Revocation,
} from "../store.ts";
import { findKnown } from "./accept-messages.ts";
import { insertAudit } from "./audit-log.ts";
import { lockSubjects, type Subject, writeChanges } from "./change-messages.ts";
import { toMessageRow } from "./message-row.ts";
import { conversationKey, lockConversations, releaseWaiting } from "./order-conversations.ts";
import {
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  textOrNull,
  toJsonRows,
} from "./session.ts";

/**
 * Takes a message out of the queue. The message is locked, then its conversation, since the job may be one
 * that waits, then its jobs: whoever claims the job has it before us, and then we refuse, or finds it gone.
 */
export async function cancelMessage(
  session: Session,
  { key, reason, audit }: Cancellation,
): Promise<CancelResult> {
  const [known] = await findKnown(session, [key]);
  if (known === undefined) return { kind: "not_found" };
  const { uid } = known.message;
  const subject = (await lockSubjects(session, new Set([uid]))).get(uid);
  if (subject === undefined) return { kind: "not_found" };
  const { status } = subject.state;
  if (status === "CANCELLED") return cancelled(session, uid);
  if (status !== "SCHEDULED" && status !== "QUEUED") return { kind: "too_late", status };
  const jobs = await lockJobs(session, known.message);
  // A lease that has run out counts: whoever lost it may be in the middle of the call.
  if (jobs.some((job) => job["kind"] === "send" && job["lease_token"] !== null))
    return { kind: "being_sent" };
  if (jobs.some((job) => job["interrupted"] === 1) || (await wasPerhapsTaken(session, uid)))
    return { kind: "may_have_been_taken" };
  await withdraw(session, { subject, jobs, change: "cancelled", reason, audit });
  return cancelled(session, uid);
}

async function cancelled(session: Session, uid: string): Promise<CancelResult> {
  const message = await readMessage(session, uid);
  return message === undefined ? { kind: "not_found" } : { kind: "cancelled", message };
}

/** Writes that a provider has taken a leg back, unless the message has been delivered or has gone on meanwhile. */
export async function recordRevocation(
  session: Session,
  { messageUid, legIndex, reason, audit }: Revocation,
): Promise<MessageRow | undefined> {
  const subject = (await lockSubjects(session, new Set([messageUid]))).get(messageUid);
  const status = subject?.state.status;
  if (subject?.legIndex === legIndex && (status === "SENT" || status === "UNCERTAIN")) {
    const { agentId, identity } = subject;
    const { mode, data } = identity;
    const { conversationId = "" } = data;
    const jobs = await lockJobs(session, { uid: messageUid, mode, agentId, conversationId });
    await withdraw(session, { subject, jobs, change: "revoked", reason, audit });
  }
  return readMessage(session, messageUid);
}

interface Withdrawal {
  readonly subject: Subject;
  /** Its jobs, locked. */
  readonly jobs: readonly SqlRow[];
  readonly change: "cancelled" | "revoked";
  readonly reason: Reason;
  readonly audit: NewAuditEntry;
}

/** Ends a message by its sender's will: status, event, audit, jobs, and the next one of its conversation. */
async function withdraw(
  session: Session,
  { subject, jobs, change, reason, audit }: Withdrawal,
): Promise<void> {
  const detail = { from: subject.state.status, ...audit.detail };
  await writeChanges(session, new Map([[subject.uid, subject]]), {
    changes: [
      {
        messageUid: subject.uid,
        legIndex: subject.legIndex,
        change: { kind: change },
        reason,
        data: {},
        atMs: audit.atMs,
        loggedAtMs: audit.atMs,
      },
    ],
  });
  await insertAudit(session, [{ ...audit, detail }]);
  await session.all(
    `DELETE FROM jobs WHERE id IN (SELECT input.id FROM ${jsonRows(session.dialect, 1, { id: "bigint" })})`,
    [toJsonRows(jobs.map((job) => ({ id: numberOf(job, "id") })))],
  );
  const conversations = jobs.flatMap((job) => textOrNull(job, "conversation") ?? []);
  await releaseWaiting(session, new Set(conversations), audit.atMs);
}

/** The jobs that send a message and look after it. */
async function lockJobs(
  session: Session,
  message: Pick<MessageRow, "uid" | "mode" | "agentId" | "conversationId">,
): Promise<SqlRow[]> {
  const lock = session.dialect === "postgres" ? "ORDER BY id FOR UPDATE" : "";
  const [, jobs] = await Promise.all([
    lockConversations(session, new Set([conversationKey(message)])),
    session.all(
      `SELECT id, kind, lease_token, interrupted, conversation FROM jobs
       WHERE ref = $1 AND kind IN ('send', 'watchdog') ${lock}`,
      [message.uid],
    ),
  ]);
  return jobs;
}

/** Whether a leg may have delivered. One that a provider took counts, unless a receipt has told its end. */
async function wasPerhapsTaken(session: Session, uid: string): Promise<boolean> {
  const rows = await session.all(
    `SELECT 1 AS one FROM legs WHERE message_uid = $1 AND (interrupted = 1 OR EXISTS (
       SELECT 1 FROM attempts WHERE attempts.message_uid = legs.message_uid AND attempts.leg_index = legs.leg_index
         AND (outcome IN ('unknown', 'started')
           OR (outcome = 'accepted' AND coalesce(legs.ended, '') NOT IN ('failed', 'expired'))))) LIMIT 1`,
    [uid],
  );
  return rows.length > 0;
}

async function readMessage(session: Session, uid: string): Promise<MessageRow | undefined> {
  const [row] = await session.all("SELECT * FROM messages WHERE uid = $1", [uid]);
  return row === undefined ? undefined : toMessageRow(row);
}
