import type { CreatePhoneRequest } from "@richline/contract";
import { createEmulator } from "@richline/emulator";
import { type Client, createClient, type Event } from "@richline/sdk";
import { type App, type Config, createApp, loadConfig } from "@richline/server";
import { onTestFinished } from "vitest";
import { createFakeClock, type FakeClock } from "../packages/server/src/testing/fake-clock.ts";
import { type CarrierControl, createCarrierControl } from "./carrier-control.ts";
import { findFreePort } from "./free-port.ts";
import type { EmptyStore, StoreUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

export const agentId = "demo";
export const apiKey = "rl_test_key_of_the_pipeline_tests";
/** The first provider's name at the gateway; its webhooks go to `/webhooks/` and this. */
export const providerName = "emulator";
export const clientToken = "client token of the pipeline tests";

/** The person of the guide's examples. */
export const ana = { conversationId: "user_123", phoneNumber: "+12025550123" } as const;

export interface StackOptions {
  /** Time of gateway and emulator; the real one when not given. */
  readonly clock?: FakeClock;
  readonly phones?: readonly CreatePhoneRequest[];
  /** How the gateway calls its providers. */
  readonly fetch?: typeof fetch;
  /** How many carriers there are, each a route of the agent; one when not given. */
  readonly carrierCount?: number;
  /** Whether SMS follows, and over which wire of the first carrier; Twilio's where it only says that it does. */
  readonly sms?: SmsRoute;
  /** Where the gateway posts alerts; nowhere when not given. */
  readonly slackUrl?: string;
}

type SmsRoute = boolean | "twilio" | "smpp";

/** A gateway and a carrier that know each other, over HTTP, in this process. */
export interface Stack {
  readonly url: string;
  readonly client: Client;
  /** The carrier of the agent's first route. */
  readonly carrier: CarrierControl;
  /** The carriers in the order of the routes. */
  readonly carriers: readonly CarrierControl[];
  /** Stops the gateway in order; `startAgain` brings it back on the same store and address. */
  stopGateway(): Promise<void>;
  startGateway(): Promise<void>;
}

/** Starts both on an empty store; they are gone, with the store, when the test ends. */
export async function startStack(kind: StoreUnderTest, options: StackOptions = {}): Promise<Stack> {
  const store = await kind.make();
  onTestFinished(store.remove);
  const emulators = [await startEmulator(options)];
  while (emulators.length < (options.carrierCount ?? 1)) {
    emulators.push(await startEmulator(options));
  }
  // SMS receipts come to the address that each message names, so it has to be known from the start.
  let port = hasSms(options.sms) ? await findFreePort() : 0;
  let app: App | undefined;
  const startGateway = async () => {
    app = await createGateway(store, emulators, { ...options, port });
    await app.listen();
    port = Number(new URL(app.url).port);
  };
  const stopGateway = async () => {
    const stopping = app;
    app = undefined;
    await stopping?.close();
  };
  // The last registered runs first: the carrier hangs up, then the gateway stops, then its data goes.
  onTestFinished(stopGateway);
  onTestFinished(async () => {
    for (const emulator of emulators) await emulator.close();
  });
  await startGateway();
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ baseUrl: url, apiKey });
  await client.contacts.put(ana.conversationId, { phoneNumber: ana.phoneNumber });
  const carriers = emulators.map((emulator) => createCarrierControl(emulator.url));
  for (const [index, one] of carriers.entries()) {
    await one.pointWebhooksAt(agentId, `${url}/webhooks/${nameOfProvider(index)}`);
  }
  const carrier = pick(carriers, 0);
  return { url, client, carrier, carriers, stopGateway, startGateway };
}

/** One of several things, which is there or the test is wrong. */
export function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no number ${index}.`);
  return item;
}

function nameOfProvider(index: number): string {
  return index === 0 ? providerName : `${providerName}-${index + 1}`;
}

type Emulator = Awaited<ReturnType<typeof createEmulator>>;

function hasSms(route: SmsRoute | undefined): boolean {
  return route !== undefined && route !== false;
}

async function startEmulator({ clock, sms, phones = [] }: StackOptions): Promise<Emulator> {
  const emulator = await createEmulator({
    port: 0,
    ...(sms === "smpp" ? { smppPort: 0 } : {}),
    // What was accepted is on the phone, and its receipts are under way, before the gateway hears the answer.
    deliveryDelayMs: 0,
    agents: [{ agentId, displayName: "Demo", clientToken }],
    phones,
    ...(clock === undefined ? {} : { clock: { now: clock.now, schedule: clock.after } }),
  });
  await emulator.listen();
  return emulator;
}

function createGateway(
  store: EmptyStore,
  emulators: readonly Emulator[],
  { clock, port, fetch, sms, slackUrl }: StackOptions & { readonly port: number },
): Promise<App> {
  const config = loadConfig({
    env: {},
    overrides: {
      ...store.place,
      ...gatewayBehind(emulators, sms),
      port,
      publicUrl: `http://127.0.0.1:${port}`,
      logLevel: "silent",
      testApiKey: apiKey,
      alertsSlackUrl: slackUrl,
    },
  });
  // Jitter only lengthens what the schedules promise; without it they can be checked to the millisecond.
  return createApp(config, {
    random: () => 0,
    ...(clock === undefined ? {} : { clock }),
    ...(fetch === undefined ? {} : { fetch }),
  });
}

/** The provider's name of SMS. */
export const smsProviderName = "sms";

/** The emulator's SMS senders that exist from the start. */
export const twilioSettings = {
  accountSid: `AC${"0".repeat(32)}`,
  authToken: "demo",
  from: "+12025550101",
};
export const smppSender = {
  address: "+12025550102",
  wire: { wire: "smpp", systemId: "demo", password: "demo" },
} as const;

function smsProvider(route: SmsRoute, { url, smppPort }: Pick<Emulator, "url" | "smppPort">) {
  if (route !== "smpp") {
    return { name: smsProviderName, type: "twilio", settings: { ...twilioSettings, baseUrl: url } };
  }
  const { systemId, password } = smppSender.wire;
  const settings = {
    host: "127.0.0.1",
    port: String(smppPort),
    systemId,
    password,
    sourceAddress: smppSender.address,
  };
  return { name: smsProviderName, type: "smpp", settings };
}

const unlimited = { messagesPerSecond: "unlimited" } as const;

/** The configuration of one agent whose routes are these emulators, in their order, and SMS behind them. */
export function gatewayBehind(
  emulators: readonly Pick<Emulator, "url" | "serviceAccount" | "smppPort">[],
  smsRoute: SmsRoute = false,
): Pick<Config, "agents" | "providers"> {
  const providers = emulators.map(({ url, serviceAccount }, index) => ({
    name: nameOfProvider(index),
    type: "google-rbm",
    settings: {
      agentId,
      serviceAccount: JSON.stringify(serviceAccount),
      clientToken,
      baseUrl: url,
    },
  }));
  const sms = emulators
    .slice(0, hasSms(smsRoute) ? 1 : 0)
    .map((emulator) => smsProvider(smsRoute, emulator));
  const test = [...providers, ...sms].map(({ name }) => name);
  return {
    agents: [{ id: agentId, displayName: "Demo", routes: { test, live: [] } }],
    // What the tests send, they send at once; limits have tests of their own.
    providers: [...providers, ...sms].map((provider) => ({ limits: unlimited, ...provider })),
  };
}

/** A stack whose time stands still until the test moves it. */
export interface StoppedTimeStack extends Stack {
  readonly clock: FakeClock;
  /** Moves time on and makes the gateway look for due work exactly then. */
  advance(byMs: number): Promise<void>;
  /** Lets time pass in steps as short as the gateway's own rests, so that it looks again and again on the way. */
  pass(forMs: number): Promise<void>;
}

/** How often an idle gateway looks for due work, in milliseconds. */
const pollMs = 250;

export async function startStoppedTimeStack(
  kind: StoreUnderTest,
  options: Omit<StackOptions, "clock"> = {},
): Promise<StoppedTimeStack> {
  const clock = createFakeClock();
  const stack = await startStack(kind, { ...options, clock });
  let bystanders = 0;
  return {
    ...stack,
    clock,
    advance: async (byMs) => {
      clock.advance(byMs);
      bystanders += 1;
      await sendBystander(stack, `bystander_${bystanders}`);
    },
    pass: async (forMs) => {
      for (let passedMs = 0; passedMs < forMs; passedMs += pollMs) {
        clock.advance(Math.min(pollMs, forMs - passedMs));
        // An exchange with the gateway and its store gives it the time to look.
        await stack.client.contacts.get(ana.conversationId);
      }
    },
  };
}

/**
 * A message to somebody else: the gateway claims due work to send it, and so has looked at the clock as it
 * stands now. What was due has been claimed with it or before; what was not, was not.
 */
async function sendBystander({ client }: Stack, messageId: string): Promise<void> {
  const conversationId = "+12025550177";
  await client.messages.send({ conversationId, messageId, message: { text: "Hello" } });
  await until(`${messageId} is sent`, async () => {
    const { status } = await client.messages.get(messageId);
    return status === "QUEUED" ? undefined : status;
  });
}

/** Everything the log says of one message, in its order. */
export async function eventsOf({ client }: Stack, messageId: string): Promise<readonly Event[]> {
  return (await client.events.list({ messageId, limit: 200 })).items;
}

/** The events of one message once there are that many. */
export function untilEvents(stack: Stack, messageId: string, count: number) {
  return until(`${messageId} has ${count} events`, async () => {
    const events = await eventsOf(stack, messageId);
    return events.length < count ? undefined : events;
  });
}

/** The message once it has this status. */
export function untilStatus({ client }: Stack, messageId: string, status: string) {
  return until(`${messageId} is ${status}`, async () => {
    const message = await client.messages.get(messageId);
    return message.status === status ? message : undefined;
  });
}
