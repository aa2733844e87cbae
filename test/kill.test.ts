import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { audit, nothing } from "./audit.ts";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { sendAll } from "./careful-load.ts";
import { setCarrierScene } from "./carrier-scene.ts";
import { findFreePort } from "./free-port.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { storesUnderTest } from "./stores-under-test.ts";

const killCount = 8;
const lettersPerKill = 150;

beforeAll(buildServer, buildTimeoutMs);

describe.each(storesUnderTest)("a gateway on $name", (kind) => {
  test.skipIf(!kind.isAvailable)(
    "that is killed again and again under load loses nothing, doubles nothing and tells everything",
    { timeout: 120_000 },
    async () => {
      const random = createSeededRandom();
      console.info(`RICHLINE_TEST_SEED=${random.seed}`);
      const startedAtMs = performance.now();
      const sight = createSight();
      const scene = await setCarrierScene(kind, { onDelivery: sight.see });
      const port = await findFreePort();
      let gateway = await scene.startGateway({ port });
      const client = scene.clientOf(port);
      await scene.pointWebhooksAt(port);
      await client.endpoints.create({ url: scene.endpoint.url });

      const letters = scene.makeLetters(killCount * lettersPerKill);
      let replays = 0;
      for (let kills = 0; kills < killCount; kills += 1) {
        const load = letters.slice(kills * lettersPerKill, (kills + 1) * lettersPerKill);
        const moment = sight.after(1 + random.below(2 * lettersPerKill));
        const sending = sendAll(client, load, { concurrency: 8, onAcknowledged: sight.see });
        await moment;
        // What we see comes right behind a commit; a few milliseconds later it may be any place at all.
        await pause(random.below(10));
        await gateway.kill();
        gateway = await scene.startGateway({ port });
        replays += await sending;
      }

      const findings = await audit(scene, client, { url: gateway.url, letters, withinMs: 60_000 });
      console.table([
        {
          store: kind.name,
          kills: killCount,
          messages: letters.length,
          replays,
          deliveries: scene.endpoint.received.length,
          seconds: Math.round((performance.now() - startedAtMs) / 100) / 10,
        },
      ]);
      expect(findings).toEqual(nothing);
      expect(scene.logs()).toBe("");
    },
  );
});

/** Counts what a test sees of the gateway's work: acknowledgements and deliveries. */
function createSight() {
  let seen = 0;
  const waiting = new Map<number, () => void>();
  return {
    see: () => {
      seen += 1;
      waiting.get(seen)?.();
    },
    /** Resolves at the `count`th sight from now. */
    after: (count: number) =>
      new Promise<void>((resolve) => {
        waiting.set(seen + count, resolve);
      }),
  };
}
