import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import { demoAgent, demoPhones } from "../dev/demo.ts";
import type { Host } from "../host.ts";
import { createOutput } from "../output/output.ts";
import { parseHttpUrl, parsePort } from "../parse-options.ts";
import { closeAll, interrupted, listenOrExplain } from "../run-service.ts";
import { webRoot } from "../web-root.ts";

interface EmulatorOptions {
  readonly host: string;
  readonly allowPublic?: boolean;
  readonly port: number;
  readonly smppPort?: number;
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
    .option("--agent <id>", "The id of its agent.", demoAgent.agentId)
    .option("--webhook-url <url>", "Where the agent's webhooks go.", parseHttpUrl)
    .option("--client-token <token>", "What signs the webhooks. A new one when not given.")
    .option("--json", "Print where it listens as JSON.")
    .addHelpText(
      "after",
      `
It speaks Google's RCS Business Messaging API: point a client at it instead of
rcsbusinessmessaging.googleapis.com, with the service account that it prints. SMS come by
Twilio's Messages API on the same port, and by SMPP.

Examples:
  richline emulator
  richline emulator --smpp-port 2775
  richline emulator --port 5401 --agent my-brand --webhook-url http://localhost:3000/rbm
  richline emulator --json | jq .serviceAccount > service-account.json`,
    )
    .action((options: EmulatorOptions) => emulator(options, host));
}

async function emulator(options: EmulatorOptions, host: Host): Promise<void> {
  const { createEmulator } = await import("@richline/emulator");
  const output = createOutput(host, { wordsInPipes: true, ...options });
  const clientToken = options.clientToken ?? randomBytes(16).toString("hex");
  const pages = webRoot();
  const service = await createEmulator({
    host: options.host,
    port: options.port,
    allowPublic: options.allowPublic === true,
    ...(options.smppPort === undefined ? {} : { smppPort: options.smppPort }),
    ...(pages === undefined ? {} : { phonePageRoot: pages }),
    agents: [
      {
        ...demoAgent,
        agentId: options.agent,
        clientToken,
        webhookUrl: options.webhookUrl,
      },
    ],
    phones: demoPhones,
  });
  await listenOrExplain(service, {
    port: options.port,
    remedy: "Stop what uses it, or choose another with --port.",
  });
  const { url, serviceAccount } = service;
  output.result(
    { url, smppPort: service.smppPort, agentId: options.agent, clientToken, serviceAccount },
    () => `Listening on ${url}. Agent ${options.agent}, client token ${clientToken}. Ctrl-C stops.`,
  );
  await interrupted(host);
  await closeAll([service]);
}
