import type { AuditQuery, AuditRow, NewAuditEntry, Page } from "../store.ts";
import { asStored, fromJson } from "./message-row.ts";
import { toPage } from "./page.ts";
import { type Columns, numberOf, type Session, type SqlRow, textOf } from "./session.ts";

const auditColumns = {
  mode: "text",
  at_ms: "bigint",
  actor: "text",
  action: "text",
  subject: "text",
  detail: "text",
} as const satisfies Columns;

/** Writes who decided what; always in the transaction of what was decided. */
export async function insertAudit(
  session: Session,
  entries: readonly NewAuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await session.insert({
    table: "audit_log",
    columns: auditColumns,
    rows: entries.map((entry) => ({
      mode: entry.mode,
      at_ms: entry.atMs,
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      detail: JSON.stringify(entry.detail),
    })),
  });
}

/** Newest first, by the number of the line. */
export async function listAuditLog(session: Session, query: AuditQuery): Promise<Page<AuditRow>> {
  const filters: readonly (readonly [condition: string, value: string | number | undefined])[] = [
    ["mode =", query.mode],
    ["subject =", query.subject],
    ["id <", query.cursor === undefined ? undefined : Number(query.cursor)],
  ];
  const given = filters.flatMap(([condition, value]) =>
    value === undefined ? [] : [{ condition, value }],
  );
  const where = given.map(({ condition }, index) => `${condition} $${index + 1}`).join(" AND ");
  const rows = await session.all(
    `SELECT * FROM audit_log WHERE ${where} ORDER BY id DESC LIMIT $${given.length + 1}`,
    [...given.map(({ value }) => value), query.limit + 1],
  );
  return toPage(rows, query.limit, toAuditRow, (entry) => entry.id);
}

function toAuditRow(row: SqlRow): AuditRow {
  return {
    id: String(numberOf(row, "id")),
    mode: asStored(textOf(row, "mode")),
    atMs: numberOf(row, "at_ms"),
    actor: textOf(row, "actor"),
    action: asStored(textOf(row, "action")),
    subject: textOf(row, "subject"),
    detail: fromJson(textOf(row, "detail")),
  };
}
