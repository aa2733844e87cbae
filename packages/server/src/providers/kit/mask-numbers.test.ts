import { expect, it } from "vitest";
import { maskNumbers } from "./mask-numbers.ts";

it.each([
  ["The 'To' number +12025550123 is not valid.", "The 'To' number …23 is not valid."],
  ["12025550123 is unsubscribed", "…23 is unsubscribed"],
  ["400 21211: Invalid 'To' Phone Number", "400 21211: Invalid 'To' Phone Number"],
])("a phone number in %j keeps two digits, and error codes stay", (words, expected) => {
  expect(maskNumbers(words)).toBe(expected);
});
