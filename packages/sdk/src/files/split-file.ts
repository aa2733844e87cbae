/** A text file: whole, or in whatever pieces it comes. Bytes are UTF-8. */
export type FileText = string | Uint8Array | AsyncIterable<string | Uint8Array>;

export type FileFormat = "csv" | "jsonl";

/** Some whole lines of a file, as a file of its own. */
export interface FilePiece {
  readonly text: string;
  /** How many lines of the file it holds; the header of a CSV is none. */
  readonly lineCount: number;
  /** The number in the whole file of a line of this piece. */
  readonly toLine: (line: number) => number;
}

/** Largest piece, in bytes. Ours: it fits a request with room to spare. */
export const pieceBytesMax = 1_000_000;

/**
 * Divides a file where lines end, and holds no more of it than a piece. Each piece of a CSV begins with its header.
 * Rejects with a `RangeError` when a line is longer than a piece.
 */
export async function* splitFile(
  file: FileText,
  format: FileFormat,
  bytesMax = pieceBytesMax,
): AsyncGenerator<FilePiece, void, undefined> {
  let header = format === "csv" ? undefined : "";
  let lines: string[] = [];
  let bytes = 0;
  let linesBefore = 0;
  const take = (): FilePiece => {
    const offset = linesBefore - countLines(header ?? "");
    const lineCount = countLines(lines.join(""));
    const piece = { text: `${header ?? ""}${lines.join("")}`, lineCount };
    linesBefore += lineCount;
    lines = [];
    bytes = 0;
    return { ...piece, toLine: (line) => line + offset };
  };
  for await (const line of eachLine(file, format, bytesMax)) {
    const size = encoder.encode(line).length;
    if (header === undefined) {
      header = line.endsWith("\n") ? line : `${line}\n`;
      linesBefore = countLines(header);
      continue;
    }
    if (lines.length > 0 && bytes + size > bytesMax) yield take();
    lines.push(line);
    bytes += size;
  }
  // A file of nothing but its header is a file: the gateway judges the header.
  const hasHeader = header !== undefined && header !== "";
  if (lines.length > 0 || (hasHeader && linesBefore === countLines(header ?? ""))) yield take();
}

const encoder = new TextEncoder();

function countLines(text: string): number {
  const ends = text.split("\n").length - 1;
  return text === "" || text.endsWith("\n") ? ends : ends + 1;
}

/** Lines with their ends. A line break in quotes is none in a CSV: a quote is open where their number is odd. */
async function* eachLine(
  file: FileText,
  format: FileFormat,
  charsMax: number,
): AsyncGenerator<string, void, undefined> {
  let rest = "";
  let count = 0;
  /** How far `rest` is known, and whether a quote is open there: no character is counted for every line break behind it. */
  let known = 0;
  let isQuoted = false;
  for await (const text of eachText(file)) {
    rest += text;
    let start = 0;
    for (let end = rest.indexOf("\n", known); end >= 0; end = rest.indexOf("\n", known)) {
      if (format === "csv" && hasOddQuotes(rest.slice(known, end))) isQuoted = !isQuoted;
      known = end + 1;
      if (isQuoted) continue;
      const line = rest.slice(start, known);
      yield line;
      count += countLines(line);
      start = known;
    }
    known -= start;
    rest = rest.slice(start);
    if (rest.length > charsMax) {
      const hint = format === "csv" ? " Is there a quote that is not closed?" : "";
      throw new RangeError(`Line ${count + 1} has more than ${charsMax} characters.${hint}`);
    }
  }
  if (rest !== "") yield rest;
}

function hasOddQuotes(text: string): boolean {
  return text.split('"').length % 2 === 0;
}

/** At most a piece at a time, so that a file that is whole is bounded like one that comes. */
async function* eachText(file: FileText): AsyncGenerator<string, void, undefined> {
  if (typeof file === "string") {
    for (let from = 0; from < file.length; from += sliceChars)
      yield file.slice(from, from + sliceChars);
    return;
  }
  const decoder = new TextDecoder();
  const chunks = file instanceof Uint8Array ? [file] : file;
  for await (const chunk of chunks)
    yield typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

const sliceChars = 65_536;
