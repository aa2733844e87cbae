import { beforeAll, describe, expect, test } from "vitest";
import { failpointNames } from "../packages/server/src/kernel/failpoint.ts";
import { audit, nothing } from "./audit.ts";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { type Letter, sendAll } from "./careful-load.ts";
import { type CarrierScene, setCarrierScene } from "./carrier-scene.ts";
import { findFreePort } from "./free-port.ts";
import type { GatewayProcess } from "./gateway-process.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";

/** Letters of one wave, and most waves until a gateway must have died. */
const waveLetters = 12;
const wavesMax = 50;

beforeAll(buildServer, buildTimeoutMs);

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`a gateway on ${kind.name} that dies at`, () => {
    // Those of the watch are reached by messages that fall back: fallback-kill.test.ts; that of erasures by one:
    // erasure-kill.test.ts.
    test.for(failpointNames.filter((name) => !/^(watch|erasure):/.test(name)))(
      "%s, and there again in the middle of its work, loses nothing and doubles nothing",
      { timeout: 60_000 },
      (name) => dieAt(kind, name),
    );
  });
}

async function dieAt(kind: StoreUnderTest, name: string): Promise<void> {
  const scene = await setCarrierScene(kind);
  const port = await findFreePort();
  const client = scene.clientOf(port);

  const first = await scene.startGateway({ port, failpoint: `${name}@1` });
  await scene.pointWebhooksAt(port);
  await client.endpoints.create({ url: scene.endpoint.url });
  const firstLoad = await loadUntilDead(scene, port, first);
  const second = await scene.startGateway({ port, failpoint: `${name}@5` });
  const secondLoad = await loadUntilDead(scene, port, second);
  const last = await scene.startGateway({ port });
  await Promise.all([firstLoad.acknowledged, secondLoad.acknowledged]);

  const letters = [...firstLoad.letters, ...secondLoad.letters];
  const findings = await audit(scene, client, { url: last.url, letters, withinMs: 30_000 });
  expect(findings).toEqual(nothing);
  expect(scene.logs()).toBe("");
}

interface Load {
  readonly letters: readonly Letter[];
  /** Resolves when every letter is acknowledged, by whichever gateway listens by then. */
  readonly acknowledged: Promise<unknown>;
}

/** Sends wave after wave until the gateway has killed itself. */
async function loadUntilDead(
  scene: CarrierScene,
  port: number,
  gateway: GatewayProcess,
): Promise<Load> {
  const letters: Letter[] = [];
  const waves: Promise<unknown>[] = [];
  let isDead = false;
  const dead = gateway.ended.then((signal) => {
    isDead = true;
    expect(signal).toBe("SIGKILL");
  });
  while (!isDead && waves.length < wavesMax) {
    const wave = scene.makeLetters(waveLetters);
    letters.push(...wave);
    const options = { concurrency: 4, onAcknowledged: () => undefined };
    waves.push(sendAll(scene.clientOf(port), wave, options));
    await Promise.race([waves.at(-1), dead]);
  }
  await dead;
  return { letters, acknowledged: Promise.all(waves) };
}
