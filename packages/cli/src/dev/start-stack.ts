import { randomBytes } from "node:crypto";
import { createEmulator } from "@richline/emulator";
import { createClient } from "@richline/sdk";
import {
  createApp,
  devAgentId,
  devConfig,
  devProviderName,
  devSmsProviderName,
} from "@richline/server";
import { CliError } from "../cli-error.ts";
import { closeAll, listenOrExplain, type Service } from "../run-service.ts";
import { demoAgent, demoContact, demoPhones, demoSmsAddress } from "./demo.ts";

export interface StackOptions {
  readonly port: number;
  readonly emulatorPort: number;
  readonly dataDir: string;
  readonly apiKey: string;
  readonly webRoot: string | undefined;
  /** From which level the gateway logs. */
  readonly logLevel: string;
}

/** A gateway and an emulator that know each other. */
export interface Stack {
  readonly url: string;
  readonly emulatorUrl: string;
  /** Resolves when the gateway can never work again. */
  readonly failed: Promise<Error>;
  readonly close: () => Promise<void>;
}

/** Starts both in this process, the emulator first, so that the gateway finds its provider there. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started: Service[] = [];
  try {
    const secrets = newSecrets();
    const emulator = await startEmulator(options, secrets);
    started.unshift(emulator);
    const app = await startGateway(options, emulator, secrets);
    started.unshift(app);
    await seedContact(app.url, options.apiKey);
    await pointWebhooksAt(emulator.url, app.url, secrets);
    return {
      url: app.url,
      emulatorUrl: emulator.url,
      failed: app.failed,
      close: () => closeAll(started),
    };
  } catch (error) {
    await closeAll(started);
    throw error;
  }
}

/** What gateway and emulator know each other by; new at every start. */
interface Secrets {
  readonly clientToken: string;
  readonly sms: {
    readonly address: string;
    readonly accountSid: string;
    readonly authToken: string;
  };
}

function newSecrets(): Secrets {
  const random = () => randomBytes(16).toString("hex");
  return {
    clientToken: random(),
    sms: { address: demoSmsAddress, accountSid: `AC${random()}`, authToken: random() },
  };
}

type Emulator = Awaited<ReturnType<typeof createEmulator>>;
type App = Awaited<ReturnType<typeof createApp>>;

async function startEmulator(
  options: StackOptions,
  { clientToken, sms }: Secrets,
): Promise<Emulator> {
  const emulator = await createEmulator({
    host: "127.0.0.1",
    port: options.emulatorPort,
    ...(options.webRoot === undefined ? {} : { phonePageRoot: options.webRoot }),
    agents: [{ ...demoAgent, agentId: devAgentId, clientToken }],
    smsSenders: [{ ...sms, wire: "twilio" }],
    phones: demoPhones,
  });
  await listenOrExplain(emulator, {
    port: options.emulatorPort,
    remedy: "Stop what uses it, or choose another with --emulator-port.",
  });
  return emulator;
}

async function startGateway(
  options: StackOptions,
  emulator: Emulator,
  { clientToken, sms }: Secrets,
): Promise<App> {
  const config = devConfig({
    port: options.port,
    dataDir: options.dataDir,
    emulatorUrl: emulator.url,
    serviceAccount: JSON.stringify(emulator.serviceAccount),
    clientToken,
    sms,
    consoleRoot: options.webRoot,
    testApiKey: options.apiKey,
  });
  const app = await createApp({ ...config, logLevel: options.logLevel });
  try {
    await listenOrExplain(app, {
      port: options.port,
      remedy: "Stop what uses it, or choose another with --port.",
    });
  } catch (error) {
    // It holds the database by now.
    await app.close();
    throw error;
  }
  return app;
}

async function seedContact(baseUrl: string, apiKey: string): Promise<void> {
  const { conversationId, phoneNumber } = demoContact;
  await createClient({ baseUrl, apiKey }).contacts.put(conversationId, { phoneNumber });
}

/** How long the emulator may take to challenge the gateway, in milliseconds. Ours: both are in this process. */
const challengeTimeoutMs = 10_000;

/** Tells the emulator where webhooks go, by the names that `devConfig` gives the providers. */
async function pointWebhooksAt(emulatorUrl: string, url: string, { sms }: Secrets): Promise<void> {
  // It asks the gateway for proof, as Google does.
  await tellEmulator(`${emulatorUrl}/_emulator/agents/${devAgentId}`, {
    webhookUrl: `${url}/webhooks/${devProviderName}`,
  });
  await tellEmulator(`${emulatorUrl}/_emulator/sms-senders/${encodeURIComponent(sms.address)}`, {
    wire: "twilio",
    accountSid: sms.accountSid,
    authToken: sms.authToken,
    inboundUrl: `${url}/webhooks/${devSmsProviderName}`,
  });
}

async function tellEmulator(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(challengeTimeoutMs),
  });
  if (response.ok) return;
  throw new CliError(`The emulator did not take the gateway's webhook: ${await response.text()}`);
}
