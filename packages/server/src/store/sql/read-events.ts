import { PlatformError } from "../../kernel/errors.ts";
import type { EventQuery, EventRow, Page } from "../store.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import { numberOf, type Session, type SqlRow, type SqlValue, textOf } from "./session.ts";

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

/** Events in the order of the log, from behind the cursor. Only the filters that are given are in the statement, so that an index serves them. */
export async function listEvents(session: Session, query: EventQuery): Promise<Page<EventRow>> {
  const [xid, seq] = parseCursor(query.cursor);
  const conditions = [order[session.dialect].behind, "mode = $3"];
  const parameters: SqlValue[] = [xid, seq, query.mode, query.limit + 1];
  const filter = (value: string | undefined, condition: (parameter: string) => string) => {
    if (value === undefined) return;
    parameters.push(value);
    conditions.push(condition(`$${parameters.length}`));
  };
  filter(query.types?.join(","), (types) => `',' || ${types} || ',' LIKE '%,' || type || ',%'`);
  filter(query.conversationId, (id) => `conversation_id = ${id}`);
  filter(
    query.messageId,
    (id) => `message_uid = (SELECT uid FROM messages WHERE mode = $3 AND id = ${id})`,
  );
  const rows = await session.all(
    `SELECT * FROM events WHERE ${conditions.join(" AND ")}
     ORDER BY ${order[session.dialect].by} LIMIT $4`,
    parameters,
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
