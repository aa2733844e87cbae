import {
  type MessageStanding,
  type Page,
  type ReviewDecision,
  type ReviewQuery,
  type ReviewResult,
  sendLane,
} from "../store.ts";
import { insertAudit } from "./audit-log.ts";
import { lockSubjects, type MessageChange, writeChanges } from "./change-messages.ts";
import { insertJobs, type NewJob } from "./insert-jobs.ts";
import { endLeftLegs, insertLegs } from "./legs.ts";
import { toPage } from "./page.ts";
import { type Dialect, jsonRows, type Session, toJsonRows } from "./session.ts";
import { currentLeg, readStandings, standingSelect, toStanding } from "./standings.ts";

const reasonCode: Readonly<Record<Dialect, string>> = {
  sqlite: "reason->>'code'",
  postgres: "reason::json->>'code'",
};

/**
 * Oldest first: uids are time-ordered. The partial index `messages_in_review` holds the queue and nothing
 * else; a filter walks along it, since a queue that people work through is short.
 */
export async function listReviews(
  session: Session,
  query: ReviewQuery,
): Promise<Page<MessageStanding>> {
  const filters: readonly (readonly [condition: string, value: string | undefined])[] = [
    ["mode =", query.mode],
    ["uid >", query.cursor],
    ["agent_id =", query.agentId],
    ["conversation_id =", query.conversationId],
    [`${reasonCode[session.dialect]} =`, query.code],
  ];
  const given = filters.flatMap(([condition, value]) =>
    value === undefined ? [] : [{ condition, value }],
  );
  const where = given.map(({ condition }, index) => `${condition} $${index + 1}`).join(" AND ");
  const rows = await session.all(
    `${standingSelect} FROM (SELECT * FROM messages WHERE status = 'NEEDS_REVIEW' AND ${where}
       ORDER BY uid LIMIT $${given.length + 1}) AS messages ${currentLeg} ORDER BY messages.uid`,
    [...given.map(({ value }) => value), query.limit + 1],
  );
  return toPage(rows, query.limit, toStanding, ({ message }) => message.uid);
}

/**
 * Writes decisions, a batch in one transaction. Messages are locked and judged once more: a receipt, or
 * somebody else's decision, may have come between reading and deciding.
 */
export async function decideReviews(
  session: Session,
  batch: readonly ReviewDecision[],
): Promise<readonly ReviewResult[]> {
  if (batch.length === 0) return [];
  const uids = new Set(batch.map(({ messageUid }) => messageUid));
  const subjects = await lockSubjects(session, uids);
  const standings = await readStandings(session, uids);
  const decided = batch.flatMap((decision): Decided[] => {
    const standing = standings.get(decision.messageUid);
    // The first decision on a message in a batch is the one.
    const isOpen = standing !== undefined && isAsDecided(standing, decision);
    return isOpen && uids.delete(decision.messageUid) ? [{ decision, standing }] : [];
  });
  await writeChanges(session, subjects, { changes: decided.map(toChange) });
  await insertAudit(
    session,
    decided.map(({ decision }) => decision.audit),
  );
  await endWatchdogs(session, decided);
  await beginAnew(session, decided);
  await endLeftLegs(
    session,
    decided.flatMap(({ decision: { messageUid, legIndex, leftEnd: end } }) =>
      end === undefined ? [] : [{ messageUid, legIndex, end }],
    ),
  );
  await insertLegs(
    session,
    decided.flatMap(({ decision: { messageUid, newLeg: leg } }) =>
      leg === undefined ? [] : [{ messageUid, leg }],
    ),
  );
  await insertJobs(session, decided.flatMap(toSendJob));
  const done = new Set(decided.map(({ decision }) => decision));
  return batch.map((decision) => (done.has(decision) ? "decided" : "not_in_review"));
}

interface Decided {
  readonly decision: ReviewDecision;
  readonly standing: MessageStanding;
}

function isAsDecided(standing: MessageStanding, decision: ReviewDecision): boolean {
  return (
    standing.message.status === "NEEDS_REVIEW" &&
    standing.leg.index === decision.legIndex &&
    standing.attempts === decision.attempts
  );
}

function toChange({ decision }: Decided): MessageChange {
  const { messageUid, legIndex, change, reason, newLeg, audit } = decision;
  return {
    messageUid,
    legIndex,
    change,
    reason,
    data: newLeg === undefined ? {} : { provider: newLeg.provider },
    atMs: audit.atMs,
    loggedAtMs: audit.atMs,
  };
}

/** A watchdog that was set before would judge the new try by the old one's time. */
async function endWatchdogs(session: Session, decided: readonly Decided[]): Promise<void> {
  if (decided.length === 0) return;
  // In one order for everybody, as in end-jobs.ts.
  const lock = session.dialect === "postgres" ? "ORDER BY jobs.id FOR UPDATE OF jobs" : "";
  await session.all(
    `DELETE FROM jobs WHERE id IN (SELECT jobs.id FROM ${jsonRows(session.dialect, 1, { ref: "text" })}
       JOIN jobs ON jobs.ref = input.ref AND jobs.kind = 'watchdog' ${lock})`,
    [toJsonRows(decided.map(({ decision }) => ({ ref: decision.messageUid })))],
  );
}

/** A leg that is tried again has its whole time to live, and nothing has ended it yet. */
async function beginAnew(session: Session, decided: readonly Decided[]): Promise<void> {
  const rows = decided.flatMap(({ decision, standing: { message, timeBeganAtMs } }) =>
    decision.change.kind !== "requeued"
      ? []
      : [
          {
            uid: message.uid,
            leg_index: decision.legIndex,
            expires_at_ms:
              message.expiresAtMs === null
                ? null
                : decision.audit.atMs + message.expiresAtMs - timeBeganAtMs,
          },
        ],
  );
  if (rows.length === 0) return;
  const columns = { uid: "text", leg_index: "bigint", expires_at_ms: "bigint" } as const;
  const input = jsonRows(session.dialect, 1, columns);
  await session.all(
    `UPDATE legs SET ended = NULL, ended_reason = NULL FROM ${input}
     WHERE legs.message_uid = input.uid AND legs.leg_index = input.leg_index`,
    [toJsonRows(rows)],
  );
  await session.all(
    `UPDATE messages SET expires_at_ms = input.expires_at_ms FROM ${input} WHERE messages.uid = input.uid`,
    [toJsonRows(rows)],
  );
}

/** The send job of a try. Its attempts are numbered behind those that were made; it keeps no order: its turn was long ago. */
function toSendJob({ decision, standing: { message, leg, ...standing } }: Decided): NewJob[] {
  const { newLeg, change, audit } = decision;
  if (change.kind === "dismissed") return [];
  const next = newLeg ?? leg;
  return [
    {
      kind: "send",
      lane: sendLane(message.agentId, next.provider),
      priority: message.priority,
      dueAtMs: audit.atMs,
      ref: message.uid,
      legIndex: next.index,
      tries: standing.attempts,
      interrupted: newLeg === undefined && standing.mayHaveBeenTaken,
      createdAtMs: audit.atMs,
    },
  ];
}
