import { closeSync, mkdirSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { BotStorage, Wakeup } from "./bot-storage.ts";

/** How long another process may hold the file before we give up, in milliseconds: a restart overlaps a little. */
const busyTimeoutMs = 2_000;
const schemaVersion = 1;

type SqlValue = string | number | null;

/** The part of `node:sqlite` that we use; `@photostructure/sqlite` has the same. Everything is synchronous. */
interface Connection {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  get(...parameters: readonly SqlValue[]): Readonly<Record<string, unknown>> | undefined;
  all(...parameters: readonly SqlValue[]): readonly Readonly<Record<string, unknown>>[];
  run(...parameters: readonly SqlValue[]): unknown;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => Connection;
}

export interface SqliteStorageOptions {
  /** The file; `.richline/bot.db` when not given. Its folder is made when it is missing. */
  readonly path?: string | undefined;
}

/**
 * Keeps everything in a SQLite file that one process owns: a second one is refused. Needs Node 22.13 or newer, or the
 * package `@photostructure/sqlite`, which ships its binaries.
 */
export function sqliteStorage(options: SqliteStorageOptions = {}): BotStorage {
  const path = options.path ?? ".richline/bot.db";
  let opened: OpenFile | undefined;
  const file = (): OpenFile => {
    if (opened === undefined) throw new Error(`${path} is not open.`);
    return opened;
  };
  return {
    open: async () => {
      opened ??= openFile(path);
    },
    read: async (key) => {
      const value = file().read.get(key)?.["value"];
      return typeof value === "string" ? value : undefined;
    },
    write: async (entries) => {
      const { connection, put, remove } = file();
      connection.exec("BEGIN IMMEDIATE");
      try {
        for (const { key, value, wakeAtMs } of entries) {
          if (value === undefined) remove.run(key);
          else put.run(key, value, wakeAtMs ?? null);
        }
        connection.exec("COMMIT");
      } catch (error) {
        rollBack(connection);
        throw error;
      }
    },
    wakeups: async (limit) => file().wakeups.all(limit).map(toWakeup),
    close: async () => {
      const closing = opened?.connection;
      opened = undefined;
      // The package for Node 20 keeps a closed connection's lock until its statements are collected; leaving WAL first
      // makes SQLite leave the exclusive mode.
      closing?.exec("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL");
      closing?.exec("SELECT count(*) FROM sqlite_schema");
      closing?.close();
    },
  };
}

/** After some errors, such as a full disk, SQLite has rolled back by itself and refuses to do it again. */
function rollBack(connection: Connection): void {
  try {
    connection.exec("ROLLBACK");
  } catch {
    // The error that led here says more.
  }
}

interface OpenFile {
  readonly connection: Connection;
  readonly read: Statement;
  readonly put: Statement;
  readonly remove: Statement;
  readonly wakeups: Statement;
}

function openFile(path: string): OpenFile {
  const { DatabaseSync } = loadDriver();
  if (path !== ":memory:") {
    mkdirSync(dirname(path), { recursive: true });
    // What people said: for this user only. SQLite gives its other files the same mode.
    closeSync(openSync(path, "a", 0o600));
  }
  const connection = new DatabaseSync(path);
  try {
    prepareFile(connection, path);
    return {
      connection,
      read: connection.prepare("SELECT value FROM entries WHERE key = ?"),
      put: connection.prepare(
        `INSERT INTO entries (key, value, wake_at_ms) VALUES (?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, wake_at_ms = excluded.wake_at_ms`,
      ),
      remove: connection.prepare("DELETE FROM entries WHERE key = ?"),
      wakeups: connection.prepare(
        `SELECT key, wake_at_ms FROM entries WHERE wake_at_ms IS NOT NULL
         ORDER BY wake_at_ms LIMIT ?`,
      ),
    };
  } catch (error) {
    connection.close();
    if (!(error instanceof Error) || !error.message.includes("locked")) throw error;
    throw new Error(
      `${path} is used by another process. A bot's file belongs to one process; stop the other or give this one a path of its own.`,
      { cause: error },
    );
  }
}

/** Takes the file for this process until it is closed or the process ends, however it ends. */
function prepareFile(connection: Connection, path: string): void {
  connection.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  connection.exec("PRAGMA locking_mode = EXCLUSIVE");
  connection.exec("PRAGMA journal_mode = WAL");
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("BEGIN EXCLUSIVE");
  const version = Number(connection.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > schemaVersion) {
    throw new Error(`${path} was written by a newer version of @richline/sdk. Update it.`);
  }
  connection.exec(`
    CREATE TABLE IF NOT EXISTS entries (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL,
      wake_at_ms INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS entries_wake ON entries (wake_at_ms) WHERE wake_at_ms IS NOT NULL;
    PRAGMA user_version = ${schemaVersion};
  `);
  connection.exec("COMMIT");
}

/** The built-in driver where Node has it, else the package with the same API. */
function loadDriver(): SqliteModule {
  const require = createRequire(import.meta.url);
  const causes: unknown[] = [];
  for (const name of ["node:sqlite", "@photostructure/sqlite"]) {
    try {
      // SAFETY: both document this class; the conformance suite runs on whichever is loaded.
      return require(name) as SqliteModule;
    } catch (error) {
      causes.push(error);
    }
  }
  throw new Error(
    "There is no SQLite here. Use Node 22.13 or newer, or npm install @photostructure/sqlite, or give createBot another storage.",
    { cause: new AggregateError(causes) },
  );
}

function toWakeup(row: Readonly<Record<string, unknown>>): Wakeup {
  return { key: String(row["key"]), wakeAtMs: Number(row["wake_at_ms"]) };
}
