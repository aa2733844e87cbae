import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { EmulatorState } from "@richline/contract";
import type { EmulatorOptions as CreateEmulatorOptions, Emulator } from "@richline/emulator";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { demoAgent, demoPhones } from "../dev/demo.ts";
import type { Host } from "../host.ts";
import { readJsonFile } from "../json-file.ts";
import { createOutput } from "../output/output.ts";
import { parseHttpUrl, parsePort } from "../parse-options.ts";
import { closeAll, interrupted, listenOrExplain } from "../run-service.ts";
import { webRoot } from "../web-root.ts";

interface EmulatorOptions {
  readonly host: string;
  readonly allowPublic?: boolean;
  readonly port: number;
  readonly smppPort?: number;
  readonly mediaHost?: readonly string[];
  readonly seed?: string;
  readonly save?: string;
  readonly agent: string;
  readonly webhookUrl?: string;
  readonly clientToken?: string;
  readonly json?: boolean;
}

export function addEmulatorCommand(program: Command, host: Host): void {
  program
    .command("emulator")
    .description("Run the pretend carrier and its phones alone.")
    .option("--host <address>", "The address to listen on.", "127.0.0.1")
    .option("--allow-public", "Let --host be one that others on the network can reach.")
    .option("--port <port>", "The port to listen on.", parsePort, 4401)
    .option("--smpp-port <port>", "The port for SMS by SMPP. Off when not given.", parsePort)
    .option(
      "--media-host <host...>",
      "Hosts whose media is fetched and checked. None when not given.",
    )
    .option("--seed <file>", "The state to begin with, as JSON; - reads the standard input.")
    .option("--save <file>", "Write the state to this file at the end, secrets included.")
    .option("--agent <id>", "The id of its agent.", demoAgent.agentId)
    .option("--webhook-url <url>", "Where the agent's webhooks go.", parseHttpUrl)
    .option("--client-token <token>", "What signs the webhooks. A new one when not given.")
    .option("--json", "Print where it listens as JSON.")
    .addHelpText(
      "after",
      `
It speaks Google's RCS Business Messaging API: point a client at it instead of
rcsbusinessmessaging.googleapis.com, with the service account that it prints. SMS come by
Twilio's Messages API on the same port, and by SMPP. A reset goes back to the seed.

Examples:
  richline emulator
  richline emulator --smpp-port 2775
  richline emulator --port 5401 --agent my-brand --webhook-url http://localhost:3000/rbm
  richline emulator --seed scene.json --save scene.json
  richline emulator --json | jq --unbuffered .serviceAccount > service-account.json`,
    )
    .action((options: EmulatorOptions) => emulator(options, host));
}

async function emulator(options: EmulatorOptions, host: Host): Promise<void> {
  const output = createOutput(host, { wordsInPipes: true, ...options });
  const { seed, agent } = await readScene(options, host);
  const pages = webRoot();
  const service = await makeEmulator({
    host: options.host,
    port: options.port,
    allowPublic: options.allowPublic === true,
    ...(options.smppPort === undefined ? {} : { smppPort: options.smppPort }),
    ...(options.mediaHost === undefined ? {} : { allowedMediaHosts: options.mediaHost }),
    ...(pages === undefined ? {} : { phonePageRoot: pages }),
    agents: [agent],
    phones: demoPhones,
    ...(seed === undefined ? {} : { seed }),
  });
  await listenOrExplain(service, {
    port: options.port,
    remedy: "Stop what uses it, or choose another with --port.",
  });
  const { url, serviceAccount } = service;
  const { agentId, clientToken } = agent;
  output.result(
    { url, smppPort: service.smppPort, agentId, clientToken, serviceAccount },
    () => `Listening on ${url}. Agent ${agentId}, client token ${clientToken}. Ctrl-C stops.`,
  );
  await interrupted(host);
  if (options.save !== undefined) await save(service, options.save);
  await closeAll([service]);
}

/** The agent of the command line, and the seed with it among its agents: what the command line says of it comes first. */
async function readScene(options: EmulatorOptions, host: Host) {
  const file =
    options.seed === undefined
      ? undefined
      : await readJsonFile(
          options.seed,
          host,
          'Write a state such as {"version": 1, "phones": []}.',
        );
  // SAFETY: the emulator reads the document with its schema and names each field that is wrong.
  const seed = file as EmulatorState | undefined;
  const agents = Array.isArray(seed?.agents) ? seed.agents : undefined;
  const known = agents?.find(({ agentId }) => agentId === options.agent);
  const given = {
    agentId: options.agent,
    clientToken: options.clientToken ?? known?.clientToken ?? randomBytes(16).toString("hex"),
    ...(options.webhookUrl === undefined ? {} : { webhookUrl: options.webhookUrl }),
  };
  const agent = { ...demoAgent, ...given };
  if (seed === undefined || agents === undefined) return { seed, agent };
  const others = agents.filter(({ agentId }) => agentId !== options.agent);
  return { seed: { ...seed, agents: [{ ...(known ?? demoAgent), ...given }, ...others] }, agent };
}

async function makeEmulator(options: CreateEmulatorOptions): Promise<Emulator> {
  const { createEmulator } = await import("@richline/emulator");
  try {
    return await createEmulator(options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const remedy =
      options.seed === undefined
        ? "richline emulator --help tells the options."
        : "GET /_emulator/state answers such a document.";
    throw new CliError(error.message, { remedy, cause: error });
  }
}

/** With its secrets, so that the next start has the same; only its owner may read the file. */
async function save(service: Emulator, path: string): Promise<void> {
  const state = service.state({ secrets: true, messages: true });
  await writeFile(path, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}
