import type { Command } from "commander";
import { NegativeAnswer } from "../cli-error.ts";
import { defaultUrl, urlOf } from "../connection.ts";
import type { Host } from "../host.ts";
import { createOutput } from "../output/output.ts";

interface ReadyzOptions {
  readonly url?: string;
  readonly json?: boolean;
}

/** How long the gateway may take, in milliseconds. Ours: below the 5 s after which Docker and Kubernetes probes are often set to fail. */
const timeoutMs = 4_000;

export function addReadyzCommand(program: Command, host: Host): void {
  program
    .command("readyz")
    .description("Ask a gateway whether it is ready. For the health check of a container.")
    .option("--url <url>", `Where the gateway is. Else RICHLINE_URL, else ${defaultUrl}.`)
    .option("--json", "Print JSON.")
    .addHelpText(
      "after",
      `
The exit code is 0 when it is ready and 1 when it is not.

Example, in a Dockerfile:
  HEALTHCHECK CMD richline readyz`,
    )
    .action((options: ReadyzOptions) => readyz(options, host));
}

async function readyz(options: ReadyzOptions, host: Host): Promise<void> {
  const output = createOutput(host, { wordsInPipes: true, ...options });
  const url = urlOf(options, host);
  const status = await askStatus(`${url}/readyz`);
  const ready = status === 200;
  const why = status === undefined ? "cannot be reached" : `answers ${status}`;
  output.result({ ready, status }, () => (ready ? `${url} is ready` : `${url} ${why}`));
  if (!ready) throw new NegativeAnswer();
}

async function askStatus(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
