import type { Config } from "./config.ts";
import { loadConfig } from "./load-config.ts";

export interface DevConfigOptions {
  readonly port: number;
  readonly dataDir: string;
  /** Address of the emulator, without a slash at its end. */
  readonly emulatorUrl: string;
  /** The emulator's service account key, JSON text. */
  readonly serviceAccount: string;
  /** The token with which the emulator signs webhooks. */
  readonly clientToken: string;
  /** The account at the emulator's SMS wire. */
  readonly sms: SmsAccount;
  readonly consoleRoot: string | undefined;
  readonly testApiKey: string;
}

/** An account of Twilio's wire: whose number sends, and what signs. */
export interface SmsAccount {
  readonly address: string;
  readonly accountSid: string;
  readonly authToken: string;
}

/** The agent of `richline dev`, the same at gateway and emulator. */
export const devAgentId = "demo";

/** The provider of `richline dev`: the emulator. Its webhooks go to `/webhooks/` and this name. */
export const devProviderName = "emulator";

/** The provider of SMS of `richline dev`: the emulator's Twilio wire. */
export const devSmsProviderName = "emulator-sms";

/** A gateway in test mode in front of the emulator, with nothing to configure. */
export function devConfig(options: DevConfigOptions): Config {
  const { emulatorUrl, serviceAccount, clientToken, sms } = options;
  return loadConfig({
    overrides: {
      port: options.port,
      publicUrl: `http://127.0.0.1:${options.port}`,
      dataDir: options.dataDir,
      consoleRoot: options.consoleRoot,
      testApiKey: options.testApiKey,
      agents: [
        {
          id: devAgentId,
          displayName: "Richline Demo",
          routes: { test: [devProviderName, devSmsProviderName], live: [] },
        },
      ],
      providers: [
        {
          name: devProviderName,
          type: "google-rbm",
          settings: { agentId: devAgentId, serviceAccount, clientToken, baseUrl: emulatorUrl },
        },
        {
          name: devSmsProviderName,
          type: "twilio",
          settings: {
            accountSid: sms.accountSid,
            authToken: sms.authToken,
            from: sms.address,
            baseUrl: emulatorUrl,
          },
        },
      ],
    },
  });
}
