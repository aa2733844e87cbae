import { priorityCount } from "../../domain/traffic.ts";
import type { ClaimRequest, JobKind } from "../store.ts";
import { type Dialect, numberOf, type Session, type SqlRow } from "./session.ts";

/**
 * Leases due jobs of one kind and lane: most urgent first, then those that waited longest.
 *
 * A lease moves the job's own due time to its end, so a claimed job leaves the range that claims scan,
 * and a lost one comes due again by itself; there is no second column to test and no sweeper.
 *
 * Each priority is one range scan of `jobs_due (kind, lane, priority, due_at_ms)`. Rejected: one scan
 * ordered by (priority, due_at_ms), which walks over every job of an urgent priority that is not due
 * yet (scheduled messages, retries) on every claim; and locking without SKIP LOCKED in PostgreSQL,
 * where a second node would wait for the first instead of taking the next rows.
 */
export function claimJobs(
  session: Session,
  kind: JobKind,
  request: ClaimRequest,
  leaseToken: string,
): Promise<SqlRow[]> {
  return session.all(claimStatements[session.dialect], [
    kind,
    request.lane,
    request.nowMs,
    request.limit,
    leaseToken,
    request.nowMs + request.leaseMs,
    request.priorityMax ?? priorityCount - 1,
  ]);
}

/**
 * Whether a lane has a due job: the same range scans, without a lease. A lane that may have nothing to do
 * asks this first where sends are limited, so that it neither holds slots for nothing nor makes a commit.
 */
export async function hasDueSends(
  session: Session,
  { lane, nowMs, priorityMax = priorityCount - 1 }: Omit<ClaimRequest, "leaseMs" | "limit">,
): Promise<boolean> {
  const [row] = await session.all(dueStatement, [lane, nowMs, priorityMax]);
  return row !== undefined && numberOf(row, "due") > 0;
}

const priorities = Array.from({ length: priorityCount }, (_, priority) => priority);

/** SQLite has no LATERAL: the ten scans are written out. An empty one costs a single index seek. */
const sqliteCandidates = priorities
  .map(
    (priority) => `SELECT * FROM (SELECT id, priority, due_at_ms FROM jobs
      WHERE ${priority} <= $7 AND kind = $1 AND lane = $2 AND priority = ${priority} AND due_at_ms <= $3
      ORDER BY due_at_ms LIMIT $4)`,
  )
  .join(" UNION ALL ");

const claimStatements: Readonly<Record<Dialect, string>> = {
  sqlite: `UPDATE jobs SET lease_token = $5, due_at_ms = $6,
      interrupted = CASE WHEN lease_token IS NULL THEN interrupted ELSE 1 END
    WHERE id IN (SELECT id FROM (${sqliteCandidates}) ORDER BY priority, due_at_ms LIMIT $4)
    RETURNING id, ref, lane, leg_index, retries_used, tries, interrupted, conversation, created_at_ms`,
  // The nested loop pulls row by row, so a priority is only scanned while the ones before left room,
  // and only rows that are returned are locked.
  postgres: `UPDATE jobs SET lease_token = $5, due_at_ms = $6,
      interrupted = CASE WHEN lease_token IS NULL THEN interrupted ELSE 1 END
    WHERE id = ANY (ARRAY(SELECT candidate.id FROM generate_series(0, $7::int) AS level(priority),
      LATERAL (SELECT id FROM jobs WHERE kind = $1 AND lane = $2 AND priority = level.priority AND due_at_ms <= $3
        ORDER BY due_at_ms LIMIT $4 FOR UPDATE SKIP LOCKED) AS candidate LIMIT $4))
    RETURNING id, ref, lane, leg_index, retries_used, tries, interrupted, conversation, created_at_ms`,
};

const dueStatement = `SELECT CASE WHEN ${priorities
  .map(
    (priority) => `EXISTS (SELECT 1 FROM jobs
      WHERE kind = 'send' AND lane = $1 AND priority = ${priority} AND due_at_ms <= $2
        AND ${priority} <= $3)`,
  )
  .join(" OR ")} THEN 1 ELSE 0 END AS due`;
