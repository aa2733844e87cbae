import type { CallOptions, Transport } from "../transport.ts";
import { type FileFormat, type FileText, splitFile } from "./split-file.ts";

/** What to import: a text file, or one object a line. */
export type ImportSource<Line extends object> = FileText | Iterable<Line> | AsyncIterable<Line>;

export interface ImportOptions extends CallOptions {
  /** What a text is written in: `csv` for a string or bytes, `jsonl` for what comes in pieces, when not given. */
  readonly format?: FileFormat | undefined;
  /** Told after each request how many lines were judged so far. */
  readonly onProgress?: ((lines: number) => void) | undefined;
}

/** What imports answer: counts by name, and what is wrong with the first of the bad lines. */
interface ImportAnswer {
  readonly problems: readonly { readonly line: number }[];
}

interface ImportCall<Answer> {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Whether a request that may have been carried out can be made again. */
  readonly repeatable: boolean;
  /** The answer to no lines at all. */
  readonly nothing: Answer;
}

/** Most problems that are kept of a whole file, as of one request. */
const problemsMax = 100;

/**
 * Sends a file in requests of bounded size, one after the other, and adds their answers up. Line numbers are those
 * of the whole file. When one fails, what those before it held is stored.
 */
export async function importFile<Answer extends ImportAnswer>(
  transport: Transport,
  { nothing, ...call }: ImportCall<Answer>,
  source: ImportSource<object>,
  { format, onProgress, ...options }: ImportOptions = {},
): Promise<Answer> {
  const isWhole = typeof source === "string" || source instanceof Uint8Array;
  const written = format ?? (isWhole ? "csv" : "jsonl");
  let lines = 0;
  let total = nothing;
  for await (const piece of splitFile(isWhole ? source : eachTextOf(source), written)) {
    const { body } = await transport.request<Answer>({
      ...options,
      ...call,
      method: "POST",
      file: { text: piece.text, type: mediaTypes[written] },
    });
    total = addUp(total, body, piece.toLine);
    lines += piece.lineCount;
    onProgress?.(lines);
  }
  return total;
}

const mediaTypes = { csv: "text/csv", jsonl: "application/x-ndjson" } as const;

/** Counts are added; problems get their number in the whole file. */
function addUp<Answer extends ImportAnswer>(
  total: Answer,
  answer: Answer,
  toLine: (line: number) => number,
): Answer {
  const before = new Map<string, unknown>(Object.entries(total));
  const counts = Object.entries(answer).flatMap(([name, count]) =>
    typeof count === "number" ? [[name, count + Number(before.get(name) ?? 0)] as const] : [],
  );
  const problems = answer.problems.map((one) => ({ ...one, line: toLine(one.line) }));
  return {
    ...answer,
    ...Object.fromEntries(counts),
    problems: [...total.problems, ...problems].slice(0, problemsMax),
  };
}

async function* eachTextOf(
  source: Exclude<ImportSource<object>, string | Uint8Array>,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  for await (const one of source) {
    if (typeof one === "string" || one instanceof Uint8Array) yield one;
    else yield `${JSON.stringify(one)}\n`;
  }
}
