import { createClient } from "@richline/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { setCarrierScene } from "./carrier-scene.ts";
import { findFreePort } from "./free-port.ts";
import { ana, apiKey, pick, startStack, untilStatus } from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const secret = "SECRET";
const digits = ana.phoneNumber.slice(1);

beforeAll(buildServer, buildTimeoutMs);

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`on ${kind.name}`, () => {
    test("a person who was sent to, read and answered is erased, and later receipts bring nothing back", () =>
      eraseAfterTalk(kind));
    test(
      "an erasure whose gateway dies in the middle is brought to its end by the next one",
      { timeout: 60_000 },
      () => dieInTheMiddle(kind),
    );
  });
}

async function eraseAfterTalk(kind: StoreUnderTest): Promise<void> {
  const stack = await startStack(kind);
  const { client, carrier } = stack;
  await client.contacts.patch(ana.conversationId, { attributes: { note: secret } });
  const suggestions = [{ reply: { text: secret, postbackData: secret } }];
  const { messageId } = await client.messages.send({
    conversationId: ana.conversationId,
    message: { text: secret, suggestions },
    metadata: { note: secret },
  });
  await untilStatus(stack, messageId, "DELIVERED");
  const shown = pick(await carrier.thread(ana.phoneNumber), 0);
  await carrier.tap(ana.phoneNumber, { messageId: shown.messageId, postbackData: secret });
  await carrier.personSends(ana.phoneNumber, { text: secret });
  await until("what the person did is in", async () => {
    const { items } = await client.events.list({ conversationId: ana.conversationId });
    return items.some(({ type }) => type === "message.received") ? true : undefined;
  });

  const { state, counts } = await client.contacts.erase(ana.phoneNumber);
  expect(state).toBe("COMPLETED");
  expect(counts).toMatchObject({ messages: 1, interactions: 2, contacts: 1, cancelled: 0 });

  await carrier.personReads(ana.phoneNumber);
  const message = await untilStatus(stack, messageId, "READ");
  expect(message).toMatchObject({ content: null, phoneNumber: "", messageType: "text" });
  const everything = JSON.stringify([
    message,
    await client.messages.timeline(messageId),
    (await client.events.list({})).items,
    (await client.contacts.list()).items,
    (await client.auditLog.list()).items,
  ]);
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(digits);
}

async function dieInTheMiddle(kind: StoreUnderTest): Promise<void> {
  const scene = await setCarrierScene(kind);
  const port = await findFreePort();
  const phoneNumber = pick(scene.phoneNumbers, 0);
  const first = await scene.startGateway({ port, failpoint: "erasure:after-piece@2" });
  const client = scene.clientOf(port);
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const messages = Array.from({ length: 60 }, (_, index) => ({
    ...{ conversationId: phoneNumber, messageId: `letter_${index}`, sendAt },
    message: { text: secret },
  }));
  await client.messages.sendBatch(messages);

  // Asked once, so that what brings it to its end is the next gateway by itself.
  const once = createClient({ baseUrl: first.url, apiKey, maxRetries: 0 });
  await expect(once.contacts.erase(phoneNumber)).rejects.toThrow();
  expect(await first.ended).toBe("SIGKILL");
  await scene.startGateway({ port });
  const erasure = await until("the erasure is completed", async () => {
    const { items } = await client.contacts.listErasures();
    return items.find(({ state }) => state === "COMPLETED");
  });
  expect(erasure.counts).toMatchObject({ messages: 60, cancelled: 60 });
  const left: unknown[] = [];
  for await (const message of client.messages.listAll()) left.push(message);
  expect(left).toHaveLength(60);
  expect(JSON.stringify(left)).not.toContain(secret);
  expect(scene.logs()).toBe("");
}
