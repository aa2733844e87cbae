import {
  type AttributeValue,
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
      const { value, problems } = format === "csv" ? fromColumns(read) : noProblem(read);
      yield judge({ line, value, problems }, country);
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

/** A line as JSON lines have it, and what was wrong with it before. */
interface Unjudged {
  readonly line: number;
  readonly value: unknown;
  readonly problems: readonly ImportProblem[];
}

function noProblem(read: Pick<Unjudged, "line" | "value">): Unjudged {
  return { ...read, problems: [] };
}

function fromColumns({ line, value }: Pick<Unjudged, "line" | "value">): Unjudged {
  const fields: Record<string, unknown> = {};
  const attributes: [string, AttributeValue][] = [];
  const problems: ImportProblem[] = [];
  for (const [column, written] of Object.entries(Object(value))) {
    const field = fromCsvField(String(written));
    const { name, type } = attributeColumn.exec(column)?.groups ?? {};
    if (name === undefined) {
      fields[column] = column === "tags" ? splitTags(field) : field;
      continue;
    }
    const attribute = readTyped(type, field);
    if (attribute !== undefined) attributes.push([name, attribute]);
    else {
      const detail = type === "number" ? "It is no number." : "It is neither true nor false.";
      problems.push({ line, field: `attributes.${name}`, code: "invalid_value", detail });
    }
  }
  const given = attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) };
  return { line, value: { ...fields, ...given }, problems };
}

function splitTags(field: string): readonly string[] {
  return field.split(/[;\s]+/).filter((tag) => tag !== "");
}

/** A field by the type of its column; `undefined` when it is none. */
function readTyped(type: string | undefined, field: string): AttributeValue | undefined {
  if (type === "number") return Number.isFinite(Number(field)) ? Number(field) : undefined;
  if (type !== "boolean") return field;
  // Spreadsheets write them large.
  const written = field.toLowerCase();
  return written === "true" || written === "false" ? written === "true" : undefined;
}

function judge({ line, value, problems }: Unjudged, country: CountryCode | undefined): ContactLine {
  const parsed = contactImportLine.safeParse(value);
  const more = parsed.success ? [] : toFieldErrors(parsed.error).map(toProblem(line));
  if (!parsed.success || problems.length > 0) return { problems: [...problems, ...more] };
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
