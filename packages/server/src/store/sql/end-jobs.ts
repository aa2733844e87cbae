import type { LeasedJob } from "../store.ts";
import { hintAtSends } from "./insert-jobs.ts";
import { jsonRows, numberOf, type Session, type SqlRow, textOf, toJsonRows } from "./session.ts";

const leaseColumns = { id: "bigint", lease_token: "text" } as const;

/** A job's next time, and what changes about it. */
export interface Rescheduled extends LeasedJob {
  readonly dueAtMs: number;
  readonly legIndex: number;
  readonly retriesUsed: number;
  readonly tries: number;
  /** Another lane, when another provider takes over. */
  readonly lane?: string | undefined;
}

/** Deletes jobs whose lease is still ours; answers which those were. */
export async function deleteJobs(
  session: Session,
  jobs: readonly LeasedJob[],
): Promise<ReadonlySet<number>> {
  if (jobs.length === 0) return new Set();
  const rows = await session.all(
    `DELETE FROM jobs WHERE id IN (SELECT jobs.id FROM ${jsonRows(session.dialect, 1, leaseColumns)}
       JOIN jobs ON jobs.id = input.id AND jobs.lease_token = input.lease_token)
     RETURNING id, kind, ref, leg_index, interrupted`,
    [toJsonRows(jobs.map(toLeaseRow))],
  );
  await keepInterrupted(session, rows);
  return new Set(rows.map((row) => numberOf(row, "id")));
}

/** Locks jobs whose lease is still ours, so that nobody claims them until we are done; answers which those are. */
export async function lockLeases(
  session: Session,
  jobs: readonly LeasedJob[],
): Promise<ReadonlySet<number>> {
  const lock = session.dialect === "postgres" ? "ORDER BY jobs.id FOR UPDATE OF jobs" : "";
  const rows = await session.all(
    `SELECT jobs.id FROM ${jsonRows(session.dialect, 1, leaseColumns)}
     JOIN jobs ON jobs.id = input.id AND jobs.lease_token = input.lease_token ${lock}`,
    [toJsonRows(jobs.map(toLeaseRow))],
  );
  return new Set(rows.map((row) => numberOf(row, "id")));
}

/** What a job knew of its leg outlives it: the message may come into review, and back from there. */
async function keepInterrupted(session: Session, ended: readonly SqlRow[]): Promise<void> {
  const rows = ended.filter((row) => row["kind"] === "send" && row["interrupted"] === 1);
  if (rows.length === 0) return;
  await session.all(
    `UPDATE legs SET interrupted = 1
     FROM ${jsonRows(session.dialect, 1, { ref: "text", leg_index: "bigint" })}
     WHERE legs.message_uid = input.ref AND legs.leg_index = input.leg_index`,
    [
      toJsonRows(
        rows.map((row) => ({ ref: textOf(row, "ref"), leg_index: numberOf(row, "leg_index") })),
      ),
    ],
  );
}

/** Gives jobs whose lease is still ours their next time; answers which those were. */
export async function rescheduleJobs(
  session: Session,
  jobs: readonly Rescheduled[],
): Promise<ReadonlySet<number>> {
  if (jobs.length === 0) return new Set();
  const columns = {
    ...leaseColumns,
    due_at_ms: "bigint",
    leg_index: "bigint",
    retries_used: "bigint",
    tries: "bigint",
    lane: "text",
  } as const;
  const rows = await session.all(
    `UPDATE jobs SET due_at_ms = input.due_at_ms, leg_index = input.leg_index,
       interrupted = CASE WHEN jobs.leg_index = input.leg_index THEN interrupted ELSE 0 END,
       tries = input.tries, retries_used = input.retries_used, lease_token = NULL,
       lane = coalesce(input.lane, jobs.lane)
     FROM ${jsonRows(session.dialect, 1, columns)}
     WHERE jobs.id = input.id AND jobs.lease_token = input.lease_token RETURNING jobs.id`,
    [
      toJsonRows(
        jobs.map((job) => ({
          ...toLeaseRow(job),
          due_at_ms: job.dueAtMs,
          leg_index: job.legIndex,
          retries_used: job.retriesUsed,
          tries: job.tries,
          lane: job.lane ?? null,
        })),
      ),
    ],
  );
  return new Set(rows.map((row) => numberOf(row, "id")));
}

/** Makes leased jobs due at once. No retry is used up, but a call that was broken off may have been taken. */
export async function releaseJobs(session: Session, jobs: readonly LeasedJob[]): Promise<void> {
  if (jobs.length === 0) return;
  hintAtSends(session);
  await session.all(
    `UPDATE jobs SET due_at_ms = jobs.created_at_ms, lease_token = NULL, interrupted = 1
     FROM ${jsonRows(session.dialect, 1, leaseColumns)}
     WHERE jobs.id = input.id AND jobs.lease_token = input.lease_token`,
    [toJsonRows(jobs.map(toLeaseRow))],
  );
}

function toLeaseRow(job: LeasedJob) {
  return { id: job.jobId, lease_token: job.leaseToken };
}
