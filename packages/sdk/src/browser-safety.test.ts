import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = dirname(fileURLToPath(import.meta.url));
/** An entry of its own, which only Node loads. */
const nodeOnly = "bot/storage/sqlite-storage.ts";
const shipped = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
  (path) =>
    path.endsWith(".ts") &&
    !path.endsWith(".test.ts") &&
    !/^(bot\/)?testing/.test(path) &&
    path !== nodeOnly,
);

test.each(shipped)("%s runs in a browser: no package, no Node module, no Node global", (path) => {
  const source = readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const imports = [...source.matchAll(/^(import|export)\s(type\s)?[^;]*?from\s+"([^"]+)"/gm)];
  const atRunTime = imports.filter((found) => found[2] === undefined).map((found) => found[3]);
  expect(atRunTime.filter((from) => from?.startsWith(".") !== true)).toEqual([]);
  expect(atRunTime.filter((from) => from?.endsWith("sqlite-storage.ts"))).toEqual([]);
  expect(source).not.toMatch(/\b(process|Buffer|require|__dirname|setImmediate)\b/);
});

test("the package has no runtime dependency", () => {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "../package.json"), "utf8"));
  expect(manifest).not.toHaveProperty("dependencies");
});
