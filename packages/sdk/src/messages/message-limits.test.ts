import { limits } from "@richline/contract";
import { expect, test } from "vitest";
import { messageLimits } from "./message-limits.ts";

test("the copied limits are the contract's", () => {
  expect(limits).toMatchObject(messageLimits);
});
