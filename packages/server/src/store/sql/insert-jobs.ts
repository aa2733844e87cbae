import { isUrgent } from "../../domain/traffic.ts";
import type { Hint, JobKind } from "../store.ts";
import type { Columns, Session } from "./session.ts";

const jobColumns = {
  kind: "text",
  lane: "text",
  priority: "bigint",
  due_at_ms: "bigint",
  ref: "text",
  leg_index: "bigint",
  retries_used: "bigint",
  tries: "bigint",
  conversation: "text",
  waits: "bigint",
  interrupted: "bigint",
  created_at_ms: "bigint",
} as const satisfies Columns;

export interface NewJob {
  readonly kind: JobKind;
  readonly lane: string;
  readonly priority: number;
  readonly dueAtMs: number;
  /** What it is about: a message's uid, an event's id. */
  readonly ref: string;
  readonly legIndex: number;
  /** Attempts made before, on other legs. */
  readonly tries?: number;
  /** Whose order it keeps (`order-conversations.ts`). */
  readonly conversation?: string | null;
  readonly waits?: boolean;
  /** Whether an earlier job of the leg may have made the call. */
  readonly interrupted?: boolean;
  readonly createdAtMs: number;
}

function hintOf({ kind, priority }: NewJob): Hint {
  return kind === "send" && isUrgent(priority) ? "urgent" : kind;
}

/** Jobs to send became due, of whatever priority. */
export function hintAtSends(session: Session): void {
  session.hint("send");
  session.hint("urgent");
}

/** Due time of a job that waits for another to end: the last millisecond of the year 9999. */
export const waitingDueAtMs = 253_402_300_799_999;

export async function insertJobs(session: Session, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  for (const job of jobs) {
    if (job.waits !== true && job.dueAtMs <= job.createdAtMs) session.hint(hintOf(job));
  }
  await session.insert({
    table: "jobs",
    columns: jobColumns,
    rows: jobs.map((job) => ({
      kind: job.kind,
      lane: job.lane,
      priority: job.priority,
      due_at_ms: job.waits === true ? waitingDueAtMs : job.dueAtMs,
      ref: job.ref,
      leg_index: job.legIndex,
      retries_used: 0,
      tries: job.tries ?? 0,
      conversation: job.conversation ?? null,
      waits: job.waits === true ? 1 : 0,
      interrupted: job.interrupted === true ? 1 : 0,
      created_at_ms: job.createdAtMs,
    })),
  });
}
