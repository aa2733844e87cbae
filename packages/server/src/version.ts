import { readFileSync } from "node:fs";

/** The version of this package, which is that of all packages. */
export const packageVersion: string = readVersion();

function readVersion(): string {
  const parsed: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  const version: unknown =
    typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "version") : undefined;
  return typeof version === "string" ? version : "0.0.0";
}
