import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "@richline/server";
import pg from "pg";
import { inject } from "vitest";
import type {} from "../packages/server/src/testing/vitest-setup.ts";

/** The part of a gateway's configuration that says where it keeps its data. */
export type StorePlace = Pick<Config, "dataDir" | "databaseUrl" | "databaseSchema">;

/** An empty store of a test's own. */
export interface EmptyStore {
  readonly place: StorePlace;
  /** Removes it and all that was written to it. */
  remove(): Promise<void>;
}

/** A kind of store that the same tests run on. */
export interface StoreUnderTest {
  readonly name: string;
  /** False where this machine has no such server; its tests are skipped then. */
  readonly isAvailable: boolean;
  /**
   * How long the work of a killed gateway stays its own, in milliseconds. SQLite gives it back as soon as the next
   * one opens the file, so it is the default there; in PostgreSQL the next one has to wait for it.
   */
  readonly leaseMs: number;
  make(): Promise<EmptyStore>;
}

const postgresUrl = inject("postgresUrl");

const sqlite: StoreUnderTest = {
  name: "SQLite",
  isAvailable: true,
  leaseMs: 30_000,
  make: makeFolder,
};
export const postgres: StoreUnderTest = {
  name: "PostgreSQL",
  isAvailable: postgresUrl !== "",
  leaseMs: 1_500,
  make: makeSchema,
};

export const storesUnderTest: readonly StoreUnderTest[] = [sqlite, postgres];

async function makeFolder(): Promise<EmptyStore> {
  const dataDir = mkdtempSync(join(tmpdir(), "richline-test-"));
  return {
    place: { dataDir, databaseUrl: undefined, databaseSchema: undefined },
    remove: async () => rmSync(dataDir, { recursive: true }),
  };
}

/** A schema of its own in the server of the whole run. */
async function makeSchema(): Promise<EmptyStore> {
  const schema = `test_${randomUUID().replaceAll("-", "")}`;
  await runStatement(`CREATE SCHEMA ${schema}`);
  return {
    place: { dataDir: tmpdir(), databaseUrl: postgresUrl, databaseSchema: schema },
    remove: async () => void (await runStatement(`DROP SCHEMA ${schema} CASCADE`)),
  };
}

/** Runs one statement on the PostgreSQL server and answers its rows. */
export async function runStatement(
  text: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
