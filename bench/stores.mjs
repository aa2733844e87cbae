import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPostgres, startPostgres } from "../packages/server/dist/testing/postgres-server.js";

/** The stores that can be measured here, each new and empty for every `open`. */
export async function openStores() {
  const bin = findPostgres();
  const server = bin === undefined ? undefined : await startPostgres(bin);
  const folders = [];
  const sqlite = {
    name: "SQLite",
    open: () => {
      const dataDir = mkdtempSync(join(tmpdir(), "richline-bench-"));
      folders.push(dataDir);
      return { dataDir };
    },
  };
  let schemas = 0;
  const postgres = {
    name: "PostgreSQL",
    open: async () => {
      schemas += 1;
      const schema = `bench_${schemas}`;
      const client = new pg.Client(server.url);
      await client.connect();
      await client.query(`CREATE SCHEMA ${schema}`);
      await client.end();
      return { databaseUrl: server.url, schema, dataDir: tmpdir() };
    },
  };
  if (server === undefined) console.log("PostgreSQL is not installed: measuring SQLite only.");
  return {
    all: server === undefined ? [sqlite] : [sqlite, postgres],
    close: async () => {
      await server?.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
