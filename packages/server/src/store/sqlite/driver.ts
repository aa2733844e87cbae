import { Worker } from "node:worker_threads";
import type { SqlRow, SqlValue } from "../sql/session.ts";

/** One connection to a SQLite file. Requests run in the order they are made. */
export interface SqliteConnection {
  /** Runs statements that take no parameters and answer no rows. */
  exec(sql: string): Promise<void>;
  all(sql: string, parameters: readonly SqlValue[]): Promise<SqlRow[]>;
  /** Runs one statement for each row of parameters; answers all their rows. */
  each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<SqlRow[]>;
  close(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly rows?: SqlRow[];
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (rows: SqlRow[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Opens a file in a thread of its own, with the built-in driver where Node has it, else with the package
 * that ships the same API.
 *
 * Both drivers are synchronous: on the main thread every commit would stop the HTTP server until the
 * disk has answered. Measured on two cores, 64 connections: 5,250 accepts/s on the main thread, of which
 * half the time was spent in the driver; docs/benchmarks.md has the figures with the thread.
 */
export function openConnection(path: string): SqliteConnection {
  const worker = new Worker(new URL("./sqlite-worker.mjs", import.meta.url), {
    workerData: { path, driver: hasBuiltIn() ? "node:sqlite" : "@photostructure/sqlite" },
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: Error | undefined;

  worker.on("message", (answer: Answer) => {
    const entry = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) entry?.resolve(answer.rows ?? []);
    else entry?.reject(new Error(answer.error));
  });
  const end = (error: Error) => {
    ended = error;
    for (const entry of waiting.values()) entry.reject(error);
    waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", () => end(new Error("database is not open")));

  function request(
    command: "exec" | "all" | "each" | "close",
    sql: string,
    rows: readonly (readonly SqlValue[])[] = [],
  ): Promise<SqlRow[]> {
    if (ended !== undefined) return Promise.reject(ended);
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, command, sql, rows });
    });
  }
  return {
    exec: async (sql) => void (await request("exec", sql)),
    all: (sql, parameters) => request("all", sql, [parameters]),
    each: (sql, rows) => request("each", sql, rows),
    close: async () => {
      await request("close", "");
      await worker.terminate();
    },
  };
}

/** Node 22.13 and later have `node:sqlite` without a flag. */
function hasBuiltIn(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}
