// @ts-check
// The thread that owns the SQLite connection. A commit waits for the disk; here it keeps no request waiting.
// Plain JavaScript, because a worker is loaded by file name from the sources and from the build alike.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

/** @typedef {string | number | null} Value */
/** @typedef {{ id: number, command: "exec" | "all" | "each" | "close", sql: string, rows: Value[][] }} Request */

const { DatabaseSync } = createRequire(import.meta.url)(workerData.driver);
const connection = new DatabaseSync(workerData.path);
/** @type {Map<string, { all(...parameters: Value[]): unknown[] }>} */
const statements = new Map();

parentPort?.on("message", (/** @type {Request} */ request) => {
  try {
    parentPort?.postMessage({ id: request.id, rows: run(request) });
  } catch (error) {
    parentPort?.postMessage({
      id: request.id,
      error: error instanceof Error ? error.message : String(error),
    });
  }
  if (request.command === "close") parentPort?.close();
});

/** @param {Request} request */
function run({ command, sql, rows }) {
  switch (command) {
    case "exec":
      connection.exec(sql);
      return [];
    case "all":
      return prepare(sql).all(...(rows[0] ?? []));
    case "each": {
      const statement = prepare(sql);
      return rows.flatMap((row) => statement.all(...row));
    }
    case "close":
      connection.close();
      return [];
  }
}

/** @param {string} sql */
function prepare(sql) {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = connection.prepare(sql);
  statements.set(sql, statement);
  return statement;
}
