import { toTimestamp } from "../../kernel/clock.ts";
import type { NewEvent } from "../store.ts";
import { type Columns, jsonRows, type Session, type SqlRow, toJsonRows } from "./session.ts";

const eventColumns = {
  id: "text",
  mode: "text",
  type: "text",
  at_ms: "bigint",
  conversation_id: "text",
  message_id: "text",
  message_uid: "text",
  body: "text",
} as const satisfies Columns;

const fanOutColumns = {
  id: "text",
  mode: "text",
  type: "text",
  due_at_ms: "bigint",
  endpoint_id: "text",
} as const satisfies Columns;

/**
 * Logs events, and in the same transaction makes one delivery job for each endpoint that asks for them.
 *
 * Rejected: a reader that follows the log and makes the jobs later. It saves these few microseconds of
 * the write and needs a durable cursor, a leader among nodes and a way to close its gaps.
 */
export async function insertEvents(session: Session, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const [endpoints] = await Promise.all([
    hasEndpoints(session),
    session.insert({ table: "events", columns: eventColumns, rows: events.map(toEventRow) }),
  ]);
  session.hint("event");
  if (!endpoints) return;
  session.hint("webhook");
  await session.all(
    `INSERT INTO jobs (kind, lane, priority, due_at_ms, ref, leg_index, retries_used, tries, created_at_ms)
     SELECT 'webhook', endpoints.id, 0, input.due_at_ms, input.id, 0, 0, 0, input.due_at_ms
     FROM ${jsonRows(session.dialect, 1, fanOutColumns)}
     JOIN endpoints ON endpoints.mode = input.mode AND endpoints.enabled = 1
       AND (input.endpoint_id = endpoints.id OR (input.endpoint_id IS NULL
         AND (endpoints.event_types IS NULL OR endpoints.event_types LIKE '%"' || input.type || '"%')))`,
    [toJsonRows(events.map(toFanOutRow))],
  );
}

/** One cheap look saves the fan-out in the many installations that only read the stream. */
async function hasEndpoints(session: Session): Promise<boolean> {
  const rows = await session.all("SELECT 1 AS one FROM endpoints WHERE enabled = 1 LIMIT 1");
  return rows.length > 0;
}

function toEventRow(event: NewEvent): SqlRow {
  return {
    id: event.id,
    mode: event.mode,
    type: event.type,
    at_ms: event.atMs,
    conversation_id: event.data.conversationId ?? null,
    message_id: event.data.messageId ?? null,
    message_uid: event.messageUid ?? null,
    body: eventBody(event),
  };
}

/** The event exactly as endpoints and streams get it; written once, so that all see the same bytes. */
function eventBody(event: NewEvent): string {
  return JSON.stringify({
    id: event.id,
    type: event.type,
    ...event.data,
    timestamp: toTimestamp(event.atMs),
  });
}

function toFanOutRow(event: NewEvent): SqlRow {
  return {
    id: event.id,
    mode: event.mode,
    type: event.type,
    due_at_ms: event.loggedAtMs,
    endpoint_id: event.endpointId ?? null,
  };
}
