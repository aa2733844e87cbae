import type {
  ClaimedDelivery,
  DeliveryQuery,
  DeliveryRow,
  DeliverySettlement,
  Page,
} from "../store.ts";
import { deleteJobs, rescheduleJobs } from "./end-jobs.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import {
  type Columns,
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

const deliveryColumns = {
  endpoint_id: "text",
  event_id: "text",
  event_type: "text",
  state: "text",
  attempts: "bigint",
  response_status: "bigint",
  error: "text",
  created_at_ms: "bigint",
  last_attempt_at_ms: "bigint",
  next_attempt_at_ms: "bigint",
} as const satisfies Columns;

/** The events of claimed jobs, ready to post. */
export async function readDeliveries(
  session: Session,
  jobs: readonly SqlRow[],
  leaseToken: string,
): Promise<readonly ClaimedDelivery[]> {
  if (jobs.length === 0) return [];
  const rows = await session.all(
    `SELECT events.id, events.type, events.body FROM ${jsonRows(session.dialect, 1, { id: "text" })}
     JOIN events ON events.id = input.id`,
    [toJsonRows(jobs.map((job) => ({ id: textOf(job, "ref") })))],
  );
  const events = new Map(rows.map((row) => [textOf(row, "id"), row]));
  return jobs.flatMap((job) => {
    const event = events.get(textOf(job, "ref"));
    if (event === undefined) return [];
    return [
      {
        jobId: numberOf(job, "id"),
        leaseToken,
        endpointId: textOf(job, "lane"),
        eventId: textOf(event, "id"),
        eventType: asStored(textOf(event, "type")),
        attempts: numberOf(job, "tries"),
        body: textOf(event, "body"),
        createdAtMs: numberOf(job, "created_at_ms"),
      },
    ];
  });
}

/** Logs how tries went, ends or reschedules their jobs, and keeps the endpoints' health. */
export async function settleDeliveries(
  session: Session,
  batch: readonly DeliverySettlement[],
): Promise<readonly undefined[]> {
  await deleteJobs(
    session,
    batch.filter((one) => one.nextAttemptAtMs === null),
  );
  await rescheduleJobs(
    session,
    batch.flatMap((one) =>
      one.nextAttemptAtMs === null
        ? []
        : [
            {
              ...one,
              dueAtMs: one.nextAttemptAtMs,
              legIndex: 0,
              retriesUsed: 0,
              tries: one.attempts,
            },
          ],
    ),
  );
  await session.insert({
    table: "deliveries",
    columns: deliveryColumns,
    rows: lastOfEach(batch).map(fromSettlement),
    suffix: `ON CONFLICT (endpoint_id, event_id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
       response_status = excluded.response_status, error = excluded.error,
       last_attempt_at_ms = excluded.last_attempt_at_ms, next_attempt_at_ms = excluded.next_attempt_at_ms`,
  });
  await keepHealth(session, batch);
  return batch.map(() => undefined);
}

/** One row a delivery: PostgreSQL refuses to update the same row twice in one statement. */
function lastOfEach(batch: readonly DeliverySettlement[]): readonly DeliverySettlement[] {
  return [...new Map(batch.map((one) => [`${one.endpointId} ${one.eventId}`, one])).values()];
}

async function keepHealth(session: Session, batch: readonly DeliverySettlement[]): Promise<void> {
  for (const endpointId of new Set(batch.map((one) => one.endpointId))) {
    const mine = batch.filter((one) => one.endpointId === endpointId);
    const healthy = mine.some((one) => one.state === "succeeded");
    await session.all(
      healthy
        ? "UPDATE endpoints SET failing_since_ms = NULL WHERE id = $1 AND failing_since_ms IS NOT NULL"
        : "UPDATE endpoints SET failing_since_ms = $2 WHERE id = $1 AND failing_since_ms IS NULL",
      healthy ? [endpointId] : [endpointId, mine[0]?.attemptedAtMs ?? 0],
    );
  }
}

function fromSettlement(one: DeliverySettlement): SqlRow {
  return {
    endpoint_id: one.endpointId,
    event_id: one.eventId,
    event_type: one.eventType,
    state: one.state,
    attempts: one.attempts,
    response_status: one.responseStatus,
    error: one.error,
    created_at_ms: one.createdAtMs,
    last_attempt_at_ms: one.attemptedAtMs,
    next_attempt_at_ms: one.nextAttemptAtMs,
  };
}

/** Deliveries of an endpoint, newest event first; those not tried yet are read from the jobs. */
export async function listDeliveries(
  session: Session,
  query: DeliveryQuery,
): Promise<Page<DeliveryRow>> {
  const rows = await session.all(
    `SELECT * FROM (
       SELECT endpoint_id, event_id, event_type, state, attempts, response_status, error, created_at_ms,
         last_attempt_at_ms, next_attempt_at_ms FROM deliveries WHERE endpoint_id = $1
       UNION ALL
       SELECT jobs.lane, jobs.ref, events.type, 'pending', 0, NULL, NULL, jobs.created_at_ms, NULL,
         CASE WHEN jobs.lease_token IS NULL THEN jobs.due_at_ms END
       FROM jobs JOIN events ON events.id = jobs.ref WHERE jobs.kind = 'webhook' AND jobs.lane = $1 AND jobs.tries = 0
         AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.endpoint_id = jobs.lane AND deliveries.event_id = jobs.ref)
     ) AS merged
     WHERE ($2 = '' OR event_id < $2) AND ($3 = '' OR state = $3) ORDER BY event_id DESC LIMIT $4`,
    [query.endpointId, query.cursor ?? "", query.state ?? "", query.limit + 1],
  );
  return toPage(rows, query.limit, toDeliveryRow, (delivery) => delivery.eventId);
}

function toDeliveryRow(row: SqlRow): DeliveryRow {
  return {
    endpointId: textOf(row, "endpoint_id"),
    eventId: textOf(row, "event_id"),
    eventType: asStored(textOf(row, "event_type")),
    state: asStored(textOf(row, "state")),
    attempts: numberOf(row, "attempts"),
    responseStatus: numberOrNull(row, "response_status"),
    error: textOrNull(row, "error"),
    createdAtMs: numberOf(row, "created_at_ms"),
    lastAttemptAtMs: numberOrNull(row, "last_attempt_at_ms"),
    nextAttemptAtMs: numberOrNull(row, "next_attempt_at_ms"),
  };
}

/** Makes a delivery due at `atMs`: its waiting job if there is one, else a new one. */
export async function replayDelivery(
  session: Session,
  endpointId: string,
  eventId: string,
  atMs: number,
): Promise<boolean> {
  const [event] = await session.all(
    `SELECT events.id FROM events JOIN endpoints ON endpoints.mode = events.mode
     WHERE events.id = $1 AND endpoints.id = $2`,
    [eventId, endpointId],
  );
  if (event === undefined) return false;
  session.hint("webhook");
  const moved = await session.all(
    `UPDATE jobs SET due_at_ms = $3 WHERE kind = 'webhook' AND lane = $1 AND ref = $2 AND lease_token IS NULL
     RETURNING id`,
    [endpointId, eventId, atMs],
  );
  if (moved.length > 0) return true;
  await session.all(
    `INSERT INTO jobs (kind, lane, priority, due_at_ms, ref, leg_index, retries_used, tries, created_at_ms)
     VALUES ('webhook', $1, 0, $3, $2, 0, 0, 0, $3)`,
    [endpointId, eventId, atMs],
  );
  return true;
}
