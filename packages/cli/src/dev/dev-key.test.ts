import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { apiKeyOf } from "../connection.ts";
import { captureHost } from "../testing/capture-host.ts";
import { devKeyFile, keepDevKey, writeDevKey } from "./dev-key.ts";

function aDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "richline-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "data");
}

test("the key of a data folder stays the same and is its owner's alone", () => {
  const dataDir = aDataDir();
  const key = keepDevKey(dataDir);
  expect(key).toMatch(/^rl_test_[0-9a-f]{48}$/);
  expect(keepDevKey(dataDir)).toBe(key);
  expect(statSync(devKeyFile(dataDir)).mode & 0o777).toBe(0o600);
});

test("commands beside a running `dev` find its key, but only for a gateway on this machine", () => {
  const dataDir = aDataDir();
  writeDevKey(dataDir, "rl_test_kept");
  const host = captureHost({ env: { RICHLINE_DATA_DIR: dataDir } });
  expect(apiKeyOf({}, host)).toBe("rl_test_kept");
  expect(apiKeyOf({ url: "https://gateway.example.com" }, host)).toBeUndefined();
  expect(apiKeyOf({ apiKey: "rl_test_mine" }, host)).toBe("rl_test_mine");
});
