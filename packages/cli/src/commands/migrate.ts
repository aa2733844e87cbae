import type { Command } from "commander";
import type { Host } from "../host.ts";
import { createOutput } from "../output/output.ts";

interface MigrateOptions {
  readonly json?: boolean;
}

export function addMigrateCommand(program: Command, host: Host): void {
  program
    .command("migrate")
    .description("Bring the database's schema up to date. `serve` does so by itself.")
    .option("--json", "Print JSON.")
    .addHelpText("after", "\nExample:\n  RICHLINE_DATABASE_URL=postgres://… richline migrate")
    .action((options: MigrateOptions) => migrate(options, host));
}

async function migrate(options: MigrateOptions, host: Host): Promise<void> {
  const { loadConfig, migrateStore } = await import("@richline/server");
  const output = createOutput(host, options);
  // The schema needs the store alone, which the environment names.
  const config = loadConfig({ env: host.env, overrides: { agents: [], providers: [] } });
  const { from, to } = await migrateStore(config);
  output.result({ from, to }, () =>
    from === to ? `The schema is up to date (${to}).` : `The schema went from ${from} to ${to}.`,
  );
}
