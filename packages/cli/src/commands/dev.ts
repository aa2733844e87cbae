import { resolve } from "node:path";
import type { Command } from "commander";
import { banner, devAddresses } from "../dev/banner.ts";
import { dataDirOf, keepDevKey, writeDevKey } from "../dev/dev-key.ts";
import type { Host } from "../host.ts";
import { createOutput } from "../output/output.ts";
import { parsePort } from "../parse-options.ts";
import { untilStopped } from "../run-service.ts";
import { webRoot } from "../web-root.ts";

interface DevOptions {
  readonly port: number;
  readonly emulatorPort: number;
  readonly dataDir?: string;
  readonly json?: boolean;
}

export function addDevCommand(program: Command, host: Host): void {
  program
    .command("dev")
    .description("Start gateway, console and emulator together, ready to send to a pretend phone.")
    .option("--port <port>", "The port of gateway and console.", parsePort, 4400)
    .option("--emulator-port <port>", "The port of emulator and phone.", parsePort, 4401)
    .option("--data-dir <folder>", "Where data is kept. Else RICHLINE_DATA_DIR, else .richline.")
    .option("--json", "Print the addresses as JSON.")
    .addHelpText(
      "after",
      `
RICHLINE_API_KEY presets the test key; else one is made and kept in the data folder.

Examples:
  richline dev
  richline dev --port 5400 --emulator-port 5401 --data-dir /tmp/richline`,
    )
    .action((options: DevOptions) => dev(options, host));
}

async function dev(options: DevOptions, host: Host): Promise<void> {
  const { startStack } = await import("../dev/start-stack.ts");
  const output = createOutput(host, { wordsInPipes: true, ...options });
  const { port, emulatorPort } = options;
  const dataDir = dataDirOf(host, options.dataDir);
  const preset = host.env["RICHLINE_API_KEY"] ?? "";
  const apiKey = preset === "" ? keepDevKey(dataDir) : preset;
  const pages = webRoot();
  // Warnings only, so that the addresses stay in sight.
  const logLevel = host.env["RICHLINE_LOG_LEVEL"] ?? "warn";
  const stack = await startStack({
    port,
    emulatorPort,
    dataDir,
    apiKey,
    logLevel,
    webRoot: pages,
  });
  // A preset key is kept too, so that `richline send` beside this needs none.
  writeDevKey(dataDir, apiKey);
  const addresses = devAddresses({
    ...stack,
    apiKey,
    dataDir: resolve(dataDir),
    hasPages: pages !== undefined,
  });
  output.result(addresses, () => banner(addresses, output.colors));
  try {
    await untilStopped(host, stack.failed);
    output.note("Stopping …");
  } finally {
    await stack.close();
  }
}
