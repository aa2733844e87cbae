import { diffList, emptyReading, type ListPatch, type ListReading } from "./list-patch.ts";

/** Lists whose rows are compared in a way of their own. */
export type ListKind = "messages" | "requests" | "webhooks";

/** Asks the worker to read a list. It answers what changed since it last read the same `url`, if that was `since`. */
export interface ReadRequest {
  readonly id: number;
  readonly url: string;
  readonly list: ListKind;
  /** The id of the last reading whose answer was taken; 0 for none. */
  readonly since: number;
}

export type ReadAnswer =
  | {
      readonly id: number;
      readonly patch: ListPatch<unknown>;
      /** Whether `patch` goes on from `since`; else it is the whole list. */
      readonly continues: boolean;
      /** The answer's other fields. */
      readonly rest: Readonly<Record<string, unknown>>;
    }
  | { readonly id: number; readonly error: string };

interface KnownReading {
  readonly id: number;
  readonly reading: ListReading;
}

/** Lists that are remembered; more than anybody looks at at once. */
const knownMax = 16;

type Fields = Readonly<Record<string, unknown>>;

/** Reads lists with `fetchJson` and answers with what is new in them. */
export function createListReader(fetchJson: (url: string) => Promise<Fields>) {
  const known = new Map<string, KnownReading>();
  return async (request: ReadRequest): Promise<ReadAnswer> => {
    const { id, url, list, since } = request;
    try {
      const { [list]: value, ...rest } = await fetchJson(url);
      const rows: readonly unknown[] = Array.isArray(value) ? value : [];
      const last = known.get(url);
      const continues = last !== undefined && last.id === since;
      const before = continues ? last.reading : emptyReading;
      const { patch, reading } = diffList(before, rows, identities[list]);
      known.delete(url);
      known.set(url, { id, reading });
      for (const oldest of known.keys()) {
        if (known.size <= knownMax) break;
        known.delete(oldest);
      }
      return { id, patch, continues, rest };
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error) };
    }
  };
}

const text = (row: unknown, fields: readonly string[]) =>
  fields.map((field) => String(fieldOf(row, field) ?? "")).join(" ");

const identities = {
  messages: {
    keyOf: (row: unknown) => text(row, ["direction", "channel", "agentId", "sender", "messageId"]),
    versionOf: (row: unknown) => text(row, ["sentAt", "deliveredAt", "readAt"]),
  },
  requests: {
    keyOf: (row: unknown) => text(row, ["id"]),
    versionOf: (row: unknown) => text(row, ["status", "durationMs"]),
  },
  webhooks: {
    keyOf: (row: unknown) => text(row, ["id"]),
    versionOf: (row: unknown) => text(row, ["tries", "state", "status", "durationMs", "error"]),
  },
} as const;

function fieldOf(row: unknown, field: string): unknown {
  // SAFETY: any object may be read by any name; what is absent reads as undefined.
  return typeof row === "object" && row !== null ? (row as Fields)[field] : undefined;
}
