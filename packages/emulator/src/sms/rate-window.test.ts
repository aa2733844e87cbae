import { expect, test } from "vitest";
import { RateWindow } from "./rate-window.ts";

test("no second, wherever it begins, holds more than the rate", () => {
  const rate = new RateWindow();
  expect([0, 500, 900].map((atMs) => rate.take(2, atMs))).toEqual([true, true, false]);
  expect([999, 1_000, 1_001].map((atMs) => rate.take(2, atMs))).toEqual([false, true, false]);
  expect(rate.take(2, 1_500)).toBe(true);
});
