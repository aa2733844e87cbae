import { isSendable } from "../../domain/lifecycle.ts";
import type { AttemptRow, BeginResult, NewAttempt } from "../store.ts";
import { lockSubjects, type MessageChange, writeChanges } from "./change-messages.ts";
import { lockLeases } from "./end-jobs.ts";
import { asStored } from "./message-row.ts";
import { findUnwanted } from "./opt-outs.ts";
import {
  type Columns,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
} from "./session.ts";

const attemptColumns = {
  message_uid: "text",
  leg_index: "bigint",
  number: "bigint",
  provider: "text",
  started_at_ms: "bigint",
  ended_at_ms: "bigint",
  outcome: "text",
  code: "text",
  detail: "text",
} as const satisfies Columns;

/**
 * Commits the intent to send: the attempt, and SENDING with its event. Only who still holds the lease may
 * call: another, who has claimed the job since, has seen a message that nobody was sending, and calls itself.
 */
export async function beginAttempts(
  session: Session,
  batch: readonly NewAttempt[],
): Promise<readonly BeginResult[]> {
  const uids = new Set(batch.map(({ attempt }) => attempt.messageUid));
  const [subjects, held, optedOut] = await Promise.all([
    lockSubjects(session, uids),
    lockLeases(session, batch),
    findUnwanted(
      session,
      batch.flatMap(({ attempt, unlessOptedOut }) =>
        unlessOptedOut === true ? [attempt.messageUid] : [],
      ),
    ),
  ]);
  const judge = ({ jobId, attempt }: NewAttempt): BeginResult => {
    const subject = subjects.get(attempt.messageUid);
    const isCurrent = subject?.legIndex === attempt.legIndex && isSendable(subject.state.status);
    if (!held.has(jobId) || !isCurrent) return "not_ours";
    return optedOut.has(attempt.messageUid) ? "opted_out" : "begun";
  };
  const verdicts = batch.map(judge);
  const begun = batch.filter((_, index) => verdicts[index] === "begun");
  await Promise.all([
    writeAttempts(
      session,
      begun.map((entry) => entry.attempt),
    ),
    writeChanges(session, subjects, { changes: begun.map(toSending) }),
  ]);
  return verdicts;
}

function toSending({ attempt }: NewAttempt): MessageChange {
  return {
    messageUid: attempt.messageUid,
    legIndex: attempt.legIndex,
    change: { kind: "sending" },
    reason: undefined,
    data: { provider: attempt.provider, attempt: attempt.number },
    atMs: attempt.startedAtMs,
    loggedAtMs: attempt.startedAtMs,
  };
}

/** Writes attempts; one that was begun before gets its end. */
export async function writeAttempts(
  session: Session,
  attempts: readonly AttemptRow[],
): Promise<void> {
  if (attempts.length === 0) return;
  await session.insert({
    table: "attempts",
    columns: attemptColumns,
    rows: attempts.map(fromAttemptRow),
    suffix: `ON CONFLICT (message_uid, leg_index, number) DO UPDATE SET ended_at_ms = excluded.ended_at_ms,
       outcome = excluded.outcome, code = excluded.code, detail = excluded.detail`,
  });
}

function fromAttemptRow(attempt: AttemptRow): SqlRow {
  return {
    message_uid: attempt.messageUid,
    leg_index: attempt.legIndex,
    number: attempt.number,
    provider: attempt.provider,
    started_at_ms: attempt.startedAtMs,
    ended_at_ms: attempt.endedAtMs,
    outcome: attempt.outcome,
    code: attempt.code,
    detail: attempt.detail,
  };
}

export function toAttemptRow(row: SqlRow): AttemptRow {
  const code = textOrNull(row, "code");
  return {
    messageUid: textOf(row, "message_uid"),
    legIndex: numberOf(row, "leg_index"),
    number: numberOf(row, "number"),
    provider: textOf(row, "provider"),
    startedAtMs: numberOf(row, "started_at_ms"),
    endedAtMs: numberOrNull(row, "ended_at_ms"),
    outcome: asStored(textOf(row, "outcome")),
    code: code === null ? null : asStored(code),
    detail: textOrNull(row, "detail"),
  };
}
