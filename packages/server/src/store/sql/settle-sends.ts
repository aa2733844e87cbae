import { isOpen } from "../../domain/lifecycle.ts";
import { toTimestamp } from "../../kernel/clock.ts";
import { type SendSettlement, sendLane } from "../store.ts";
import { writeAttempts } from "./attempts.ts";
import { lockSubjects, type MessageChange, type Subject, writeChanges } from "./change-messages.ts";
import { deleteJobs, rescheduleJobs } from "./end-jobs.ts";
import { hintAtSends, insertJobs, type NewJob } from "./insert-jobs.ts";
import { insertLegs } from "./legs.ts";
import { releaseWaiting } from "./order-conversations.ts";
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
  const locking = lockSubjects(session, new Set(batch.map((one) => one.messageUid)));
  const again = batch.some(({ next }) => next !== undefined);
  // All else shares a round trip in PostgreSQL; what is tried again has to know the current legs first.
  const todo = again ? withoutLegsLeft(batch, await locking) : batch;
  const [held, subjects] = await Promise.all([
    endOrReschedule(session, todo),
    locking,
    writeAttempts(session, attempts),
    nameLegs(session, todo),
  ]);
  await Promise.all([
    addLegs(session, todo, held),
    letNextGo(session, todo, held),
    writeChanges(session, subjects, {
      changes: todo.flatMap((settlement) => toChange(settlement, held.has(settlement.jobId))),
    }),
  ]);
  await applyParkedOf(session, todo);
  const decided = todo.filter(({ jobId, change }) => held.has(jobId) || change?.kind === "sent");
  await watch(session, decided, subjects);
  return batch.map(() => undefined);
}

/** A message that went on over another leg is not tried again on this one: both would deliver. */
function withoutLegsLeft(
  batch: readonly SendSettlement[],
  subjects: ReadonlyMap<string, Subject>,
): readonly SendSettlement[] {
  return batch.map((one) =>
    subjects.get(one.messageUid)?.legIndex === one.legIndex ? one : { ...one, next: undefined },
  );
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
    batch.flatMap(({ jobId, leaseToken, next, agentId }) =>
      next === undefined
        ? []
        : [
            {
              ...next,
              jobId,
              leaseToken,
              lane: next.newLeg && sendLane(agentId, next.newLeg.provider),
            },
          ],
    ),
  );
  if (batch.some(({ next, nowMs }) => next !== undefined && next.dueAtMs <= nowMs))
    hintAtSends(session);
  const [ended, kept] = await Promise.all([deleted, rescheduled]);
  return new Set([...ended, ...kept]);
}

/** The end of a job lets the next one of its conversation go. */
function letNextGo(
  session: Session,
  batch: readonly SendSettlement[],
  held: ReadonlySet<number>,
): Promise<void> {
  const ended = batch.flatMap(({ jobId, next, conversation }) =>
    next === undefined && conversation !== null && held.has(jobId) ? [conversation] : [],
  );
  return releaseWaiting(session, new Set(ended), batch[0]?.nowMs ?? 0);
}

/** Puts a watchdog on legs that a provider has taken and that have not delivered yet. */
async function watch(
  session: Session,
  batch: readonly SendSettlement[],
  subjects: ReadonlyMap<string, Subject>,
): Promise<void> {
  const jobs = batch.flatMap(({ messageUid, agentId, legIndex, watchAtMs, nowMs }): NewJob[] => {
    const status = subjects.get(messageUid)?.state.status;
    if (watchAtMs === undefined || status === undefined || !isOpen(status)) return [];
    return [
      {
        kind: "watchdog",
        lane: agentId,
        priority: 0,
        dueAtMs: watchAtMs,
        ref: messageUid,
        legIndex,
        createdAtMs: nowMs,
      },
    ];
  });
  await insertJobs(session, jobs);
}

/** New legs for messages that take another route. Without its job a leg would be the message's last word, and nobody would send it. */
function addLegs(
  session: Session,
  batch: readonly SendSettlement[],
  held: ReadonlySet<number>,
): Promise<void> {
  return insertLegs(
    session,
    batch.flatMap(({ jobId, messageUid, next }) =>
      next?.newLeg === undefined || !held.has(jobId) ? [] : [{ messageUid, leg: next.newLeg }],
    ),
  );
}

/**
 * Names that the provider chose: facts, whoever holds the lease. An SMSC whose ids begin anew gives one away
 * twice; what comes under it from then on is about the newer message.
 */
async function nameLegs(session: Session, batch: readonly SendSettlement[]): Promise<void> {
  const named = namedLegs(batch);
  if (named.length === 0) return;
  const input = jsonRows(session.dialect, 1, namedColumns);
  await Promise.all([
    session.all(
      `UPDATE legs SET provider_message_id = NULL FROM ${input}
       WHERE legs.provider = input.provider AND legs.provider_message_id = input.provider_message_id
         AND NOT (legs.message_uid = input.message_uid AND legs.leg_index = input.leg_index)`,
      [toJsonRows(named)],
    ),
    session.all(
      `UPDATE legs SET provider_message_id = input.provider_message_id FROM ${input}
       WHERE legs.message_uid = input.message_uid AND legs.leg_index = input.leg_index`,
      [toJsonRows(named)],
    ),
  ]);
}

const namedColumns = {
  message_uid: "text",
  leg_index: "bigint",
  provider: "text",
  provider_message_id: "text",
} as const;

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
      legIndex: settlement.legIndex,
      change,
      reason,
      data: {
        ...(attempt === undefined ? {} : { provider: attempt.provider, attempt: attempt.number }),
        ...(next === undefined ? {} : { nextAttemptAt: toTimestamp(next.dueAtMs) }),
        ...(settlement.missing?.length ? { degraded: [...settlement.missing] } : {}),
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
