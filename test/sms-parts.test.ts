import { createEmulator } from "@richline/emulator";
import { createClient } from "@richline/sdk";
import { createApp, loadConfig } from "@richline/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { type CarrierRequest, createCarrierControl } from "./carrier-control.ts";
import { agentId, apiKey } from "./gateway-stack.ts";
import { type EmptyStore, type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const address = "+12025550102";
const credentials = { systemId: "parts", password: "parts" };

/** An SMSC that takes this many parts in any second, counted exactly, and throttles what is beyond. */
async function startCarrier(partsPerSecond: number) {
  const emulator = await createEmulator({
    port: 0,
    smppPort: 0,
    deliveryDelayMs: 0,
    smsSenders: [{ address, wire: "smpp", ...credentials, messagesPerSecondMax: partsPerSecond }],
  });
  await emulator.listen();
  onTestFinished(() => emulator.close());
  return { port: emulator.smppPort, control: createCarrierControl(emulator.url) };
}

/** A gateway whose only route is the SMSC. */
async function startNode(
  store: EmptyStore,
  {
    smppPort,
    messagesPerSecond,
  }: { readonly smppPort: number; readonly messagesPerSecond: number },
) {
  const app = await createApp(
    loadConfig({
      env: {},
      overrides: {
        ...store.place,
        port: 0,
        logLevel: "silent",
        testApiKey: apiKey,
        agents: [{ id: agentId, displayName: "Demo", routes: { test: ["sms"], live: [] } }],
        providers: [
          {
            name: "sms",
            type: "smpp",
            settings: {
              host: "127.0.0.1",
              port: String(smppPort),
              ...credentials,
              sourceAddress: address,
            },
            limits: { messagesPerSecond },
          },
        ],
      },
    }),
  );
  await app.listen();
  onTestFinished(() => app.close());
  return createClient({ baseUrl: app.url, apiKey });
}

async function startNodes(kind: StoreUnderTest, count: number, perSecond: number) {
  const { port: smppPort = 0, control } = await startCarrier(perSecond);
  const store = await kind.make();
  onTestFinished(store.remove);
  const options = { smppPort, messagesPerSecond: perSecond };
  const client = await startNode(store, options);
  for (let node = 1; node < count; node += 1) await startNode(store, options);
  return { client, control };
}

/** A text of as many parts, and no other like it. */
function aText(parts: number, number: number): string {
  return `${number}: ${"Your order has shipped. ".repeat(parts * 7)}`.slice(0, parts * 153);
}

const phoneNumberOf = (number: number) => `+1303555${1000 + number}`;

function expectWithin(submits: readonly CarrierRequest[], perSecond: number): void {
  expect(submits.filter(({ status }) => status !== 200)).toEqual([]);
  const atMs = submits.map(({ at }) => Date.parse(at));
  for (const fromMs of atMs) {
    const within = atMs.filter((one) => one >= fromMs && one < fromMs + 1_000);
    expect(within.length).toBeLessThanOrEqual(perSecond);
  }
}

describe.each(storesUnderTest)("the limit of an SMSC on $name", (kind) => {
  const nodeCount = kind.name === "SQLite" ? 1 : 2;

  test.skipIf(!kind.isAvailable)(
    `counts parts: of long and short texts that ${nodeCount} node(s) send at it none is throttled, and all arrive whole`,
    async () => {
      const perSecond = 25;
      const { client, control } = await startNodes(kind, nodeCount, perSecond);
      // 4 parts, 1, 4, 1 …: 100 in all.
      const texts = Array.from({ length: 40 }, (_, number) =>
        aText(number % 2 === 0 ? 4 : 1, number),
      );
      await client.messages.sendBatch(
        texts.map((text, number) => ({
          conversationId: phoneNumberOf(number),
          messageId: `m${number}`,
          message: { text },
        })),
      );
      await until(
        "every message is delivered",
        async () => {
          const { items } = await client.messages.list({ status: "DELIVERED", limit: 200 });
          return items.length === texts.length ? true : undefined;
        },
        { withinMs: 18_000 },
      );
      const submits = await control.submits();
      expect(submits).toHaveLength(100);
      expectWithin(submits, perSecond);
      for (const [number, text] of texts.entries()) {
        const thread = await control.thread(phoneNumberOf(number));
        expect(thread.map(({ content }) => content["text"])).toEqual([text]);
      }
    },
  );

  test.skipIf(!kind.isAvailable)(
    "lets a text through that has more parts than a second holds",
    async () => {
      const { client, control } = await startNodes(kind, nodeCount, 2);
      const text = aText(5, 0);
      const conversationId = phoneNumberOf(0);
      await client.messages.send({ conversationId, messageId: "long", message: { text } });
      await until("it is delivered", async () => {
        const { status } = await client.messages.get("long");
        return status === "DELIVERED" ? true : undefined;
      });
      const submits = await control.submits();
      expect(submits).toHaveLength(5);
      expectWithin(submits, 2);
      expect((await control.thread(conversationId)).map(({ content }) => content["text"])).toEqual([
        text,
      ]);
    },
  );
});
