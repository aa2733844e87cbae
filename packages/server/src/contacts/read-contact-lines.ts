import {
  contactImportLine,
  type FieldError,
  type ImportProblem,
  toFieldErrors,
} from "@richline/contract";
import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";
import type { SaidOfContact } from "../domain/contact-change.ts";
import { fromCsvField } from "../lines/csv-fields.ts";
import { type Chunks, type ImportFormat, readLines } from "../lines/read-lines.ts";

/** One line of an import with its number in the file, from 1. */
export type ContactLine =
  | { readonly line: number; readonly conversationId: string; readonly said: SaidOfContact }
  | { readonly problems: readonly ImportProblem[] };

/** Every line of a file, good or bad. */
export async function* readContactLines(
  chunks: Chunks,
  format: ImportFormat,
  country: CountryCode | undefined,
): AsyncGenerator<ContactLine> {
  for await (const read of readLines(chunks, { format, judgeColumns })) {
    const { line } = read;
    if ("problem" in read) {
      yield { problems: [{ line, code: "invalid_format", detail: read.problem }] };
    } else {
      yield judge(line, format === "csv" ? fromColumns(read.value) : read.value, country);
    }
  }
}

const plainColumns: readonly string[] = Object.keys(contactImportLine.shape).filter(
  (name) => name !== "attributes",
);

/** `attributes.plan`, and with a type `attributes.age:number`. Without one it is text. */
const attributeColumn = /^attributes\.(?<name>[^:]+)(?::(?<type>number|boolean))?$/;

/** Attributes of a CSV are columns of their own; nothing else is guessed from a column's name. */
function judgeColumns(names: readonly string[]): string | undefined {
  const unknown = names.filter(
    (name) => !plainColumns.includes(name) && !attributeColumn.test(name),
  );
  if (unknown.length === 0 && names.includes("phoneNumber")) return undefined;
  const hint = unknown[0] === undefined ? "" : ` There is no column "${unknown[0].slice(0, 64)}".`;
  return `The first line must name the columns: phoneNumber, and as you like ${plainColumns
    .filter((name) => name !== "phoneNumber")
    .join(", ")}, and attributes.<name> for attributes.${hint}`;
}

/** The line as JSON lines would have it. A number or boolean that is none stays text, and is refused with its name. */
function fromColumns(value: unknown): unknown {
  const line: Record<string, unknown> = {};
  const attributes: [string, unknown][] = [];
  for (const [column, written] of Object.entries(Object(value))) {
    const field = fromCsvField(String(written));
    const groups = attributeColumn.exec(column)?.groups;
    if (groups?.["name"] !== undefined)
      attributes.push([groups["name"], typed(groups["type"], field)]);
    else line[column] = column === "tags" ? splitTags(field) : field;
  }
  return attributes.length === 0 ? line : { ...line, attributes: Object.fromEntries(attributes) };
}

function splitTags(field: string): readonly string[] {
  return field.split(/[;\s]+/).filter((tag) => tag !== "");
}

function typed(type: string | undefined, field: string): unknown {
  if (type === "number") {
    const number = Number(field);
    return Number.isFinite(number) ? number : notA("number");
  }
  if (type === "boolean")
    return field === "true" || field === "false" ? field === "true" : notA("boolean");
  return field;
}

/** What no attribute can hold, so that the line is refused with the attribute's name. */
function notA(type: string): object {
  return { not: type };
}

function judge(line: number, value: unknown, country: CountryCode | undefined): ContactLine {
  const parsed = contactImportLine.safeParse(value);
  if (!parsed.success) return { problems: toFieldErrors(parsed.error).map(toProblem(line)) };
  const { conversationId, phoneNumber: written, attributes, ...said } = parsed.data;
  const phoneNumber = normalise(written, country);
  if (phoneNumber === undefined) {
    const detail =
      country === undefined
        ? "It is no possible number in E.164, such as +12025550123; defaultCountry lets you leave the + out."
        : `It is no possible number, neither in E.164 nor in ${country}.`;
    return { problems: [{ line, field: "phoneNumber", code: "invalid_value", detail }] };
  }
  return {
    line,
    conversationId: conversationId ?? phoneNumber,
    said: {
      ...said,
      phoneNumber,
      ...(attributes === undefined ? {} : { attributes: { how: "merge", values: attributes } }),
    },
  };
}

function normalise(written: string, country: CountryCode | undefined): string | undefined {
  const parsed = parsePhoneNumberFromString(written, {
    ...(country === undefined ? {} : { defaultCountry: country }),
    extract: false,
  });
  // An extension is not part of what a message can be sent to.
  return parsed?.isPossible() === true && parsed.ext === undefined ? parsed.number : undefined;
}

function toProblem(line: number) {
  return ({ path, code, detail }: FieldError): ImportProblem => {
    const field = path.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
    return { line, ...(field === "" ? {} : { field: field.slice(0, 100) }), code, detail };
  };
}
