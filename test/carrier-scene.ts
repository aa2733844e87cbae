import { createEmulator } from "@richline/emulator";
import type { Client } from "@richline/sdk";
import { onTestFinished } from "vitest";
import { createCarefulClient, type Letter } from "./careful-load.ts";
import { type CarrierControl, createCarrierControl } from "./carrier-control.ts";
import { type CustomerEndpoint, startCustomerEndpoint } from "./customer-endpoint.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";
import { agentId, apiKey, clientToken, gatewayBehind, providerName } from "./gateway-stack.ts";
import type { StoreUnderTest } from "./stores-under-test.ts";

export interface SceneOptions {
  /** How long a dead node's work stays its own, in milliseconds; that of the store's tests when not given. */
  readonly leaseMs?: number;
  readonly sendsInFlightMax?: number;
  /** Whether SMS follows RCS. */
  readonly sms?: boolean;
  /** Told of every delivery to the customer's endpoint. */
  readonly onDelivery?: () => void;
}

/** A carrier with phones and a customer with an endpoint; they live on while gateways come and go. */
export interface CarrierScene {
  readonly carrier: CarrierControl;
  readonly phoneNumbers: readonly string[];
  readonly endpoint: CustomerEndpoint;
  /** Where the tables are; none in SQLite. */
  readonly schema: string | undefined;
  /** A client of the gateway on this port, whether it runs now or not. */
  clientOf(port: number): Client;
  /** Starts a gateway on the scene's store. */
  startGateway(options: { port: number; failpoint?: string }): Promise<GatewayProcess>;
  /** Lets the carrier's webhooks go to the gateway on this port. */
  pointWebhooksAt(port: number): Promise<void>;
  /** What every gateway so far has written on its log. */
  logs(): string;
  /** New letters, to one phone after the other. */
  makeLetters(count: number): readonly Letter[];
}

/** Phones of the scene. Every other one reads what it gets at once, so that both final statuses occur. */
const phoneCount = 20;

export async function setCarrierScene(
  kind: StoreUnderTest,
  options: SceneOptions = {},
): Promise<CarrierScene> {
  const store = await kind.make();
  onTestFinished(store.remove);
  const phoneNumbers = Array.from({ length: phoneCount }, (_, index) => `+1303555${1000 + index}`);
  const emulator = await startHurriedCarrier(phoneNumbers);
  const endpoint = await startCustomerEndpoint(() => {
    options.onDelivery?.();
    return 200;
  });
  const gateways: GatewayProcess[] = [];
  onTestFinished(async () => {
    for (const gateway of gateways) await gateway.kill();
    await Promise.all([emulator.close(), endpoint.close()]);
  });
  const carrier = createCarrierControl(emulator.url);
  let lettersMade = 0;
  return {
    carrier,
    phoneNumbers,
    endpoint,
    schema: store.place.databaseSchema,
    clientOf: (port) => createCarefulClient(`http://127.0.0.1:${port}`, apiKey),
    startGateway: async ({ port, failpoint }) => {
      const { leaseMs = kind.leaseMs, sendsInFlightMax = 64 } = options;
      const publicUrl = `http://127.0.0.1:${port}`;
      const given = { port, publicUrl, leaseMs, sendsInFlightMax, testApiKey: apiKey };
      const routes = gatewayBehind([emulator], options.sms);
      const config = { ...store.place, ...routes, ...given, logLevel: "error" };
      const gateway = await startGatewayProcess({ config, failpoint });
      gateways.push(gateway);
      return gateway;
    },
    pointWebhooksAt: (port) =>
      carrier.pointWebhooksAt(agentId, `http://127.0.0.1:${port}/webhooks/${providerName}`),
    logs: () => gateways.map((gateway) => gateway.log()).join(""),
    makeLetters: (count) =>
      Array.from({ length: count }, () => {
        lettersMade += 1;
        const phoneNumber = phoneNumbers[lettersMade % phoneNumbers.length] ?? "";
        return { messageId: `letter_${lettersMade}`, phoneNumber };
      }),
  };
}

/**
 * A carrier whose waits take a quarter of their time: a webhook that met a dead gateway comes again after
 * 0.25, 0.5, 1 … seconds, and the test need not wait for it a minute. Its clock shows the real time.
 */
async function startHurriedCarrier(phoneNumbers: readonly string[]) {
  const emulator = await createEmulator({
    port: 0,
    deliveryDelayMs: 40,
    agents: [{ agentId, displayName: "Demo", clientToken }],
    phones: phoneNumbers.map((phoneNumber, index) => ({ phoneNumber, autoRead: index % 2 === 0 })),
    clock: {
      now: () => Date.now(),
      schedule: (delayMs, task) => {
        const timer = setTimeout(task, delayMs / 4);
        return () => clearTimeout(timer);
      },
    },
  });
  await emulator.listen();
  return emulator;
}
