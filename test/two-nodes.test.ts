import { beforeAll, describe, expect, test } from "vitest";
import { audit, nothing, readMetric } from "./audit.ts";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { sendAll } from "./careful-load.ts";
import { setCarrierScene } from "./carrier-scene.ts";
import { findFreePort } from "./free-port.ts";
import { postgres, runStatement } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** Provider calls that one node has under way at most: few, so that one node alone cannot take all there is. */
const sendsInFlightMax = 4;
/** Longer than any provider call here, and soon over when a node is dead; in milliseconds. */
const leaseMs = 5_000;
/** How long the carrier lets a call hang that it will not answer, in milliseconds of its hurried clock: 3 s. */
const hangMs = 12_000;

beforeAll(buildServer, buildTimeoutMs);

async function startTwoNodes() {
  const scene = await setCarrierScene(postgres, { leaseMs, sendsInFlightMax });
  const ports = [await findFreePort(), await findFreePort()] as const;
  const nodes = await Promise.all([
    scene.startGateway({ port: ports[0] }),
    scene.startGateway({ port: ports[1] }),
  ]);
  await scene.pointWebhooksAt(ports[0]);
  const clients = [scene.clientOf(ports[0]), scene.clientOf(ports[1])] as const;
  await clients[0].endpoints.create({ url: scene.endpoint.url });
  return { scene, ports, nodes, clients };
}

const load = { concurrency: 8, onAcknowledged: () => undefined };

describe.skipIf(!postgres.isAvailable)("two gateways on one PostgreSQL", () => {
  test("share what one of them accepts, and every message goes out in exactly one call", {
    timeout: 60_000,
  }, async () => {
    const { scene, nodes, clients } = await startTwoNodes();
    // Each call takes a while, so that more waits than the accepting node has room for.
    await scene.carrier.setFaults([{ on: "send", action: "delay", delayMs: 80 }]);
    const letters = scene.makeLetters(400);
    await sendAll(clients[0], letters, load);
    const [first, second] = nodes;
    expect(await audit(scene, clients[1], { url: second.url, letters, withinMs: 30_000 })).toEqual(
      nothing,
    );

    const attempts = await Promise.all(
      [first, second].map(({ url }) => readMetric(url, "richline_attempts_total")),
    );
    console.info(`Attempts: ${attempts.join(" and ")}.`);
    expect(Math.min(...attempts)).toBeGreaterThan(0);
    expect(attempts.reduce((sum, one) => sum + one)).toBe(letters.length);
    const calls = (await scene.carrier.sends()).map(({ url }) => url);
    expect(calls).toHaveLength(letters.length);
    expect(new Set(calls).size).toBe(letters.length);
    expect(scene.logs()).toBe("");
  });

  test("hand over what one of them held when it was killed", { timeout: 60_000 }, async () => {
    const { scene, ports, nodes, clients } = await startTwoNodes();
    // The first calls of both hang and then break off unheard: what the dead one held, it never sent.
    const held = 2 * sendsInFlightMax;
    await scene.carrier.setFaults([{ on: "send", action: "reset", delayMs: hangMs, count: held }]);
    const letters = scene.makeLetters(100);
    await sendAll(clients[0], letters, load);
    await until("both nodes hold as much as they can", async () =>
      (await countLeases(scene.schema)) === held ? true : undefined,
    );
    await nodes[0].kill();
    await scene.pointWebhooksAt(ports[1]);
    const { url } = nodes[1];
    expect(await audit(scene, clients[1], { url, letters, withinMs: 30_000 })).toEqual(nothing);
    expect(scene.logs()).toBe("");
  });
});

/** How many messages are leased to a node. */
async function countLeases(schema: string | undefined): Promise<number> {
  const [row] = await runStatement(
    `SELECT count(*) AS leases FROM ${schema}.jobs WHERE kind = 'send' AND lease_token IS NOT NULL`,
  );
  return Number(row?.["leases"]);
}
