import { expect, it } from "vitest";
import { parsePoint } from "./places.ts";

it("a typed point counts only if both degrees are on earth", () => {
  expect(parsePoint("52.5", " 13,4 ")).toEqual({ latitude: 52.5, longitude: 13.4 });
  expect(parsePoint("0", "0")).toEqual({ latitude: 0, longitude: 0 });
  expect(parsePoint("91", "0")).toBeUndefined();
  expect(parsePoint("", "0")).toBeUndefined();
  expect(parsePoint("north", "0")).toBeUndefined();
});
