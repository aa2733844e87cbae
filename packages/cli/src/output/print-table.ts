import Table from "cli-table3";
import type { Output } from "./output.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | undefined;
}

/** Prints rows as a table for people, and as one JSON value a line for programs. */
export function printTable<Row>(
  output: Output,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): void {
  if (output.isJson) {
    for (const row of rows) output.result(row, () => "");
    return;
  }
  output.result(rows, () => formatTable(output, rows, columns));
}

/** The table alone, for what has more to say. */
export function formatTable<Row>(
  { colors }: Output,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): string {
  if (rows.length === 0) return "None.";
  const table = new Table({
    head: columns.map((column) => colors.bold(column.title)),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  for (const row of rows) table.push(columns.map((column) => column.cell(row) ?? ""));
  return table.toString();
}

const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
