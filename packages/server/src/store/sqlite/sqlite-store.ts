import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { slotHoldMs } from "../../domain/pacing.ts";
import { errorText, PlatformError } from "../../kernel/errors.ts";
import { createHearers } from "../sql/hearers.ts";
import { type MigrationResult, migrate } from "../sql/migrate.ts";
import { cleanValue, type Database, type Session, type SqlValue } from "../sql/session.ts";
import { createSqlStore } from "../sql/sql-store.ts";
import type { Hint, Store } from "../store.ts";
import { openConnection, type SqliteConnection, type SqliteStatement } from "./driver.ts";

/** Another process owns the file. */
export class StoreInUseError extends Error {
  readonly path: string;
  constructor(path: string, options?: ErrorOptions) {
    super(
      `Another process has ${path} open. One process owns a SQLite store: stop the other one, ` +
        "or set RICHLINE_DATABASE_URL to a PostgreSQL server that several can share.",
      options,
    );
    this.name = "StoreInUseError";
    this.path = path;
  }
}

/**
 * Opens, and where needed makes or migrates, the embedded store in a file, on the thread that calls:
 * a commit stops that thread until the disk has answered.
 *
 * One process owns the file: `locking_mode=EXCLUSIVE` holds SQLite's own lock from the first write to
 * the end of the process, also after `kill -9`. `synchronous=FULL` makes a commit survive a power cut.
 * Leases of an earlier process are void, since that process no longer owns the file.
 */
export async function openSqliteStoreHere(
  path: string,
): Promise<{ readonly store: Store; readonly migrated: MigrationResult }> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Secrets, numbers and messages: for this user only. SQLite gives its other files the same mode.
  closeSync(openSync(path, "a", 0o600));
  const connection = openConnection(path);
  try {
    connection.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; " +
        "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 1000",
    );
    const database = createDatabase(connection);
    const migrated = await database.write(async (session) => {
      const result = await migrate(session);
      await session.all(
        "UPDATE jobs SET lease_token = NULL, due_at_ms = created_at_ms, interrupted = 1 WHERE lease_token IS NOT NULL",
      );
      await session.all(voidShares);
      return result;
    });
    return { store: createSqlStore(database), migrated };
  } catch (error) {
    if (!isBusy(error)) {
      release(connection);
      throw error;
    }
    connection.close();
    throw new StoreInUseError(path, { cause: error });
  }
}

/** Shares of the limits of an earlier process are void too, when what it sent last is a second old. */
const voidShares = `UPDATE rate_shares SET until_ms =
  min(until_ms, CAST((julianday('now') - 2440587.5) * 86400000 AS integer) + ${slotHoldMs})`;

/** One connection; transactions and reads take turns, so that no read sees half a write. */
function createDatabase(connection: SqliteConnection): Database {
  const hearers = createHearers();
  const hinted = new Set<Hint>();
  const session = createSession(connection, (hint) => hinted.add(hint));
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }
  return {
    dialect: "sqlite",
    write: (work) =>
      inTurn(async () => {
        hinted.clear();
        const result = await transact(connection, session, work);
        hearers.tell(hinted);
        return result;
      }),
    read: (work) => inTurn(() => work(session).catch(rethrow)),
    onHint: hearers.add,
    close: () => inTurn(async () => release(connection)),
  };
}

/**
 * Closes the connection and lets go of the file now. The package for Node 20 cannot finalise a statement
 * before it is collected, and until then SQLite keeps a closed connection's locks; leaving WAL first
 * makes it leave the exclusive mode. Node's own driver needs none of this and is not harmed by it.
 */
function release(connection: SqliteConnection): void {
  connection.exec(
    "PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema",
  );
  connection.close();
}

async function transact<Result>(
  connection: SqliteConnection,
  session: Session,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  try {
    connection.exec("BEGIN IMMEDIATE");
    const result = await work(session);
    connection.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(connection);
    if (isFull(error)) emptyLog(connection);
    return rethrow(error);
  }
}

function isFull(error: unknown): boolean {
  return /disk is full/i.test(errorText(error));
}

/**
 * Moves what the write-ahead log holds into the database, and gives the log's room back. On a disk that is
 * full by the log itself (up to 16 MB between two checkpoints) nothing else would: a commit that fails
 * makes no checkpoint.
 */
function emptyLog(connection: SqliteConnection): void {
  try {
    connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // No room for that either; the next commit tries again.
  }
}

/** SQLite rolls back by itself after some errors (a full disk); then there is nothing left to undo. */
function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec("ROLLBACK");
  } catch (error) {
    if (!errorText(error).includes("no transaction is active")) throw error;
  }
}

function createSession(connection: SqliteConnection, hint: Session["hint"]): Session {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    // `$1` is a named parameter to SQLite, `?1` a numbered one.
    const statement = connection.prepare(sql.replaceAll(/\$(\d+)/g, "?$1"));
    statements.set(sql, statement);
    return statement;
  };
  return {
    dialect: "sqlite",
    all: async (sql, parameters = []) => prepare(sql).all(...parameters),
    insert: async ({ table, columns, rows, suffix = "" }) => {
      const names = Object.keys(columns);
      const marks = names.map(() => "?").join(", ");
      const statement = prepare(
        `INSERT INTO ${table} (${names.join(", ")}) VALUES (${marks}) ${suffix}`,
      );
      return rows.flatMap((row) =>
        statement.all(...names.map((name) => cleanNul(row[name] ?? null))),
      );
    },
    hint,
  };
}

/** Errors of the file system make the store unavailable; all others are ours. */
function rethrow(error: unknown): never {
  if (
    /disk is full|database or disk is full|disk I\/O error|unable to open|readonly database|not open/i.test(
      errorText(error),
    )
  ) {
    throw new PlatformError("store_unavailable", {
      message: `SQLite: ${errorText(error)}`,
      retryAfterSeconds: 5,
      cause: error,
    });
  }
  throw error;
}

function isBusy(error: unknown): boolean {
  return /database is locked|SQLITE_BUSY/i.test(errorText(error));
}

/** The driver for Node 20 reads text up to its first NUL; half a surrogate pair it replaces itself. */
function cleanNul(value: SqlValue): SqlValue {
  return typeof value === "string" && value.includes("\0") ? cleanValue(value) : value;
}
