import { randomUUID } from "node:crypto";
import pg from "pg";
import { type Clock, systemClock } from "../../kernel/clock.ts";
import { errorText, invariant, PlatformError } from "../../kernel/errors.ts";
import type { Logger } from "../../kernel/logger.ts";
import { createHearers, type Hearers, isHint } from "../sql/hearers.ts";
import { type MigrationResult, migrate } from "../sql/migrate.ts";
import {
  type Database,
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  toJsonRows,
} from "../sql/session.ts";
import { createSqlStore } from "../sql/sql-store.ts";
import type { Hint, Store } from "../store.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Schema that holds the tables. Default `public`; tests use one each. */
  readonly schema?: string;
  readonly logger: Logger;
  /** Most connections of this node. Default 10. */
  readonly connectionsMax?: number;
  /** Whose time leases and due times are in. Default: this machine's. */
  readonly clock?: Clock;
}

/** The channel of hints between nodes. */
const hintChannel = "richline_hint";

/** A number of our own: only one node migrates at a time. */
const migrationLock = 7_254_610;

/** Longest time one statement may take, in milliseconds: a lock held by a dead node must not hold us for ever. */
const statementTimeoutMs = 15_000;

/**
 * How long we wait for an answer ourselves, in milliseconds. A server that vanished without a word cannot
 * end a statement, and every later commit of this node waits for the one under way.
 */
const queryTimeoutMs = 20_000;

/** Connects, and where needed makes or migrates the tables. */
export async function openPostgresStore(
  options: PostgresOptions,
): Promise<{ readonly store: Store; readonly migrated: MigrationResult }> {
  const database = createDatabase(createPool(options), options);
  try {
    const migrated = await database.write(async (session) => {
      await session.all(`SELECT pg_advisory_xact_lock(${migrationLock})`);
      return migrate(session);
    });
    await checkClock(database, options.clock ?? systemClock);
    return { store: createSqlStore(database), migrated };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Most that this machine's clock may differ from the database's, in milliseconds. Leases and due times are
 * written by one node's clock and read by another's; a lease of 45 s bears this, a provider call and a
 * retry's first delay beside it. Ours: NTP keeps machines within a tenth of a second.
 */
const clockSkewMsMax = 5_000;

async function checkClock(database: Database, clock: Clock): Promise<void> {
  const askedAtMs = clock.now();
  const [row] = await database.read((session) =>
    session.all("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms"),
  );
  const answeredAtMs = clock.now();
  invariant(row !== undefined, "a SELECT without FROM answers one row");
  const databaseMs = numberOf(row, "now_ms");
  const skewMs = Math.max(askedAtMs - databaseMs, databaseMs - answeredAtMs);
  if (skewMs <= clockSkewMsMax) return;
  throw new Error(
    `This machine's clock and PostgreSQL's are ${Math.round(skewMs / 1000)} s apart; nodes that share a database ` +
      `need clocks within ${clockSkewMsMax / 1000} s of each other. Start NTP on both.`,
  );
}

/**
 * Every statement here finds few rows by an index, and the planner does not know it: it takes a JSON array for
 * a hundred rows and a table that was never analyzed for a small one, and then reads it whole. Off means "only
 * where there is no other way". One plan for each statement is then the right one, and is made once.
 * Measured, 4,000 messages from request to READ, two cores: reading the messages of a batch took 4.4 ms with
 * the planner's own choice, and 0.2 ms so; whole lifecycles went from 370/s to 450 and more.
 */
const plannerSettings = [
  "enable_seqscan=off",
  "enable_hashjoin=off",
  "enable_mergejoin=off",
  "plan_cache_mode=force_generic_plan",
  // What has no other way looks dear beyond measure, and would be compiled for it: 30 ms for a table of one row.
  "jit=off",
] as const;

function createPool(options: PostgresOptions): pg.Pool {
  const types = new pg.TypeOverrides();
  // Counts and milliseconds stay far below 2^53.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  types.setTypeParser(pg.types.builtins.INT4, Number);
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    types,
    // Statements that do not wait for each other share a round trip (sql/*.ts sends them together).
    pipeline: true,
    options: [
      ...plannerSettings,
      ...(options.schema === undefined ? [] : [`search_path=${options.schema}`]),
    ]
      .map((setting) => `-c ${setting}`)
      .join(" "),
  });
  // One that breaks in the middle of a transaction fails its statements, and says so once more as an event,
  // which would end the process if nobody listened: the pool listens to idle connections only.
  pool.on("connect", (client) => client.on("error", () => undefined));
  // An idle connection that breaks (the server restarts) is replaced by the pool; nobody waits on it.
  pool.on("error", (error) =>
    options.logger.warn({ error: error.message }, "lost a database connection"),
  );
  return pool;
}

function createDatabase(pool: pg.Pool, options: PostgresOptions): Database {
  const hearers = createHearers();
  const others = createOtherNodes(pool, options, hearers);
  return {
    dialect: "postgres",
    write: async (work) => {
      const { result, hinted } = await transact(pool, work);
      hearers.tell(hinted);
      others.tell(hinted);
      return result;
    },
    read: (work) => work(createSession(pool, () => undefined)).catch(rethrow),
    onHint: hearers.add,
    close: async () => {
      await others.close();
      await pool.end();
    },
  };
}

/** Most times a transaction is tried that PostgreSQL undid for the sake of another. Ours: who was undone once meets the other at its end. */
const triesMax = 3;

/** Transactions that lost against another: a deadlock, or a conflict of versions. Nothing of them is left. */
const undoneStates = /^40/;

interface Committed<Result> {
  readonly result: Result;
  readonly hinted: ReadonlySet<Hint>;
}

async function transact<Result>(
  pool: pg.Pool,
  work: (session: Session) => Promise<Result>,
): Promise<Committed<Result>> {
  for (let triesLeft = triesMax; ; triesLeft -= 1) {
    try {
      return await transactOnce(pool, work);
    } catch (error) {
      const wasUndone = error instanceof pg.DatabaseError && undoneStates.test(error.code ?? "");
      if (!wasUndone || triesLeft === 1) throw error;
    }
  }
}

async function transactOnce<Result>(
  pool: pg.Pool,
  work: (session: Session) => Promise<Result>,
): Promise<Committed<Result>> {
  const hinted = new Set<Hint>();
  const client = await pool.connect().catch(rethrow);
  let broken: Error | undefined;
  try {
    // Not awaited: it travels with the first statement, and what breaks it breaks that one too.
    const begun = client.query("BEGIN");
    const [result] = await Promise.all([
      work(createSession(client, (hint) => hinted.add(hint))),
      begun,
    ]);
    await client.query("COMMIT");
    return { result, hinted };
  } catch (error) {
    // After an error of the connection itself there is nothing to roll back, and the client is thrown away.
    await client.query("ROLLBACK").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    return rethrow(error);
  } finally {
    client.release(broken);
  }
}

/** Names of prepared statements, one a text, so that PostgreSQL plans each once a connection. */
const statementNames = new Map<string, string>();

function createSession(client: pg.Pool | pg.PoolClient, hint: Session["hint"]): Session {
  const all: Session["all"] = async (text, parameters = []) => {
    const result = await client.query<SqlRow>({
      ...(parameters.length === 0 ? {} : { name: nameOf(text) }),
      text,
      values: [...parameters],
    });
    return result.rows;
  };
  return {
    dialect: "postgres",
    all,
    insert: ({ table, columns, rows, suffix = "" }) => {
      const names = Object.keys(columns).join(", ");
      const source = jsonRows("postgres", 1, columns);
      return all(`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${source} ${suffix}`, [
        toJsonRows(rows),
      ]);
    },
    hint,
  };
}

function nameOf(text: string): string {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  const name = `richline_${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}

/**
 * LISTEN/NOTIFY between nodes, as a latency hint only: due times are the truth, and each node polls.
 * Hints are gathered for a few milliseconds; a lost one costs a poll interval. What a node says it hears
 * itself, and knew before.
 */
function createOtherNodes(pool: pg.Pool, options: PostgresOptions, hearers: Hearers) {
  const channel = `${hintChannel}_${options.schema ?? "public"}`;
  const ownName = randomUUID();
  const waiting = new Set<Hint>();
  let client: pg.PoolClient | undefined;
  const life = new AbortController();
  const isClosed = () => life.signal.aborted;
  let timer: NodeJS.Timeout | undefined;

  async function subscribe(): Promise<void> {
    if (isClosed()) return;
    try {
      const fresh = await pool.connect();
      client = fresh;
      fresh.on("notification", (message) => {
        const [name, ...hints] = (message.payload ?? "").split(",");
        if (name !== ownName) hearers.tell(hints.filter(isHint));
      });
      fresh.on("error", () => subscribeAgain(fresh));
      await fresh.query(`LISTEN ${channel}`);
      if (isClosed()) drop(fresh);
    } catch (error) {
      options.logger.warn(
        { error: errorText(error) },
        "no hints from other nodes for now; polling",
      );
      subscribeAgain(client);
    }
  }
  /** Once for each connection: a broken one tells of it as an event, and as a query that fails. */
  function subscribeAgain(broken: pg.PoolClient | undefined): void {
    if (broken !== client) return;
    drop(broken);
    if (!isClosed()) setTimeout(() => void subscribe(), 1_000).unref();
  }
  function drop(dropped: pg.PoolClient | undefined): void {
    if (dropped === undefined || dropped !== client) return;
    client = undefined;
    dropped.release(true);
  }
  function flush(): void {
    timer = undefined;
    const payload = [ownName, ...waiting].join(",");
    waiting.clear();
    pool.query("SELECT pg_notify($1, $2)", [channel, payload]).catch((error: unknown) => {
      options.logger.debug({ error: errorText(error) }, "a hint was lost");
    });
  }
  void subscribe();
  return {
    tell: (hints: ReadonlySet<Hint>): void => {
      for (const hint of hints) waiting.add(hint);
      if (waiting.size > 0 && !isClosed()) timer ??= setTimeout(flush, 10).unref();
    },
    close: async (): Promise<void> => {
      life.abort();
      clearTimeout(timer);
      drop(client);
    },
  };
}

/** SQLSTATE classes that mean the server cannot serve us now: connection, lost against others again and again, resources, operator intervention, system error. */
const unavailableStates = /^(08|40|53|57|58|25P03)/;

function rethrow(error: unknown): never {
  if (isUnavailable(error)) {
    throw new PlatformError("store_unavailable", {
      message: `PostgreSQL: ${errorText(error)}`,
      retryAfterSeconds: 2,
      cause: error,
    });
  }
  throw error;
}

export function isUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return unavailableStates.test(error.code ?? "");
  if (!(error instanceof Error)) return false;
  // Sockets and look-ups of names fail with a code (ECONNREFUSED, ENOTFOUND, EAI_AGAIN …), also when a host
  // has several addresses and all failed, an error without words. What pg throws itself has words only.
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string" && /^E(?!RR_)[A-Z_]+$/.test(code)) return true;
  return /connect|connection|terminated|timeout|Client/i.test(error.message);
}
