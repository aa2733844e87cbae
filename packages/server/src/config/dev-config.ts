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
  readonly consoleRoot: string | undefined;
  readonly testApiKey: string;
}

/** The agent of `richline dev`, the same at gateway and emulator. */
export const devAgentId = "demo";

/** The provider of `richline dev`: the emulator. Its webhooks go to `/webhooks/` and this name. */
export const devProviderName = "emulator";

/** A gateway in test mode in front of the emulator, with nothing to configure. */
export function devConfig(options: DevConfigOptions): Config {
  const { emulatorUrl, serviceAccount, clientToken } = options;
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
          routes: { test: [devProviderName], live: [] },
        },
      ],
      providers: [
        {
          name: devProviderName,
          type: "google-rbm",
          settings: { agentId: devAgentId, serviceAccount, clientToken, baseUrl: emulatorUrl },
        },
      ],
    },
  });
}
