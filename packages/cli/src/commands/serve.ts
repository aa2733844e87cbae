import type { Command } from "commander";
import type { Host } from "../host.ts";
import { createOutput } from "../output/output.ts";
import { closeAll, listenOrExplain, untilStopped } from "../run-service.ts";
import { webRoot } from "../web-root.ts";

interface ServeOptions {
  readonly config?: string;
  readonly json?: boolean;
}

export function addServeCommand(program: Command, host: Host): void {
  program
    .command("serve")
    .description("Run the gateway with your configuration.")
    .option("--config <file>", "The configuration. richline.yaml when it exists.")
    .option("--json", "Print where it listens as JSON.")
    .addHelpText(
      "after",
      `
The database's schema is brought up to date first. \`richline doctor\` explains what is wrong with a configuration.

Examples:
  richline serve --config richline.yaml
  RICHLINE_DATABASE_URL=postgres://… richline serve`,
    )
    .action((options: ServeOptions) => serve(options, host));
}

async function serve(options: ServeOptions, host: Host): Promise<void> {
  const { createApp, loadConfig } = await import("@richline/server");
  const output = createOutput(host, { wordsInPipes: true, ...options });
  const config = loadConfig({
    env: host.env,
    configFile: options.config,
    overrides: { consoleRoot: webRoot() },
  });
  const app = await createApp(config);
  await listenOrExplain(app, {
    port: config.port,
    remedy: "Stop what uses it, or set another port in RICHLINE_PORT.",
  });
  output.result({ url: app.url }, () => `Listening on ${app.url}. Ctrl-C stops.`);
  try {
    await untilStopped(host, app.failed);
  } finally {
    await closeAll([app]);
  }
}
