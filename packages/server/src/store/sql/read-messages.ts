import type { Mode } from "@richline/contract";
import type { MessageQuery, MessageRow, Page, ReceiptRow, Timeline } from "../store.ts";
import { toAttemptRow } from "./attempts.ts";
import { toMessageRow } from "./message-row.ts";
import { toPage } from "./page.ts";
import { toEventRow } from "./read-events.ts";
import { numberOf, type Session, type SqlRow, textOf } from "./session.ts";

/** Most lines of each kind in one timeline; a message with more has a stuck provider, not a history. */
const timelineRowsMax = 1000;

export async function getMessage(
  session: Session,
  mode: Mode,
  id: string,
): Promise<MessageRow | undefined> {
  const [row] = await session.all("SELECT * FROM messages WHERE mode = $1 AND id = $2", [mode, id]);
  return row === undefined ? undefined : toMessageRow(row);
}

/** Newest first: uids are time-ordered. Only filters that are given stand in the statement, so that each has its index. */
export async function listMessages(
  session: Session,
  query: MessageQuery,
): Promise<Page<MessageRow>> {
  const filters: readonly (readonly [condition: string, value: string | undefined])[] = [
    ["mode =", query.mode],
    ["uid <", query.cursor],
    ["status =", query.status],
    ["conversation_id =", query.conversationId],
    ["agent_id =", query.agentId],
  ];
  const given = filters.flatMap(([condition, value]) =>
    value === undefined ? [] : [{ condition, value }],
  );
  const where = given.map(({ condition }, index) => `${condition} $${index + 1}`).join(" AND ");
  const rows = await session.all(
    `SELECT * FROM messages WHERE ${where} ORDER BY uid DESC LIMIT $${given.length + 1}`,
    [...given.map(({ value }) => value), query.limit + 1],
  );
  return toPage(rows, query.limit, toMessageRow, (message) => message.uid);
}

/** Everything that is known of one message's way. */
export async function readTimeline(session: Session, messageUid: string): Promise<Timeline> {
  const events = await session.all(
    `SELECT * FROM events WHERE message_uid = $1 ORDER BY seq LIMIT ${timelineRowsMax}`,
    [messageUid],
  );
  const attempts = await session.all(
    `SELECT * FROM attempts WHERE message_uid = $1 ORDER BY number LIMIT ${timelineRowsMax}`,
    [messageUid],
  );
  const receipts = await session.all(
    `SELECT * FROM raw_receipts WHERE message_uid = $1 ORDER BY id LIMIT ${timelineRowsMax}`,
    [messageUid],
  );
  return {
    events: events.map(toEventRow),
    attempts: attempts.map(toAttemptRow),
    receipts: receipts.map(toReceiptRow),
  };
}

function toReceiptRow(row: SqlRow): ReceiptRow {
  return {
    provider: textOf(row, "provider"),
    kind: textOf(row, "kind"),
    raw: textOf(row, "raw"),
    occurredAtMs: numberOf(row, "occurred_at_ms"),
    receivedAtMs: numberOf(row, "received_at_ms"),
    seenCount: numberOf(row, "seen_count"),
  };
}
