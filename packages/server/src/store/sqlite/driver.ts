import { createRequire } from "node:module";
import type { SqlRow, SqlValue } from "../sql/session.ts";

/** The part of `node:sqlite` that we use; `@photostructure/sqlite` has the same. Everything is synchronous. */
export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  all(...parameters: readonly SqlValue[]): SqlRow[];
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteConnection;
}

/** Opens a file with the built-in driver where Node has it, else with the package that ships the same API. */
export function openConnection(path: string): SqliteConnection {
  const name = hasBuiltIn() ? "node:sqlite" : "@photostructure/sqlite";
  // SAFETY: both modules document this class; the conformance suite runs on whichever is loaded.
  const { DatabaseSync } = createRequire(import.meta.url)(name) as SqliteModule;
  return new DatabaseSync(path);
}

/** Node 22.13 and later have `node:sqlite` without a flag. */
function hasBuiltIn(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}
