import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEmulator } from "@richline/emulator";
import { type Client, createClient, type Event, type EventType } from "@richline/sdk";
import { createApp, loadConfig } from "@richline/server";
import { type CarrierControl, createCarrierControl } from "../carrier-control.ts";
import { findFreePort } from "../free-port.ts";
import { until } from "../until.ts";

export const apiKey = "rl_test_key_of_the_browser_tests";
const agentId = "demo";
const providerName = "emulator";
const clientToken = "client token of the browser tests";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const webRoot = `${root}packages/web/dist`;

/** A person with a phone, and the name of their conversation. */
export interface Person {
  readonly conversationId: string;
  readonly phoneNumber: string;
  readonly name: string;
}

/** A gateway with its console and an emulator with its phone page, in this process. */
export interface Pages {
  readonly gatewayUrl: string;
  readonly emulatorUrl: string;
  readonly client: Client;
  readonly carrier: CarrierControl;
  phonePageOf(person: Person): string;
  /** The page with these people's phones beside each other. */
  phonesPageOf(...people: readonly Person[]): string;
  /** The address that signs in: the key is in the fragment, which no server sees. */
  readonly consoleUrl: string;
  /** The first event of that type in a conversation, once there is one. */
  untilEvent(person: Person, type: EventType): Promise<Event>;
  close(): Promise<void>;
}

/** Starts both for these people, with the pages as they are built; builds them where they are not. */
export async function startPages(people: readonly Person[]): Promise<Pages> {
  buildPages();
  const dataDir = mkdtempSync(join(tmpdir(), "richline-browser-"));
  const emulator = await createEmulator({
    port: 0,
    deliveryDelayMs: 0,
    phonePageRoot: webRoot,
    agents: [
      {
        agentId,
        displayName: "Fern & Field",
        description: "Good things for home and away",
        color: "#0B57D0",
        clientToken,
      },
    ],
    phones: people.map(({ phoneNumber, name }) => ({ phoneNumber, name })),
  });
  await emulator.listen();
  const port = await findFreePort();
  const overrides = {
    dataDir,
    port,
    // Forms are opened there.
    publicUrl: `http://127.0.0.1:${port}`,
    logLevel: "silent",
    testApiKey: apiKey,
    consoleRoot: webRoot,
    agents: [
      {
        id: agentId,
        displayName: "Fern & Field",
        color: "#0B57D0",
        routes: { test: [providerName], live: [] },
      },
    ],
    providers: [
      {
        name: providerName,
        type: "google-rbm",
        settings: {
          agentId,
          clientToken,
          serviceAccount: JSON.stringify(emulator.serviceAccount),
          baseUrl: emulator.url,
        },
      },
    ],
  };
  const app = await createApp(loadConfig({ env: {}, overrides }));
  await app.listen();
  const client = createClient({ baseUrl: app.url, apiKey });
  const carrier = createCarrierControl(emulator.url);
  for (const { conversationId, phoneNumber } of people) {
    await client.contacts.put(conversationId, { phoneNumber });
  }
  await carrier.pointWebhooksAt(agentId, `${app.url}/webhooks/${providerName}`);
  return {
    gatewayUrl: app.url,
    emulatorUrl: emulator.url,
    client,
    carrier,
    phonePageOf: ({ phoneNumber }) => `${emulator.url}/?phone=${encodeURIComponent(phoneNumber)}`,
    phonesPageOf: (...shown) =>
      `${emulator.url}/?${shown.map((one) => `phone=${encodeURIComponent(one.phoneNumber)}`).join("&")}`,
    consoleUrl: `${app.url}/#key=${apiKey}`,
    untilEvent: (person, type) => untilEvent(client, person, type),
    close: async () => {
      await emulator.close();
      await app.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

function untilEvent(client: Client, { conversationId }: Person, type: EventType): Promise<Event> {
  return until(`${conversationId} has ${type}`, async () => {
    const { items } = await client.events.list({ limit: 200 });
    return items.find((one) => one.conversationId === conversationId && one.type === type);
  });
}

export function buildPages(): void {
  if (existsSync(`${webRoot}/phone.html`) && existsSync(`${webRoot}/console.html`)) return;
  const { status, stderr } = spawnSync("npm", ["run", "build", "-w", "@richline/web"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The pages do not build:\n${stderr}`);
}
