import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { magicNumbers } from "./magic-numbers.ts";

test("the guide's table of magic numbers is the one in the code", async () => {
  const guide = await readFile(
    new URL("../../../docs/guides/emulator.md", import.meta.url),
    "utf8",
  );
  const rows = magicNumbers.map((one) => `| \`${one.phoneNumber}\` | ${one.description} |`);
  const table = ["| number | what happens |", "|---|---|", ...rows].join("\n");
  expect(guide).toContain(`<!-- magic numbers: begin -->\n${table}\n<!-- magic numbers: end -->`);
});
