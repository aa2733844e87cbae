import { beforeAll, describe, expect, test } from "vitest";
import { readMetric } from "./audit.ts";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { idIn, textOf } from "./careful-load.ts";
import { setCarrierScene } from "./carrier-scene.ts";
import { findFreePort } from "./free-port.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** RCS takes what is sent here and never delivers it; SMS arrive. */
const phoneNumber = "+12025550198";
const ids = Array.from({ length: 8 }, (_, index) => `letter_${index}`);

beforeAll(buildServer, buildTimeoutMs);

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`a gateway on ${kind.name} that dies at`, () => {
    test.for(["watch:before-settle", "watch:after-settle"])(
      "%s sends every message on by SMS once, or says that it cannot know",
      { timeout: 60_000 },
      (failpoint) => dieAt(kind, failpoint),
    );
  });
}

async function dieAt(kind: StoreUnderTest, failpoint: string): Promise<void> {
  const scene = await setCarrierScene(kind, { sms: true });
  const port = await findFreePort();
  const client = scene.clientOf(port);
  const first = await scene.startGateway({ port, failpoint: `${failpoint}@3` });
  await scene.pointWebhooksAt(port);
  for (const messageId of ids) {
    const message = { text: textOf({ messageId, phoneNumber }) };
    await client.messages.send({ conversationId: phoneNumber, messageId, ttl: "10s", message });
  }
  expect(await first.ended).toBe("SIGKILL");
  const { url } = await scene.startGateway({ port });
  // Only an SMS whose outcome is unknown is still watched, for ten minutes.
  const uncertain = await until(
    "all other work has come to its end",
    async () => {
      const { items } = await client.messages.list({ status: "UNCERTAIN" });
      return (await readMetric(url, "richline_jobs")) === items.length ? items : undefined;
    },
    { withinMs: 30_000 },
  );
  const thread = await scene.carrier.thread(phoneNumber);
  const shown = thread.filter(({ channel }) => channel === "sms");
  const shownIds = shown.map(({ content }) => idIn(content["text"]));
  expect(new Set(shownIds).size, "doubled").toBe(shownIds.length);
  expect(new Set([...shownIds, ...uncertain.map(({ id }) => id)])).toEqual(new Set(ids));
}
