import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, describe, expect, inject, it } from "vitest";
import { systemClock } from "../../kernel/clock.ts";
import { errorText, isStoreUnavailable } from "../../kernel/errors.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { aMessage } from "../../testing/builders.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { describeStore } from "../conformance.ts";
import type { Store } from "../store.ts";
import { isUnavailable, openPostgresStore } from "./open-postgres-store.ts";

const url = inject("postgresUrl");

describe.skipIf(url === "")("with a PostgreSQL server", () => {
  const admin = new pg.Pool({ connectionString: url, max: 1 });
  afterAll(() => admin.end());
  const schemas = new Map<Store, string>();

  const aSchema = async () => {
    const schema = `test_${randomUUID().replaceAll("-", "")}`;
    await admin.query(`CREATE SCHEMA ${schema}`);
    return schema;
  };
  const open = (schema: string) => openPostgresStore({ url, schema, logger: silentLogger });

  describeStore("the PostgreSQL store", {
    open: async () => {
      const schema = await aSchema();
      const { store } = await open(schema);
      schemas.set(store, schema);
      return store;
    },
    settle: async () => {
      const { rows } = await admin.query("SELECT pg_current_xact_id()::text AS xid");
      const isSettled = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > ${rows[0].xid} AS settled`;
      while (!(await admin.query(isSettled)).rows[0].settled);
    },
    dump: async (store) => {
      const schema = schemas.get(store);
      const { rows: columns } = await admin.query(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1",
        [schema],
      );
      const names = [...new Set(columns.map((column) => String(column.table_name)))];
      const tables = names.map(async (name) => {
        const mine = columns.filter(({ table_name }) => table_name === name);
        const { rows } = await admin.query(`SELECT * FROM ${schema}.${name}`);
        return [name, { columns: mine.map((column) => String(column.column_name)), rows }] as const;
      });
      return Object.fromEntries(await Promise.all(tables));
    },
    close: async (store) => {
      await store.close();
      await admin.query(`DROP SCHEMA ${schemas.get(store)} CASCADE`);
    },
  });

  it("two nodes that start at once migrate once", async () => {
    const schema = await aSchema();
    const opened = await Promise.all([open(schema), open(schema)]);
    expect(opened.map((one) => one.migrated.from).sort()).toEqual([0, opened[0].migrated.to]);
    for (const { store } of opened) await store.close();
  });

  it("a database of a newer program is refused", async () => {
    const schema = await aSchema();
    await (await open(schema)).store.close();
    await admin.query(
      `INSERT INTO ${schema}.schema_versions (version, name) VALUES (9999, 'from the future')`,
    );
    await expect(open(schema)).rejects.toThrow(/schema version 9999/);
  });

  it("a node whose clock is far from the database's is refused, in words", async () => {
    const clock = createFakeClock(systemClock.now() + 3_600_000);
    const schema = await aSchema();
    await expect(openPostgresStore({ url, schema, clock, logger: silentLogger })).rejects.toThrow(
      /3600 s apart.*NTP/,
    );
  });

  it("another node hears of new work", async () => {
    const schema = await aSchema();
    const [one, other] = await Promise.all([open(schema), open(schema)]);
    const heard = new Promise<string>((resolve) => {
      other.store.onHint((hint) => hint === "send" && resolve(hint));
    });
    // LISTEN may not stand yet; a hint is only a hint, so the work is announced until it is heard.
    const announce = setInterval(() => void one.store.acceptMessages([aMessage()]), 50);
    expect(await heard).toBe("send");
    clearInterval(announce);
    await one.store.close();
    await other.store.close();
  });

  it("connections that break in the middle of their work fail that work as unavailable, and not the process", async () => {
    const schema = await aSchema();
    // By this name the server finds this node's connections and nobody else's.
    const named = `${url}?application_name=${schema}`;
    const { store } = await openPostgresStore({ url: named, schema, logger: silentLogger });
    let refusals = 0;
    let isOver = false;
    const write = async () => {
      while (!isOver) {
        await store.acceptMessages([aMessage()]).catch((error: unknown) => {
          expect(isStoreUnavailable(error), errorText(error)).toBe(true);
          refusals += 1;
        });
      }
    };
    const writers = Array.from({ length: 8 }, write);
    while (refusals < 20) {
      await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
        [schema],
      );
    }
    isOver = true;
    await Promise.all(writers);
    await store.acceptMessages([aMessage()]);
    await store.close();
  });

  it("a server that cannot be reached makes the store unavailable", async () => {
    await expect(
      openPostgresStore({ url: "postgres://richline@127.0.0.1:1/none", logger: silentLogger }),
    ).rejects.toMatchObject({ code: "store_unavailable" });
  });
});

describe("an error of the network", () => {
  const withCode = (code: string) => Object.assign(new Error("getaddrinfo"), { code });

  it.each([
    ["a name that is not known, as while a container starts", withCode("ENOTFOUND")],
    ["a resolver that does not answer", withCode("EAI_AGAIN")],
    [
      "a host of which no address answers, an error without words",
      Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" }),
    ],
    ["a connection that ended", new Error("Connection terminated unexpectedly")],
    ["an answer that does not come", new Error("Query read timeout")],
  ])("means that the store is unavailable: %s", (_name, error) => {
    expect(isUnavailable(error)).toBe(true);
  });

  it("is told apart from a mistake of ours", () => {
    expect(isUnavailable(new TypeError("undefined is not a function"))).toBe(false);
    expect(isUnavailable(withCode("ERR_INVALID_ARG_TYPE"))).toBe(false);
  });
});
