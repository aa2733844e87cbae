import { expect, it } from "vitest";
import { applyPatch, diffList, emptyReading } from "./list-patch.ts";

interface Row {
  readonly id: number;
  readonly state: string;
}
const identity = { keyOf: (row: Row) => String(row.id), versionOf: (row: Row) => row.state };
const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, at) => ({ id: from + at, state: "new" }));
const readingOf = (rows: readonly Row[]) => diffList(emptyReading, rows, identity).reading;

it("a list that grew is patched with its new rows only, and keeps the old objects", () => {
  const before = rowsOf(0, 3);
  const { patch } = diffList(readingOf(before), rowsOf(0, 5), identity);
  expect(patch.added.map(({ id }) => id)).toEqual([3, 4]);
  expect(patch.changed).toEqual([]);
  const after = applyPatch(before, patch);
  expect(after).toEqual(rowsOf(0, 5));
  expect(after[2]).toBe(before[2]);
});

it("a list that lost its first rows while it grew is followed", () => {
  const before = rowsOf(0, 10);
  const { patch } = diffList(readingOf(before), rowsOf(4, 12), identity);
  expect(patch).toMatchObject({ drop: 4, keep: 6 });
  expect(applyPatch(before, patch)).toEqual(rowsOf(4, 12));
});

it("a row that changed is replaced, its neighbours are not", () => {
  const before = rowsOf(0, 3);
  const now = before.map((row) => (row.id === 1 ? { ...row, state: "read" } : { ...row }));
  const after = applyPatch(before, diffList(readingOf(before), now, identity).patch);
  expect(after[1]).toEqual({ id: 1, state: "read" });
  expect(after[0]).toBe(before[0]);
});

it("a list without changes stays the same object", () => {
  const before = rowsOf(0, 3);
  expect(applyPatch(before, diffList(readingOf(before), rowsOf(0, 3), identity).patch)).toBe(
    before,
  );
});

it("another list, a list that lost rows in its middle and an empty list replace what was there", () => {
  const before = rowsOf(0, 4);
  const middleGone = before.filter(({ id }) => id !== 1);
  for (const now of [rowsOf(100, 102), middleGone, []]) {
    expect(applyPatch(before, diffList(readingOf(before), now, identity).patch)).toEqual(now);
  }
});
