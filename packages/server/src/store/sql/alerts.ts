import type { Mode } from "@richline/contract";
import type { AlertChanges, AlertQuery, AlertRow, Lease, Page } from "../store.ts";
import { insertEvents } from "./insert-events.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import {
  type Columns,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
} from "./session.ts";

const alertColumns = {
  id: "text",
  mode: "text",
  kind: "text",
  subject: "text",
  detail: "text",
  opened_at_ms: "bigint",
  closed_at_ms: "bigint",
} as const satisfies Columns;

/**
 * Opens and closes alerts with their events. The index `alerts_open` lets one of a kind be open of each
 * subject, so that a node whose lease ended while it evaluated opens nothing twice.
 */
export async function changeAlerts(
  session: Session,
  { opened, closed }: AlertChanges,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  if (opened.length > 0) {
    const rows = await session.insert({
      table: "alerts",
      columns: alertColumns,
      rows: opened.map(({ alert }) => fromAlertRow(alert)),
      suffix:
        "ON CONFLICT (mode, kind, subject) WHERE closed_at_ms IS NULL DO NOTHING RETURNING id",
    });
    for (const row of rows) ids.add(textOf(row, "id"));
  }
  for (const { id, atMs } of closed) {
    const rows = await session.all(
      "UPDATE alerts SET closed_at_ms = $2 WHERE id = $1 AND closed_at_ms IS NULL RETURNING id",
      [id, atMs],
    );
    if (rows.length > 0) ids.add(id);
  }
  await insertEvents(session, [
    ...opened.flatMap(({ alert, event }) => (ids.has(alert.id) ? [event] : [])),
    ...closed.flatMap(({ id, event }) => (ids.has(id) ? [event] : [])),
  ]);
  return ids;
}

export async function listOpenAlerts(session: Session): Promise<readonly AlertRow[]> {
  const rows = await session.all(
    "SELECT * FROM alerts WHERE closed_at_ms IS NULL ORDER BY id LIMIT 1000",
  );
  return rows.map(toAlertRow);
}

/** Newest first: ids are time-ordered. */
export async function listAlerts(session: Session, query: AlertQuery): Promise<Page<AlertRow>> {
  const state = { open: "AND closed_at_ms IS NULL", closed: "AND closed_at_ms IS NOT NULL" };
  const behind = query.cursor === undefined ? [] : [query.cursor];
  const rows = await session.all(
    `SELECT * FROM alerts WHERE mode = $1 ${query.state === undefined ? "" : state[query.state]}
       ${behind.length === 0 ? "" : "AND id < $3"} ORDER BY id DESC LIMIT $2`,
    [query.mode, query.limit + 1, ...behind],
  );
  return toPage(rows, query.limit, toAlertRow, ({ id }) => id);
}

/** Whoever holds it may hold it longer; another gets it when it has ended. */
export async function takeLease(session: Session, lease: Lease): Promise<boolean> {
  const rows = await session.all(
    `INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $4)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
     WHERE leases.holder = excluded.holder OR leases.until_ms <= $3 RETURNING name`,
    [lease.name, lease.holder, lease.nowMs, lease.untilMs],
  );
  return rows.length > 0;
}

/** The partial index `messages_in_review` holds the queue and nothing else, the oldest first. */
export async function countOldReviews(
  session: Session,
  { mode, beforeMs, max }: { readonly mode: Mode; readonly beforeMs: number; readonly max: number },
): Promise<number> {
  const [row] = await session.all(
    `SELECT count(*) AS total FROM (SELECT 1 FROM messages
       WHERE status = 'NEEDS_REVIEW' AND mode = $1 AND NOT EXISTS (SELECT 1 FROM events
         WHERE events.message_uid = messages.uid AND events.type = 'message.needs_review' AND events.at_ms >= $2)
       ORDER BY uid LIMIT $3) AS old`,
    [mode, beforeMs, max],
  );
  return row === undefined ? 0 : numberOf(row, "total");
}

function fromAlertRow(alert: AlertRow): SqlRow {
  return {
    id: alert.id,
    mode: alert.mode,
    kind: alert.kind,
    subject: alert.subject,
    detail: alert.detail,
    opened_at_ms: alert.openedAtMs,
    closed_at_ms: alert.closedAtMs,
  };
}

function toAlertRow(row: SqlRow): AlertRow {
  return {
    id: textOf(row, "id"),
    mode: asStored(textOf(row, "mode")),
    kind: asStored(textOf(row, "kind")),
    subject: textOf(row, "subject"),
    detail: textOf(row, "detail"),
    openedAtMs: numberOf(row, "opened_at_ms"),
    closedAtMs: numberOrNull(row, "closed_at_ms"),
  };
}
