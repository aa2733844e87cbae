import { PlatformError } from "../../kernel/errors.ts";
import type { EventQuery, EventRow, Page } from "../store.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import { numberOf, type Session, type SqlRow, textOf } from "./session.ts";

/**
 * The order of the log. SQLite has one writer: its sequence numbers are in commit order. In PostgreSQL
 * the transaction's id comes first, and everything below the oldest running one is settled: nothing
 * can appear there any more. `$1` is the transaction of the cursor, `$2` its sequence number.
 */
const order = {
  sqlite: { behind: "$1 = 0 AND seq > $2", by: "seq" },
  postgres: {
    behind: "(xid, seq) > ($1, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    by: "xid, seq",
  },
} as const;

/** Events in the order of the log, from behind the cursor. */
export async function listEvents(session: Session, query: EventQuery): Promise<Page<EventRow>> {
  const [xid, seq] = parseCursor(query.cursor);
  const types = query.types ?? [];
  const rows = await session.all(
    `SELECT * FROM events WHERE ${order[session.dialect].behind} AND mode = $3
       AND ($4 = '' OR $4 LIKE '%,' || type || ',%') AND ($5 = '' OR conversation_id = $5)
       AND ($6 = '' OR message_id = $6) ORDER BY ${order[session.dialect].by} LIMIT $7`,
    [
      xid,
      seq,
      query.mode,
      types.length === 0 ? "" : `,${types.join(",")},`,
      query.conversationId ?? "",
      query.messageId ?? "",
      query.limit + 1,
    ],
  );
  return toPage(rows, query.limit, toEventRow, (event) => event.cursor);
}

/** The place behind all events that are settled now. */
export async function endOfEvents(session: Session): Promise<string> {
  if (session.dialect === "postgres") {
    const [row] = await session.all(
      "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid",
    );
    return row === undefined ? "0.0" : `${numberOf(row, "xid")}.0`;
  }
  const [row] = await session.all("SELECT coalesce(max(seq), 0) AS seq FROM events");
  return row === undefined ? "0.0" : `0.${numberOf(row, "seq")}`;
}

export function toEventRow(row: SqlRow): EventRow {
  return {
    cursor: `${numberOf(row, "xid")}.${numberOf(row, "seq")}`,
    mode: asStored(textOf(row, "mode")),
    type: asStored(textOf(row, "type")),
    atMs: numberOf(row, "at_ms"),
    body: textOf(row, "body"),
  };
}

function parseCursor(cursor: string | undefined): readonly [xid: number, seq: number] {
  if (cursor === undefined) return [0, 0];
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor);
  if (match === null) throw new PlatformError("invalid_cursor");
  return [Number(match[1]), Number(match[2])];
}
