import { createEmulator } from "@richline/emulator";
import { type Client, createClient } from "@richline/sdk";
import { type App, createApp, loadConfig } from "@richline/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCarrierControl } from "./carrier-control.ts";
import { agentId, apiKey, pick } from "./gateway-stack.ts";
import { type EmptyStore, type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** What the carrier takes of one sender in any second; it refuses more with Twilio's 429. */
const carrierPerSecond = 40;
const sender = {
  address: "+12025550101",
  wire: "twilio",
  accountSid: `AC${"1".repeat(32)}`,
  authToken: "token of the limit tests",
  messagesPerSecondMax: carrierPerSecond,
} as const;
const bucket = "provider:sms";

async function startCarrier() {
  const emulator = await createEmulator({ port: 0, deliveryDelayMs: 0, smsSenders: [sender] });
  await emulator.listen();
  onTestFinished(() => emulator.close());
  return { url: emulator.url, control: createCarrierControl(emulator.url) };
}

/** A gateway whose only route is the carrier's SMS. */
async function startNode(
  store: EmptyStore,
  carrierUrl: string,
  messagesPerSecond: number,
): Promise<{ readonly url: string; readonly client: Client }> {
  const { accountSid, authToken, address } = sender;
  const app: App = await createApp(
    loadConfig({
      env: {},
      overrides: {
        ...store.place,
        port: 0,
        // Receipts are not what this is about: they go where nobody listens.
        publicUrl: "http://127.0.0.1:9",
        logLevel: "silent",
        testApiKey: apiKey,
        agents: [{ id: agentId, displayName: "Demo", routes: { test: ["sms"], live: [] } }],
        providers: [
          {
            name: "sms",
            type: "twilio",
            settings: { accountSid, authToken, from: address, baseUrl: carrierUrl },
            limits: { messagesPerSecond },
          },
        ],
      },
    }),
  );
  await app.listen();
  onTestFinished(() => app.close());
  return { url: app.url, client: createClient({ baseUrl: app.url, apiKey, maxRetries: 0 }) };
}

async function startNodes(kind: StoreUnderTest, count: number, messagesPerSecond: number) {
  const carrier = await startCarrier();
  const store = await kind.make();
  onTestFinished(store.remove);
  const { url, client } = await startNode(store, carrier.url, messagesPerSecond);
  for (let node = 1; node < count; node += 1) {
    await startNode(store, carrier.url, messagesPerSecond);
  }
  let sent = 0;
  const sendMany = async (howMany: number) => {
    const messages = Array.from({ length: howMany }, () => {
      sent += 1;
      const conversationId = `+1303555${1000 + (sent % 100)}`;
      return { conversationId, messageId: `m${sent}`, message: { text: `Code ${sent}` } };
    });
    await client.messages.sendBatch(messages);
  };
  const untilSent = (howMany: number) =>
    until(`${howMany} are sent`, async () => {
      const sends = await carrier.control.sends();
      return sends.length >= howMany ? sends : undefined;
    });
  return { url, client, sendMany, untilSent };
}

describe.each(storesUnderTest)("limits on $name", (kind) => {
  const nodeCount = kind.name === "SQLite" ? 1 : 2;

  test.skipIf(!kind.isAvailable)(
    `a carrier that counts exactly refuses nothing that ${nodeCount} node(s) send at its limit`,
    async () => {
      const { sendMany, untilSent } = await startNodes(kind, nodeCount, carrierPerSecond);
      await sendMany(4 * carrierPerSecond);
      const sends = await untilSent(4 * carrierPerSecond);
      expect(sends.filter(({ status }) => status !== 201)).toEqual([]);
      // Nor more than the limit as the carrier's log has it.
      const atMs = sends.map(({ at }) => Date.parse(at));
      for (const fromMs of atMs) {
        const within = atMs.filter((one) => one >= fromMs && one < fromMs + 1_000);
        expect(within.length).toBeLessThanOrEqual(carrierPerSecond);
      }
    },
  );

  test.skipIf(!kind.isAvailable)(
    "a limit that is lowered while messages wait is followed",
    async () => {
      const { client, sendMany, untilSent } = await startNodes(kind, nodeCount, carrierPerSecond);
      expect(await client.limits.list()).toMatchObject({
        items: [
          { bucket, configured: carrierPerSecond, messagesPerSecond: carrierPerSecond },
          { bucket: `agent:${agentId}`, configured: null, messagesPerSecond: null },
        ],
      });
      await sendMany(2 * carrierPerSecond);
      await untilSent(carrierPerSecond);
      const changed = await client.limits.put(bucket, { messagesPerSecond: 10 });
      expect(changed).toMatchObject({ configured: carrierPerSecond, override: 10 });
      const sends = await untilSent(2 * carrierPerSecond);
      const atMs = sends.map(({ at }) => Date.parse(at));
      // The last ones went at the new limit: a window of a second held no more of them.
      const last = atMs.slice(-15);
      expect((last.at(-1) ?? 0) - (last[0] ?? 0)).toBeGreaterThan(1_000);
      expect(await client.limits.reset(bucket)).not.toHaveProperty("override");
    },
  );
});

function sendWith(url: string, key: string, messageId: string): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ conversationId: "+13035550000", messageId, message: { text: "Hello" } }),
  });
}

describe("the limit of an API key", () => {
  test("is changed while the key is in use, and taken away, without another key", async () => {
    const { url, client } = await startNodes(pick(storesUnderTest, 0), 1, carrierPerSecond);
    const { id, key } = await client.apiKeys.create({ name: "slow", requestsPerSecond: 1 });
    const burst = async (name: string) =>
      (await Promise.all([1, 2, 3].map((one) => sendWith(url, key, `${name}_${one}`))))
        .map(({ status }) => status)
        .sort();
    expect(await burst("first")).toEqual([202, 429, 429]);
    expect(await client.apiKeys.update(id, { requestsPerSecond: null })).not.toHaveProperty(
      "requestsPerSecond",
    );
    expect(await burst("second")).toEqual([202, 202, 202]);
    expect(await client.apiKeys.update(id, { requestsPerSecond: 1, name: "slower" })).toMatchObject(
      {
        name: "slower",
        requestsPerSecond: 1,
      },
    );
    expect(await burst("third")).toContain(429);
  });

  test("refuses what is beyond it, says when to come back, and stores nothing of it", async () => {
    const { url, client } = await startNodes(pick(storesUnderTest, 0), 1, carrierPerSecond);
    const { key } = await client.apiKeys.create({ name: "slow", requestsPerSecond: 2 });
    const { items } = await client.apiKeys.list();
    expect(items).toContainEqual(expect.objectContaining({ name: "slow", requestsPerSecond: 2 }));
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) => sendWith(url, key, `k${index}`)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 429, 429, 429]);
    for (const answer of refused) {
      expect(answer.headers.get("retry-after")).toBe("1");
      expect(await answer.json()).toMatchObject({ code: "rate_limited" });
    }
    expect((await client.messages.list({})).items).toHaveLength(2);
  });
});
