import {
  type ImportContactsResponse,
  type ImportProblem,
  limits,
  type Mode,
} from "@richline/contract";
import { isSupportedCountry } from "libphonenumber-js";
import type { Clock } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { Chunks, ImportFormat } from "../lines/read-lines.ts";
import type { ContactChange } from "../store/contact-row.ts";
import type { Store } from "../store/store.ts";
import { readContactLines } from "./read-contact-lines.ts";

export interface ContactImport {
  readonly chunks: Chunks;
  readonly format: ImportFormat;
  /** Where numbers without `+` are from. */
  readonly defaultCountry: string | undefined;
  readonly dryRun: boolean;
}

/** Lines of one transaction. Ours: short enough that what else writes does not wait for it. */
const batchLinesMax = 500;

export const tooManyAttributes = {
  code: "too_many",
  detail: `With those that it has, the contact would have more than ${limits.contactAttributesMax} attributes.`,
} as const;

interface Judged {
  readonly line: number;
  readonly change: ContactChange;
}

/** What an import came to so far. */
interface Tally {
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  readonly problems: ImportProblem[];
}

/**
 * Stores a file as it comes, a batch in a transaction. What ends it in the middle leaves what stands before as
 * it is; the same file again changes nothing of that.
 */
export async function importContacts(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  mode: Mode,
  file: ContactImport,
): Promise<ImportContactsResponse> {
  const country = readCountry(file.defaultCountry);
  const tally: Tally = { created: 0, updated: 0, unchanged: 0, refused: 0, problems: [] };
  let batch: Judged[] = [];
  const flush = async () => {
    const results = await store.changeContacts(
      batch.map(({ change }) => change),
      !file.dryRun,
    );
    for (const [index, { kind }] of results.entries()) {
      const line = batch[index]?.line ?? 0;
      if (kind === "created" || kind === "updated" || kind === "unchanged") tally[kind] += 1;
      else refuse(tally, [{ line, field: "attributes", ...tooManyAttributes }]);
    }
    batch = [];
  };
  try {
    for await (const read of readContactLines(file.chunks, file.format, country)) {
      if ("problems" in read) {
        refuse(tally, read.problems);
        continue;
      }
      const { conversationId, said, line } = read;
      const change = { mode, conversationId, said, creates: true, nowMs: clock.now() };
      batch.push({ line, change });
      if (batch.length === batchLinesMax) await flush();
    }
  } catch (error) {
    throw withProgress(error, file.dryRun ? 0 : tally.created + tally.updated + tally.unchanged);
  }
  await flush();
  return tally;
}

function refuse(tally: Tally, problems: readonly ImportProblem[]): void {
  tally.refused += 1;
  const room = limits.importProblemsMax - tally.problems.length;
  tally.problems.push(...problems.slice(0, room));
}

function readCountry(country: string | undefined) {
  if (country === undefined || isSupportedCountry(country)) return country;
  const detail = "There is no country with this code.";
  throw new PlatformError("invalid_request", {
    errors: [{ path: "/defaultCountry", code: "invalid_value", detail }],
  });
}

/** Says how much of a file that turned out bad is stored. */
function withProgress(error: unknown, lines: number): unknown {
  if (!(error instanceof PlatformError) || lines === 0) return error;
  return new PlatformError(error.code, {
    publicMessage: `${error.publicMessage} The first ${lines} good lines are stored.`,
    cause: error,
  });
}
