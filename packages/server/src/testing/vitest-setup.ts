import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { findPostgres, startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A real PostgreSQL server for the tests; empty where there is none. */
    readonly postgresUrl: string;
  }
}

/** One PostgreSQL server for the whole run; each test file makes its own schema. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["RICHLINE_TEST_DATABASE_URL"];
  const bin = findPostgres();
  if (given !== undefined || bin === undefined) {
    project.provide("postgresUrl", given ?? "");
    return () => Promise.resolve();
  }
  const server = await startPostgres(bin);
  project.provide("postgresUrl", server.url);
  return () => server.stop();
}
