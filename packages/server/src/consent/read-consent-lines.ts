import { consentImportLine, toFieldErrors } from "@richline/contract";
import { isPossiblePhoneNumber } from "libphonenumber-js";
import type { z } from "zod";
import { type Chunks, type ImportFormat, readLines } from "../lines/read-lines.ts";

/** One line of an import with its number in the file, from 1. */
export type ConsentLine =
  | { readonly line: number; readonly value: z.output<typeof consentImportLine> }
  | { readonly line: number; readonly problem: string };

/** Every line of a file, good or bad. */
export async function* readConsentLines(
  chunks: Chunks,
  format: ImportFormat,
): AsyncGenerator<ConsentLine> {
  for await (const read of readLines(chunks, { format, judgeColumns }))
    yield "problem" in read ? read : judge(read.line, read.value);
}

const columns = Object.keys(consentImportLine.shape);
const needed = ["phoneNumber", "state"];

function judgeColumns(names: readonly string[]): string | undefined {
  const isKnown = names.every((name) => columns.includes(name));
  if (isKnown && needed.every((name) => names.includes(name))) return undefined;
  return `The first line must name the columns: phoneNumber and state, and as you like ${columns
    .filter((name) => !needed.includes(name))
    .join(", ")}.`;
}

function judge(line: number, value: unknown): ConsentLine {
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
