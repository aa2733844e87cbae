import type { ConsentState, Mode } from "@richline/contract";
import { toTimestamp } from "../kernel/clock.ts";
import type { ImportFormat } from "../lines/read-lines.ts";
import type { ConsentRow } from "../store/consent-row.ts";
import type { Store } from "../store/store.ts";

export interface ExportRequest {
  readonly mode: Mode;
  readonly agentId?: string | undefined;
  readonly purpose?: string | undefined;
  readonly state?: ConsentState | undefined;
  readonly format: ImportFormat;
}

/** Rows that are read at once. Ours. */
const pageRows = 1_000;

/** The list as text, a page at a time, in the form that an import takes. No field needs quotes. */
export async function* writeLines(
  store: Store,
  { format, ...filter }: ExportRequest,
): AsyncGenerator<string> {
  if (format === "csv") yield "phoneNumber,state,agentId,purpose,at\n";
  let cursor: string | undefined;
  do {
    const page = await store.listConsents({ ...filter, cursor, limit: pageRows });
    yield page.items.map((row) => `${toLine(row, format)}\n`).join("");
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

function toLine({ phoneNumber, state, agentId, purpose, atMs }: ConsentRow, format: ImportFormat) {
  const at = toTimestamp(atMs);
  if (format === "csv") return [phoneNumber, state, agentId, purpose, at].join(",");
  return JSON.stringify({ phoneNumber, state, agentId, purpose, at });
}
