import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { fromCsvField, toCsvLine } from "./csv-fields.ts";

describe("a line of CSV", () => {
  test.each([
    ["=1+1", "'=1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["-2+3", "'-2+3"],
    ["\t=1", "'\t=1"],
    ["'=1", "''=1"],
    ["+12025550123", "+12025550123"],
    ["-4.5", "-4.5"],
    ["plain", "plain"],
    ['a "b", c', '"a ""b"", c"'],
  ])("writes %j as %j", (field, written) => {
    expect(toCsvLine([field])).toBe(written);
  });

  it("is read as it was written", () => {
    const start = fc.constantFrom("", "=", "+", "-", "@", "'", "''", "\t", '"', ",");
    const field = fc.tuple(start, fc.string({ unit: "grapheme" })).map(([a, b]) => a + b);
    fc.assert(
      fc.property(fc.array(field, { minLength: 2, maxLength: 5 }), (fields) => {
        const [record] = parse(`${toCsvLine(fields)}\n`, { relax_column_count: true });
        expect(record?.map(fromCsvField)).toEqual(fields);
      }),
    );
  });
});
