import { expect, it } from "vitest";
import { placeOf, readPlacedJson } from "./json-positions.ts";

it("values are read as JSON.parse reads them, and each is found again by its path", () => {
  const text = '{\n  "a": [1, {"b": "x\\n\\u00e9"}],\n  "c": null, "d": -1.5e3, "e": true\n}';
  const placed = readPlacedJson(text);
  if ("error" in placed) throw new Error(placed.error);
  expect(placed.value).toEqual(JSON.parse(text));
  expect(placeOf(text, placed.offsets.get("a[1].b") ?? -1)).toEqual({ line: 2, column: 13 });
  expect(placeOf(text, placed.offsets.get("d") ?? -1)).toEqual({ line: 3, column: 14 });
});

it.each([
  ['{"a": 1,}', "A comma stands before the end.", 8],
  ['{"a" 1}', "A colon is missing.", 5],
  ["{a: 1}", "A name in double quotes should stand here.", 1],
  ['{"a": "x}', "This text has no closing quote.", 6],
  ['{"a": yes}', "yes is no JSON value.", 6],
  ['{"a": 1} x', "Something follows the JSON.", 9],
  ["", "The JSON ends where a value should stand.", 0],
  ["[1 2]", "A comma or ] is missing.", 3],
])("%s is refused where it goes wrong", (text, error, offset) => {
  expect(readPlacedJson(text)).toEqual({ error, offset });
});

it("what is nested without end is refused", () => {
  expect(readPlacedJson("[".repeat(10_000))).toHaveProperty("error");
});
