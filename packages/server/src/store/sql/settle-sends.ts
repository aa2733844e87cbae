import { toTimestamp } from "../../kernel/clock.ts";
import type { SendSettlement } from "../store.ts";
import { writeAttempts } from "./attempts.ts";
import { lockSubjects, type MessageChange, writeChanges } from "./change-messages.ts";
import { deleteJobs, rescheduleJobs } from "./end-jobs.ts";
import { applyParked } from "./record-receipts.ts";
import { jsonRows, type Session, toJsonRows } from "./session.ts";

/**
 * Writes what came of attempts, a batch in one transaction.
 *
 * The job is ended or rescheduled first, by id and lease token: that is the fence. Whoever lost the
 * lease (it ran out, another node took the job) still writes the attempt and a `sent`, since these are
 * facts, but decides nothing about the message's future.
 */
export async function settleSends(
  session: Session,
  batch: readonly SendSettlement[],
): Promise<readonly undefined[]> {
  const attempts = batch.flatMap(({ attempt }) => (attempt === undefined ? [] : [attempt]));
  // One round trip in PostgreSQL: none of these needs another's answer.
  const [held, subjects] = await Promise.all([
    endOrReschedule(session, batch),
    lockSubjects(session, new Set(batch.map((settlement) => settlement.messageUid))),
    writeAttempts(session, attempts),
    writeLegs(session, batch),
  ]);
  await writeChanges(
    session,
    subjects,
    batch.flatMap((settlement) => toChange(settlement, held.has(settlement.jobId))),
  );
  await applyParkedOf(session, batch);
  return batch.map(() => undefined);
}

async function endOrReschedule(
  session: Session,
  batch: readonly SendSettlement[],
): Promise<ReadonlySet<number>> {
  const deleted = deleteJobs(
    session,
    batch.filter((settlement) => settlement.next === undefined),
  );
  const rescheduled = rescheduleJobs(
    session,
    batch.flatMap(({ jobId, leaseToken, next }) =>
      next === undefined ? [] : [{ ...next, jobId, leaseToken }],
    ),
  );
  const [ended, kept] = await Promise.all([deleted, rescheduled]);
  return new Set([...ended, ...kept]);
}

/** New legs for messages that take another route, and names that the provider chose. */
async function writeLegs(session: Session, batch: readonly SendSettlement[]): Promise<void> {
  const columns = {
    message_uid: "text",
    leg_index: "bigint",
    provider: "text",
    provider_message_id: "text",
  } as const;
  const added = batch.flatMap(({ messageUid, next }) =>
    next?.newLeg === undefined
      ? []
      : [
          {
            message_uid: messageUid,
            leg_index: next.newLeg.index,
            provider: next.newLeg.provider,
            provider_message_id: next.newLeg.providerMessageId,
          },
        ],
  );
  if (added.length > 0) {
    await session.insert({
      table: "legs",
      columns: columns,
      rows: added,
      suffix: `ON CONFLICT (message_uid, leg_index) DO NOTHING`,
    });
  }
  const named = namedLegs(batch);
  if (named.length === 0) return;
  await session.all(
    `UPDATE legs SET provider_message_id = input.provider_message_id
     FROM ${jsonRows(session.dialect, 1, columns)}
     WHERE legs.message_uid = input.message_uid AND legs.leg_index = input.leg_index`,
    [toJsonRows(named)],
  );
}

function namedLegs(batch: readonly SendSettlement[]) {
  return batch.flatMap(({ messageUid, attempt, providerMessageId }) =>
    attempt === undefined || providerMessageId === undefined
      ? []
      : [
          {
            message_uid: messageUid,
            leg_index: attempt.legIndex,
            provider: attempt.provider,
            provider_message_id: providerMessageId,
          },
        ],
  );
}

function toChange(settlement: SendSettlement, held: boolean): MessageChange[] {
  const { attempt, change, reason, next } = settlement;
  if (change === undefined || (!held && change.kind !== "sent")) return [];
  return [
    {
      messageUid: settlement.messageUid,
      change,
      reason,
      data: {
        ...(attempt === undefined ? {} : { provider: attempt.provider, attempt: attempt.number }),
        ...(next === undefined ? {} : { nextAttemptAt: toTimestamp(next.dueAtMs) }),
      },
      atMs: change.kind === "sent" ? change.occurredAtMs : settlement.nowMs,
      loggedAtMs: settlement.nowMs,
    },
  ];
}

/** Receipts can come before we know what the provider calls the message; now we do. */
async function applyParkedOf(session: Session, batch: readonly SendSettlement[]): Promise<void> {
  const named = namedLegs(batch);
  if (named.length > 0) await applyParked(session, { providerMessageIds: named });
}
