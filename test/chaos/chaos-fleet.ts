import type { Config } from "@richline/server";
import type { RetryPolicy } from "../../packages/server/src/domain/retry-policy.ts";
import { findFreePort } from "../free-port.ts";
import { type GatewayProcess, startGatewayProcess } from "../gateway-process.ts";
import { apiKey, gatewayBehind } from "../gateway-stack.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { ChaosCarrier } from "./chaos-carrier.ts";
import { type Forwarder, startForwarder } from "./forwarder.ts";

/** Gateways behind one address, which die and come back. */
export interface Fleet {
  readonly url: string;
  readonly killCount: number;
  /** Kills one, `SIGKILL`, and starts it again. */
  killOne(random: SeededRandom): Promise<void>;
  /** Every gateway's own address. */
  urls(): readonly string[];
  logs(): string;
  stop(): Promise<void>;
}

/** Sends a second that each provider allows, over all gateways. Bursts come up against both. */
export const messagesPerSecond = { rcs: 60, sms: 20 } as const;

/** The guide's schedule, a hundred times as fast: the storm is short. */
const retryPolicy: RetryPolicy = {
  retryDelaysMs: [50, 300, 3_000],
  rateLimitedDelayMs: 1_000,
  suspendedDelayMs: 1_000,
  waitMsMax: 5_000,
};

export async function startFleet(
  carrier: ChaosCarrier,
  place: Partial<Config>,
  count: number,
): Promise<Fleet> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await findFreePort());
  const forwarder: Forwarder = await startForwarder(ports);
  const log: string[] = [];
  const start = (port: number) =>
    startGatewayProcess({
      config: configOf(carrier, place, { port, url: forwarder.url }),
      retryPolicy,
    });
  const gateways: GatewayProcess[] = await Promise.all(ports.map(start));
  let killCount = 0;
  return {
    url: forwarder.url,
    get killCount() {
      return killCount;
    },
    killOne: async (random) => {
      const index = random.below(gateways.length);
      const gateway = gateways[index];
      if (gateway === undefined) return;
      killCount += 1;
      await gateway.kill();
      log.push(gateway.log());
      gateways[index] = await startWhenPossible(() => start(ports[index] ?? 0));
    },
    urls: () => gateways.map((gateway) => gateway.url),
    logs: () => [...log, ...gateways.map((gateway) => gateway.log())].join(""),
    stop: async () => {
      await Promise.all(gateways.map((gateway) => gateway.kill()));
      await forwarder.close();
    },
  };
}

/** Most tries to start a gateway, which finds no database while that is down, or no room on its disk. */
const startsMax = 100;

async function startWhenPossible(
  start: () => Promise<GatewayProcess>,
  tries = startsMax,
): Promise<GatewayProcess> {
  try {
    return await start();
  } catch (error) {
    if (tries === 0) throw error;
    return startWhenPossible(start, tries - 1);
  }
}

function configOf(
  { emulator }: ChaosCarrier,
  place: Partial<Config>,
  at: { readonly port: number; readonly url: string },
): Partial<Config> {
  const { agents, providers } = gatewayBehind([emulator], true);
  return {
    ...place,
    agents,
    providers: providers.map((provider) => ({
      ...provider,
      limits: { messagesPerSecond: messagesPerSecond[provider.type === "twilio" ? "sms" : "rcs"] },
    })),
    port: at.port,
    publicUrl: at.url,
    leaseMs: 3_000,
    sendsInFlightMax: 32,
    testApiKey: apiKey,
    logLevel: "fatal",
  };
}
