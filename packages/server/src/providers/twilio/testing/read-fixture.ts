import { readFileSync } from "node:fs";

/** Text of a payload; `__fixtures__/SOURCES.md` says where each comes from. */
export function readFixture(fileName: string): string {
  const text = readFileSync(new URL(`../__fixtures__/${fileName}`, import.meta.url), "utf8");
  return fileName.endsWith(".form") ? text.trim().split("\n").join("&") : text;
}
