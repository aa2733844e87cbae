import { consentImportLine, toFieldErrors } from "@richline/contract";
import { CsvError, parse } from "csv-parse/sync";
import { isPossiblePhoneNumber } from "libphonenumber-js";
import type { z } from "zod";
import { PlatformError } from "../kernel/errors.ts";

export type ImportFormat = "csv" | "jsonl";

/** One line of an import with its number in the file, from 1. */
export type ReadLine =
  | { readonly line: number; readonly value: z.output<typeof consentImportLine> }
  | { readonly line: number; readonly problem: string };

/** Every line of a file, good or bad; empty ones are passed by. A CSV without a usable header is refused whole. */
export function readLines(text: string, format: ImportFormat): readonly ReadLine[] {
  return format === "csv" ? readCsv(text) : readJsonLines(text);
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Most characters of one record: a quote that is not closed makes a record of the rest of the file, which is
 * then refused with the line it began in. Ours.
 */
const recordCharsMax = 10_000;

function readCsv(text: string): readonly ReadLine[] {
  const [header, ...records] = parseCsv(text);
  const names = header?.record.map((name) => name.trim()) ?? [];
  const unknown = names.filter((name) => !columns.includes(name));
  const missing = ["phoneNumber", "state"].filter((name) => !names.includes(name));
  if (unknown.length > 0 || missing.length > 0) {
    throw new PlatformError("invalid_request", {
      publicMessage: `The first line must name the columns: phoneNumber and state, and as you like ${columns
        .filter((name) => name !== "phoneNumber" && name !== "state")
        .join(", ")}.`,
    });
  }
  return records.map(({ record, info }): ReadLine => {
    if (record.length !== names.length) {
      const problem = `It has ${record.length} fields; the first line names ${names.length}.`;
      return { line: info.lines, problem };
    }
    const fields = names.map((name, index) => [name, record[index]?.trim() ?? ""] as const);
    // An empty field is one that is not given.
    return judge(info.lines, Object.fromEntries(fields.filter(([, value]) => value !== "")));
  });
}

const columns = Object.keys(consentImportLine.shape);

function parseCsv(text: string): readonly CsvRecord[] {
  try {
    // SAFETY: with `info` and without `columns` the library answers records of this form.
    return parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: recordCharsMax,
    }) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new PlatformError("invalid_request", {
      publicMessage: `The file is no CSV: ${error.message}.`,
    });
  }
}

function readJsonLines(text: string): readonly ReadLine[] {
  return text.split("\n").flatMap((one, index): ReadLine[] => {
    const line = index + 1;
    const trimmed = one.replace(/^\uFEFF/, "").trim();
    if (trimmed === "") return [];
    try {
      return [judge(line, JSON.parse(trimmed))];
    } catch {
      return [{ line, problem: "It is not JSON." }];
    }
  });
}

function judge(line: number, value: unknown): ReadLine {
  const parsed = consentImportLine.safeParse(value);
  if (!parsed.success) {
    const problem = toFieldErrors(parsed.error)
      .map(({ path, detail }) => `${path.slice(1) || "The line"}: ${detail}`)
      .join(" ");
    return { line, problem };
  }
  if (isPossiblePhoneNumber(parsed.data.phoneNumber)) return { line, value: parsed.data };
  return { line, problem: "phoneNumber: No number of this length exists in its country." };
}
