import { readFileSync } from "node:fs";

/** Text of a payload; `__fixtures__/SOURCES.md` says where each comes from. */
export function readFixture(name: string): string {
  return readFileSync(new URL(`../__fixtures__/${name}.json`, import.meta.url), "utf8");
}
