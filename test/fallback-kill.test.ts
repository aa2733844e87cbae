import type { Client } from "@richline/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { readMetric } from "./audit.ts";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { idIn, textOf } from "./careful-load.ts";
import { setCarrierScene } from "./carrier-scene.ts";
import { findFreePort } from "./free-port.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** RCS takes what is sent here and never delivers it; SMS arrive. */
const neverDelivered = "+12025550198";
/** No RCS; SMS arrive. */
const withoutRcs = "+12025550190";

/** Where the gateway dies, and to whom the messages go that reach that place. */
const deaths = [
  ["dispatch:after-claim", withoutRcs],
  ["dispatch:after-begin", withoutRcs],
  ["dispatch:after-send", withoutRcs],
  ["dispatch:after-settle", withoutRcs],
  ["receipts:before-commit", withoutRcs],
  ["receipts:after-commit", withoutRcs],
  ["watch:after-claim", neverDelivered],
  ["watch:before-settle", neverDelivered],
  ["watch:after-settle", neverDelivered],
] as const;
const ids = Array.from({ length: 8 }, (_, index) => `letter_${index}`);

beforeAll(buildServer, buildTimeoutMs);

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`a gateway on ${kind.name} that dies at`, () => {
    test.for(deaths)(
      "%s sends every message on by SMS once, or says that it cannot know: %s",
      { timeout: 60_000 },
      ([failpoint, phoneNumber]) => dieAt(kind, failpoint, phoneNumber),
    );
  });
}

/** One after the other, each until it is acknowledged, by whichever gateway listens by then. */
async function sendAll(client: Client, phoneNumber: string): Promise<void> {
  for (const messageId of ids) {
    const message = { text: textOf({ messageId, phoneNumber }) };
    await client.messages.send({ conversationId: phoneNumber, messageId, ttl: "10s", message });
  }
}

async function dieAt(kind: StoreUnderTest, failpoint: string, phoneNumber: string): Promise<void> {
  const scene = await setCarrierScene(kind, { sms: true });
  const port = await findFreePort();
  const client = scene.clientOf(port);
  const first = await scene.startGateway({ port, failpoint: `${failpoint}@3` });
  await scene.pointWebhooksAt(port);
  const sending = sendAll(client, phoneNumber);
  expect(await first.ended).toBe("SIGKILL");
  const { url } = await scene.startGateway({ port });
  await sending;
  // Only an SMS whose outcome is unknown is still watched, for ten minutes.
  const unknown = await until(
    "all other work has come to its end",
    async () => {
      const { items: uncertain } = await client.messages.list({ status: "UNCERTAIN" });
      if ((await readMetric(url, "richline_jobs")) !== uncertain.length) return undefined;
      // What RCS may have taken before the gateway died, and does not give back, is for a person to decide.
      return [...uncertain, ...(await client.reviews.list({})).items];
    },
    { withinMs: 30_000 },
  );
  const thread = await scene.carrier.thread(phoneNumber);
  const shown = thread.filter(({ channel }) => channel === "sms");
  const shownIds = shown.map(({ content }) => idIn(content["text"]));
  expect(new Set(shownIds).size, "doubled").toBe(shownIds.length);
  expect(new Set([...shownIds, ...unknown.map(({ id }) => id)])).toEqual(new Set(ids));
}
