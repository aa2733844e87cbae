import type { Hint } from "../store.ts";

export type Dialect = "sqlite" | "postgres";

/** A value that a statement takes or answers: text, a whole number, a boolean as 0 or 1, or null. */
export type SqlValue = string | number | null;

/** One row as the driver answers it, by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** What runs statements: inside one transaction, or alone for reading. Parameters are `$1`, `$2`, … */
export interface Session {
  readonly dialect: Dialect;
  all(sql: string, parameters?: readonly SqlValue[]): Promise<SqlRow[]>;
  /** Inserts rows in one round trip; answers what the suffix returns. */
  insert(insertion: Insertion): Promise<SqlRow[]>;
  /** Says that there is something to do once the transaction is committed; said by whoever makes it due. */
  hint(hint: Hint): void;
}

export interface Insertion {
  readonly table: string;
  readonly columns: Columns;
  readonly rows: readonly SqlRow[];
  /** ON CONFLICT and RETURNING clauses, the same in both dialects. */
  readonly suffix?: string;
}

/** A database of one of the two dialects. */
export interface Database {
  readonly dialect: Dialect;
  /** Runs `work` in one transaction that commits when it resolves and rolls back when it rejects. */
  write<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  read<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  /** Calls back on what the transactions of this node hinted at, and those of others. */
  onHint(listener: (hint: Hint) => void): () => void;
  close(): Promise<void>;
}

export type ColumnType = "text" | "bigint";
export type Columns = Readonly<Record<string, ColumnType>>;

/**
 * A FROM item that reads `$parameter`, a JSON array of objects, as rows with these columns.
 * It lets one statement write a whole batch in one round trip, with the same text otherwise in both
 * dialects. Rejected: one statement a row (a round trip each in PostgreSQL), and `unnest` of one array
 * a column (no twin in SQLite).
 */
export function jsonRows(dialect: Dialect, parameter: number, columns: Columns): string {
  const names = Object.entries(columns);
  if (dialect === "postgres") {
    const typed = names.map(([name, type]) => `${name} ${type}`).join(", ");
    return `json_to_recordset($${parameter}::json) AS input(${typed})`;
  }
  const extracted = names.map(([name]) => `value->>'${name}' AS ${name}`).join(", ");
  return `(SELECT ${extracted} FROM json_each($${parameter})) AS input`;
}

/** Reads a column that holds text. */
export function textOf(row: SqlRow, name: string): string {
  const value = row[name];
  if (typeof value !== "string") throw new Error(`Column ${name} holds no text.`);
  return value;
}

/** Reads a column that holds text or null. */
export function textOrNull(row: SqlRow, name: string): string | null {
  return row[name] === null || row[name] === undefined ? null : textOf(row, name);
}

/** Reads a column that holds a number. */
export function numberOf(row: SqlRow, name: string): number {
  const value = row[name];
  if (typeof value !== "number") throw new Error(`Column ${name} holds no number.`);
  return value;
}

/** Reads a column that holds a number or null. */
export function numberOrNull(row: SqlRow, name: string): number | null {
  return row[name] === null || row[name] === undefined ? null : numberOf(row, name);
}

/**
 * The values of one batch as JSON text. PostgreSQL's json refuses NUL and half surrogate pairs, which
 * other people's texts may hold; they become U+FFFD, the replacement character.
 */
export function toJsonRows(rows: readonly SqlRow[]): string {
  const json = JSON.stringify(rows);
  return /\\u(?:0000|d[89a-f])/i.test(json)
    ? JSON.stringify(rows, (_key, value: SqlValue) => cleanValue(value))
    : json;
}

/** A value without the two things that not every database keeps. */
export function cleanValue(value: SqlValue): SqlValue {
  return typeof value === "string" ? value.replaceAll(/\0|\p{Surrogate}/gu, "\uFFFD") : value;
}

/** Orders by a text; equal ones keep their order. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
