import type { Mode } from "@richline/contract";
import { type TableOfPeople, tablesOfPeople } from "./personal-data.ts";
import { jsonRows, type Session, type SqlValue, toJsonRows } from "./session.ts";

/** The person and what their names become. */
export interface ErasedPerson {
  readonly mode: Mode;
  readonly phoneNumber: string;
  /** In the place of a conversation's name that is the number or an address. */
  readonly alias: string;
  /** Rows that began later are not touched. */
  readonly requestedAtMs: number;
  readonly nowMs: number;
}

/** Rows by table. */
export type Counts = Record<string, number>;

/** Most rows of one statement. Ours: short enough that what else writes does not wait for it. */
export const rowsMax = 500;

type Rows = NonNullable<TableOfPeople["rows"]>;
type Table = TableOfPeople & { readonly rows: Rows };

/** What belongs to these messages, in all tables that name the message. Messages have few rows each. */
export function eraseByMessage(
  session: Session,
  person: ErasedPerson,
  uids: readonly string[],
): Promise<Counts> {
  const input = toJsonRows(uids.map((uid) => ({ uid })));
  const found = `IN (SELECT input.uid FROM ${jsonRows(session.dialect, 1, { uid: "text" })})`;
  return eraseEach(session, person, "message", ({ rows }) => ({
    found: `${rows.message} ${found}`,
    parameters: [input],
  }));
}

/** What belongs to a conversation and to none of its messages. At most `rowsMax` of each table. */
export function eraseByConversation(
  session: Session,
  person: ErasedPerson,
  conversationId: string,
): Promise<Counts> {
  return eraseEach(session, person, "conversation", ({ rows: { message, conversation } }) => ({
    found: `mode = $1 AND ${conversation} = $2${message === undefined ? "" : ` AND ${message} IS NULL`}`,
    parameters: [person.mode, conversationId],
  }));
}

/** What belongs to the number. At most `rowsMax` of each table that may have many. */
export function eraseByNumber(session: Session, person: ErasedPerson): Promise<Counts> {
  return eraseEach(session, person, "number", ({ rows, columns }) =>
    "mode" in columns
      ? {
          found: `${rows.number} = $1 AND mode = $2`,
          parameters: [person.phoneNumber, person.mode],
        }
      : { found: `${rows.number} = $1`, parameters: [person.phoneNumber] },
  );
}

/** What leads to the person. */
type Lead = "message" | "conversation" | "number";

/** Which rows are meant, over `parameters`. */
interface Found {
  readonly found: string;
  readonly parameters: readonly SqlValue[];
}

async function eraseEach(
  session: Session,
  person: ErasedPerson,
  lead: Lead,
  find: (table: Table) => Found,
): Promise<Counts> {
  const counts: Counts = {};
  for (const [name, { rows, columns }] of tablesOfPeople) {
    if (rows?.[lead] === undefined) continue;
    const table = { rows, columns };
    const { text, parameters } = toStatement(name, table, { lead, person, ...find(table) });
    counts[name] = (await session.all(text, parameters)).length;
  }
  return counts;
}

function toStatement(
  name: string,
  table: Table,
  {
    lead,
    person,
    found,
    parameters: given,
  }: Found & { readonly lead: Lead; readonly person: ErasedPerson },
) {
  const parameters = [...given];
  const put = (value: SqlValue) => `$${parameters.push(value)}`;
  const { key, at, become } = table.rows;
  const setters = become === "deleted" ? [] : settersOf(table, person, put);
  const isEarly =
    lead === "message" || at === undefined ? [] : [`${at} <= ${put(person.requestedAtMs)}`];
  // What is erased already is not found again.
  const isLeft = setters.length === 0 ? [] : [`(${setters.map(differs).join(" OR ")})`];
  const where = [found, ...isLeft, ...isEarly].join(" AND ");
  const which =
    lead === "message" || key === undefined
      ? where
      : `${key} IN (SELECT ${key} FROM ${name} WHERE ${where} LIMIT ${rowsMax})`;
  const set = setters.map(({ column, to }) => `${column} = ${to}`).join(", ");
  const change = become === "deleted" ? `DELETE FROM ${name}` : `UPDATE ${name} SET ${set}`;
  return { text: `${change} WHERE ${which} RETURNING 1 AS one`, parameters };
}

interface Setter {
  readonly column: string;
  readonly to: string;
}

function differs({ column, to }: Setter): string {
  return `${column} IS DISTINCT FROM ${to}`;
}

/** What overwrites the columns of a table. */
export function settersOf(
  { columns }: Pick<TableOfPeople, "columns">,
  person: ErasedPerson,
  put: (value: SqlValue) => string,
): readonly Setter[] {
  return Object.entries(columns).flatMap(([column, fate]): Setter[] => {
    if (typeof fate === "object") return [{ column, to: fate.to }];
    return fate === "named" ? [{ column, to: renamed(column, person, put) }] : [];
  });
}

/** SQL for a conversation's name after the person is gone; `renameFor` says the same of a text. */
function renamed(
  column: string,
  { phoneNumber, alias }: ErasedPerson,
  put: (value: SqlValue) => string,
): string {
  const digits = phoneNumber.slice(1);
  return `CASE WHEN ${column} IN (${put(phoneNumber)}, ${put(digits)}) OR ${column} LIKE '%@%'
    THEN ${put(alias)} ELSE ${column} END`;
}

/** A conversation's name after the person is gone: another one where it is the number or an address. */
export function renameFor({ phoneNumber, alias }: ErasedPerson): (name: string) => string {
  const digits = phoneNumber.slice(1);
  return (name) => (name === phoneNumber || name === digits || name.includes("@") ? alias : name);
}

export function addCounts(total: Counts, more: Readonly<Counts>): void {
  for (const [name, count] of Object.entries(more)) total[name] = (total[name] ?? 0) + count;
}
