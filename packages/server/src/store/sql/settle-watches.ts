import type { WatchSettlement } from "../store.ts";
import { sendLane } from "../store.ts";
import { lockSubjects, type MessageChange, type Subject, writeChanges } from "./change-messages.ts";
import { deleteJobs, rescheduleJobs } from "./end-jobs.ts";
import { insertJobs, type NewJob } from "./insert-jobs.ts";
import { endLeftLegs, insertLegs } from "./legs.ts";
import type { Session } from "./session.ts";

/**
 * Writes what follows from watched legs, a batch in one transaction. The watch's own job is the fence: who
 * lost its lease decides nothing. The message is locked and judged once more, so that a delivery that came
 * while the leg was being taken back wins over the next leg.
 */
export async function settleWatches(
  session: Session,
  batch: readonly WatchSettlement[],
): Promise<readonly undefined[]> {
  const subjects = await lockSubjects(session, new Set(batch.map((one) => one.messageUid)));
  const held = await endOrLookAgain(session, batch);
  // A leg can have two watches, its time's and its receipt's: of those in one batch the first decides.
  const undecided = new Set(batch.map((one) => one.messageUid));
  const decided = batch.filter(
    (one) =>
      held.has(one.jobId) &&
      subjects.get(one.messageUid)?.legIndex === one.legIndex &&
      (one.change === undefined || undecided.delete(one.messageUid)),
  );
  await writeChanges(session, subjects, { changes: decided.flatMap(toChange) });
  // A message that was delivered meanwhile, or is final, stays where it is: `next_leg` did not move it.
  const followed = decided.filter(
    ({ messageUid, newLeg }) =>
      newLeg !== undefined && subjects.get(messageUid)?.state.status === "QUEUED",
  );
  await Promise.all([
    endLeftLegs(
      session,
      followed.flatMap(({ messageUid, legIndex, leftEnd: end }) =>
        end === undefined ? [] : [{ messageUid, legIndex, end }],
      ),
    ),
    insertLegs(
      session,
      followed.flatMap(({ messageUid, newLeg: leg }) =>
        leg === undefined ? [] : [{ messageUid, leg }],
      ),
    ),
    insertJobs(
      session,
      followed.flatMap((one) => toSendJob(one, subjects.get(one.messageUid))),
    ),
  ]);
  return batch.map(() => undefined);
}

async function endOrLookAgain(
  session: Session,
  batch: readonly WatchSettlement[],
): Promise<ReadonlySet<number>> {
  const ended = await deleteJobs(
    session,
    batch.filter(({ againAtMs }) => againAtMs === undefined),
  );
  const again = await rescheduleJobs(
    session,
    batch.flatMap(({ jobId, leaseToken, legIndex, againAtMs, tries }) =>
      againAtMs === undefined
        ? []
        : [{ jobId, leaseToken, legIndex, dueAtMs: againAtMs, retriesUsed: 0, tries }],
    ),
  );
  return new Set([...ended, ...again]);
}

function toChange(settlement: WatchSettlement): MessageChange[] {
  const { messageUid, legIndex, change, reason, newLeg, nowMs } = settlement;
  if (change === undefined) return [];
  return [
    {
      messageUid,
      legIndex,
      change,
      reason,
      data: newLeg === undefined ? {} : { provider: newLeg.provider },
      atMs: nowMs,
      loggedAtMs: nowMs,
    },
  ];
}

function toSendJob(
  { newLeg, nowMs, messageUid }: WatchSettlement,
  subject: Subject | undefined,
): NewJob[] {
  if (newLeg === undefined || subject === undefined) return [];
  return [
    {
      kind: "send",
      lane: sendLane(subject.agentId, newLeg.provider),
      priority: subject.priority,
      dueAtMs: nowMs,
      ref: messageUid,
      legIndex: newLeg.index,
      createdAtMs: nowMs,
    },
  ];
}
