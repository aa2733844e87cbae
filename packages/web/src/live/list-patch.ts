/**
 * How a list that was read again differs from its last reading, for lists that grow at their end and lose rows at their
 * beginning: `drop` rows go from the front, `keep` of the others stay (but for `changed`), `added` follow.
 */
export interface ListPatch<Row> {
  readonly drop: number;
  readonly keep: number;
  readonly changed: readonly (readonly [index: number, row: Row])[];
  readonly added: readonly Row[];
}

/** What is remembered of a reading to compare the next one with it. */
export interface ListReading {
  readonly keys: readonly string[];
  readonly versions: readonly string[];
}

export interface RowIdentity<Row> {
  /** What tells rows apart. */
  readonly keyOf: (row: Row) => string;
  /** What differs when a row of the same key has changed. */
  readonly versionOf: (row: Row) => string;
}

export const emptyReading: ListReading = { keys: [], versions: [] };

/** Compares a list with its last reading. */
export function diffList<Row>(
  before: ListReading,
  rows: readonly Row[],
  { keyOf, versionOf }: RowIdentity<Row>,
): { readonly patch: ListPatch<Row>; readonly reading: ListReading } {
  const reading = { keys: rows.map(keyOf), versions: rows.map(versionOf) };
  const [firstKey] = reading.keys;
  const start = firstKey === undefined ? -1 : before.keys.indexOf(firstKey);
  if (start === -1) return { patch: { drop: 0, keep: 0, changed: [], added: rows }, reading };
  const changed: [number, Row][] = [];
  let keep = 0;
  for (const [index, row] of rows.entries()) {
    if (before.keys[start + index] !== reading.keys[index]) break;
    if (before.versions[start + index] !== reading.versions[index]) changed.push([index, row]);
    keep += 1;
  }
  return { patch: { drop: start, keep, changed, added: rows.slice(keep) }, reading };
}

/** The list after a patch; the same object where nothing changed. Rows that did not change are the same objects. */
export function applyPatch<Row>(rows: readonly Row[], patch: ListPatch<Row>): readonly Row[] {
  const { drop, keep, changed, added } = patch;
  if (drop === 0 && keep === rows.length && changed.length === 0 && added.length === 0) return rows;
  const next = rows.slice(drop, drop + keep);
  for (const [index, row] of changed) next[index] = row;
  return next.concat(added);
}
