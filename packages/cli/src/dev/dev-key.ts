import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../cli-error.ts";
import type { Host } from "../host.ts";

/** The data folder: `--data-dir`, else RICHLINE_DATA_DIR, else `.richline` here. */
export function dataDirOf(host: Host, given?: string): string {
  return given ?? host.env["RICHLINE_DATA_DIR"] ?? ".richline";
}

/** Where `richline dev` keeps its test key. */
export function devKeyFile(dataDir: string): string {
  return join(dataDir, "dev-api-key");
}

/** The test key of this data folder, made on the first start and readable by its owner only. */
export function keepDevKey(dataDir: string): string {
  const file = devKeyFile(dataDir);
  try {
    const kept = readFileSync(file, "utf8").trim();
    if (kept !== "") return kept;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  const key = `rl_test_${randomBytes(24).toString("hex")}`;
  writeDevKey(dataDir, key);
  return key;
}

/** Writes the key so that the other commands find it. */
export function writeDevKey(dataDir: string, key: string): void {
  mkdirSync(dataDir, { recursive: true });
  const file = devKeyFile(dataDir);
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  // The mode above counts for new files only.
  chmodSync(file, 0o600);
}
