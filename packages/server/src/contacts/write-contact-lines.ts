import { PlatformError } from "../kernel/errors.ts";
import { toCsvLine } from "../lines/csv-fields.ts";
import type { ImportFormat } from "../lines/read-lines.ts";
import type { ContactFilter, ContactRow } from "../store/contact-row.ts";
import type { Store } from "../store/store.ts";

/** Rows that are read at once. Ours. */
const pageRows = 1_000;

/** Most columns for attributes in one CSV. Ours: beyond it nobody reads it as a table. */
const attributeColumnsMax = 500;

const plainColumns = [
  "conversationId",
  "phoneNumber",
  "userId",
  "timeZone",
  "locale",
  "tags",
] as const;

/** The list as text, a page at a time, in the form that an import takes. */
export async function* writeContactLines(
  store: Store,
  filter: ContactFilter,
  format: ImportFormat,
): AsyncGenerator<string> {
  if (format === "jsonl") {
    for await (const page of eachPage(store, filter)) yield page.map(toJsonLine).join("");
    return;
  }
  // The header has to name what the last of them may have: they are read twice.
  const columns = await findColumns(store, filter);
  yield `${toCsvLine([...plainColumns, ...columns])}\n`;
  for await (const page of eachPage(store, filter))
    yield page.map((row) => `${toCsvLine(toFields(row, columns))}\n`).join("");
}

async function* eachPage(
  store: Store,
  filter: ContactFilter,
): AsyncGenerator<readonly ContactRow[]> {
  let cursor: string | undefined;
  do {
    const page = await store.listContacts({ ...filter, cursor, limit: pageRows });
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** The attributes that there are, each with its type, so that an import reads what the export wrote. */
async function findColumns(store: Store, filter: ContactFilter): Promise<readonly string[]> {
  const columns = new Set<string>();
  for await (const page of eachPage(store, filter)) {
    for (const { attributes } of page)
      for (const [name, value] of Object.entries(attributes)) columns.add(toColumn(name, value));
    if (columns.size > attributeColumnsMax) {
      throw new PlatformError("invalid_request", {
        publicMessage: `There are more than ${attributeColumnsMax} attributes: too many for the columns of a CSV. Ask for format=jsonl.`,
      });
    }
  }
  return [...columns].sort();
}

function toColumn(name: string, value: unknown): string {
  return typeof value === "string" ? `attributes.${name}` : `attributes.${name}:${typeof value}`;
}

/** An attribute that came while the file was written, and has no column, is left out. */
function toFields(row: ContactRow, columns: readonly string[]): readonly string[] {
  const attributes = new Map(
    Object.entries(row.attributes).map(([name, value]) => [toColumn(name, value), String(value)]),
  );
  return [
    row.conversationId,
    row.phoneNumber,
    row.userId ?? "",
    row.timeZone ?? "",
    row.locale ?? "",
    row.tags.join(";"),
    ...columns.map((column) => attributes.get(column) ?? ""),
  ];
}

function toJsonLine(row: ContactRow): string {
  const { conversationId, phoneNumber, userId, timeZone, locale, attributes, tags } = row;
  const given = Object.entries({ userId, timeZone, locale }).filter(([, value]) => value !== null);
  return `${JSON.stringify({ conversationId, phoneNumber, ...Object.fromEntries(given), attributes, tags })}\n`;
}
