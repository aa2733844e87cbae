import { pipeline, Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { CsvError, parse } from "csv-parse";
import { PlatformError } from "../kernel/errors.ts";

export type ImportFormat = "csv" | "jsonl";

/** A file as it comes over the wire. */
export type Chunks = AsyncIterable<Uint8Array | string>;

/** One line with its number in the file, from 1: the JSON value, or the fields of a CSV by their column. */
export type FileLine =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly problem: string };

export interface ReadLinesOptions {
  readonly format: ImportFormat;
  /** What is wrong with the columns that the first line of a CSV names; nothing when they will do. */
  readonly judgeColumns: (names: readonly string[]) => string | undefined;
}

/**
 * Most characters of one line. A quote that is not closed makes a line of the rest of the file, which is then
 * refused with the line it began in. Ours: a contact with all the attributes it may have.
 */
const lineCharsMax = 64_000;

/**
 * Every line of a file, good or bad, as it comes; empty ones are passed by. A CSV without a usable header, or
 * with quotes that do not match, ends it with `invalid_request`.
 */
export function readLines(chunks: Chunks, options: ReadLinesOptions): AsyncGenerator<FileLine> {
  return options.format === "csv" ? readCsv(chunks, options.judgeColumns) : readJsonLines(chunks);
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* readCsv(
  chunks: Chunks,
  judgeColumns: ReadLinesOptions["judgeColumns"],
): AsyncGenerator<FileLine> {
  let names: readonly string[] | undefined;
  for await (const { record, info } of parseCsv(chunks)) {
    if (names !== undefined) yield toLine(names, record, info.lines);
    else names = readHeader(record, judgeColumns);
  }
  if (names === undefined) readHeader([], judgeColumns);
}

function readHeader(
  record: readonly string[],
  judgeColumns: ReadLinesOptions["judgeColumns"],
): readonly string[] {
  const names = record.map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const problem =
    twice === undefined ? judgeColumns(names) : `The first line names ${twice} twice.`;
  if (problem === undefined) return names;
  throw new PlatformError("invalid_request", { publicMessage: problem });
}

function toLine(names: readonly string[], record: readonly string[], line: number): FileLine {
  if (record.length !== names.length) {
    const problem = `It has ${record.length} fields; the first line names ${names.length}.`;
    return { line, problem };
  }
  const fields = names.map((name, index) => [name, record[index]?.trim() ?? ""] as const);
  // An empty field is one that is not given.
  return { line, value: Object.fromEntries(fields.filter(([, value]) => value !== "")) };
}

async function* parseCsv(chunks: Chunks): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: lineCharsMax,
  });
  // Errors of either end reach the loop below by way of the parser.
  pipeline(Readable.from(decode(chunks)), parser, () => undefined);
  try {
    // SAFETY: with `info` and without `columns` the library answers records of this form.
    for await (const record of parser) yield record as CsvRecord;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library's words end with a line number, which is where it noticed: of an open quote, the end of the file.
    throw new PlatformError("invalid_request", {
      publicMessage: `The file is no CSV: ${csvFaults[error.code] ?? error.message.replace(/\.$/, "")}.`,
    });
  }
}

/** What people do wrong with quotes, by the library's codes. */
const csvFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and not closed before the end",
  CSV_INVALID_CLOSING_QUOTE:
    "a quote is closed in the middle of a field; write a quote inside a field twice",
  INVALID_OPENING_QUOTE: "a quote stands in the middle of a field; put the whole field in quotes",
  CSV_MAX_RECORD_SIZE: `a line has more than ${lineCharsMax} characters; a quote may not be closed`,
};

/** The text of a file. In another encoding than UTF-8 names would be spoilt without a word. */
async function* decode(chunks: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of chunks)
    yield typeof chunk === "string" ? chunk : toText(decoder, chunk);
  yield toText(decoder);
}

/** The characters that are complete by now; without a piece, those that are left. */
function toText(decoder: TextDecoder, piece?: Uint8Array): string {
  try {
    return decoder.decode(piece, { stream: piece !== undefined });
  } catch (cause) {
    throw new PlatformError("invalid_request", {
      publicMessage:
        "The file is not UTF-8. Save it as UTF-8 (in Excel: CSV UTF-8) and send it again.",
      cause,
    });
  }
}

async function* readJsonLines(chunks: Chunks): AsyncGenerator<FileLine> {
  let line = 0;
  for await (const text of splitLines(chunks)) {
    line += 1;
    if (text === undefined) {
      yield { line, problem: `It has more than ${lineCharsMax} characters.` };
    } else if (text.trim() !== "") {
      yield parseJson(line, text);
    }
  }
}

function parseJson(line: number, text: string): FileLine {
  try {
    return { line, value: JSON.parse(text) };
  } catch {
    return { line, problem: "It is not JSON." };
  }
}

/** The lines of a text; `undefined` for one that is too long, of which no more is kept. */
async function* splitLines(chunks: Chunks): AsyncGenerator<string | undefined> {
  let rest = "";
  let isTooLong = false;
  for await (const text of decode(chunks)) {
    const [first = "", ...others] = text.split("\n");
    rest += isTooLong ? "" : first;
    for (const next of others) {
      yield isTooLong || rest.length > lineCharsMax ? undefined : rest;
      isTooLong = false;
      rest = next;
    }
    isTooLong ||= rest.length > lineCharsMax;
    if (isTooLong) rest = "";
  }
  yield isTooLong ? undefined : rest;
}
