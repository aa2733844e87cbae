import { randomUUID } from "node:crypto";
import { invariant } from "../../kernel/errors.ts";
import type { ClaimedSend, ClaimedWatch, ClaimRequest, JobKind } from "../store.ts";
import { claimJobs } from "./claim-jobs.ts";
import { toLeg } from "./legs.ts";
import { asStored, fromJsonOrNull, toMessageRow } from "./message-row.ts";
import { optOutsColumn } from "./opt-outs.ts";
import {
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

/** Leases due send jobs of a lane, most urgent first, with all that a send needs to know. */
export async function claimSends(
  session: Session,
  request: ClaimRequest,
): Promise<readonly ClaimedSend[]> {
  const leaseToken = randomUUID();
  const jobs = await claimJobs(session, "send", request, leaseToken);
  const legs = await readLegs(session, jobs);
  return jobs
    .map((job): ClaimedSend => {
      const row = legOf(legs, job);
      return {
        jobId: numberOf(job, "id"),
        leaseToken,
        retriesUsed: numberOf(job, "retries_used"),
        tries: numberOf(job, "tries"),
        mayHaveBeenTaken: numberOf(row, "unknowns") > 0 || numberOf(job, "interrupted") === 1,
        message: toMessageRow(row),
        leg: toLeg(row),
        isCurrent: isCurrent(row),
        hasOptedOut: numberOf(row, "opt_outs") > 0,
        conversation: textOrNull(job, "conversation"),
      };
    })
    .sort((a, b) => a.message.priority - b.message.priority || a.jobId - b.jobId);
}

/** Leases due watchdogs of an agent, with what receipts said of their legs. */
export async function claimWatches(
  session: Session,
  request: ClaimRequest,
): Promise<readonly ClaimedWatch[]> {
  const leaseToken = randomUUID();
  const jobs = await claimJobs(session, "watchdog", request, leaseToken);
  const legs = await readLegs(session, jobs);
  return jobs.map((job) => {
    const row = legOf(legs, job);
    const end = textOrNull(row, "ended");
    return {
      jobId: numberOf(job, "id"),
      leaseToken,
      tries: numberOf(job, "tries"),
      mayHaveBeenTakenBack: numberOf(job, "tries") > 0 || numberOf(job, "interrupted") === 1,
      message: toMessageRow(row),
      leg: toLeg(row),
      isCurrent: isCurrent(row),
      hasOptedOut: numberOf(row, "opt_outs") > 0,
      ended:
        end === null
          ? undefined
          : { end: asStored(end), reason: fromJsonOrNull(textOrNull(row, "ended_reason")) },
    };
  });
}

async function readLegs(
  session: Session,
  jobs: readonly SqlRow[],
): Promise<ReadonlyMap<string, SqlRow>> {
  if (jobs.length === 0) return new Map();
  const rows = await session.all(
    `SELECT messages.*, legs.leg_index, legs.provider, legs.channel, legs.provider_message_id, legs.has_next,
       legs.ended, legs.ended_reason, ${optOutsColumn},
       (SELECT max(leg_index) FROM legs AS others WHERE others.message_uid = legs.message_uid) AS current_leg,
       (SELECT count(*) FROM attempts WHERE attempts.message_uid = legs.message_uid
         AND attempts.leg_index = legs.leg_index AND attempts.outcome = 'unknown') AS unknowns
     FROM ${jsonRows(session.dialect, 1, { uid: "text", leg_index: "bigint" })}
     JOIN messages ON messages.uid = input.uid
     JOIN legs ON legs.message_uid = input.uid AND legs.leg_index = input.leg_index`,
    [
      toJsonRows(
        jobs.map((job) => ({ uid: textOf(job, "ref"), leg_index: numberOf(job, "leg_index") })),
      ),
    ],
  );
  return new Map(rows.map((row) => [`${textOf(row, "uid")} ${numberOf(row, "leg_index")}`, row]));
}

function legOf(legs: ReadonlyMap<string, SqlRow>, job: SqlRow): SqlRow {
  const row = legs.get(`${textOf(job, "ref")} ${numberOf(job, "leg_index")}`);
  invariant(row !== undefined, "a job has its message and leg");
  return row;
}

function isCurrent(row: SqlRow): boolean {
  return numberOf(row, "leg_index") === numberOf(row, "current_leg");
}

/** The lanes of all jobs of a kind. Each is one step through the index, however many jobs it has. */
export async function listLanes(session: Session, kind: JobKind): Promise<readonly string[]> {
  const rows = await session.all(
    `WITH RECURSIVE lanes (lane) AS (
       SELECT min(lane) FROM jobs WHERE kind = $1
       UNION ALL
       SELECT (SELECT min(jobs.lane) FROM jobs WHERE jobs.kind = $1 AND jobs.lane > lanes.lane)
       FROM lanes WHERE lanes.lane IS NOT NULL)
     SELECT lane FROM lanes WHERE lane IS NOT NULL`,
    [kind],
  );
  return rows.map((row) => textOf(row, "lane"));
}
