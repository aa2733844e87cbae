import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "@richline/server";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findPostgres, startPostgres } from "../../packages/server/src/testing/postgres-server.ts";
import { buildServer, buildTimeoutMs } from "../built-server.ts";
import { createCarefulClient, type Letter, textOf } from "../careful-load.ts";
import { startCustomerEndpoint } from "../customer-endpoint.ts";
import { apiKey } from "../gateway-stack.ts";
import { createSeededRandom, type SeededRandom } from "../seeded-random.ts";
import { auditChaos, nothingWrong } from "./chaos-audit.ts";
import { phones, startChaosCarrier } from "./chaos-carrier.ts";
import { startFleet } from "./chaos-fleet.ts";
import { stormSeconds } from "./storm-seconds.ts";

/** A storm, and the longest that the work may take that it leaves. */
const timeout = (4 * stormSeconds + 180) * 1_000;

/** How often the weather changes, and how often a gateway dies, in milliseconds. */
const gustMs = 300;
const killEveryMs = 2_500;
/** How often something happens to the store, and for how long, in milliseconds. */
const storeEveryMs = 4_000;
const storeAwayMs = 700;

/** One in so many times a customer sends so many letters at once: more than a second's limit takes. */
const burstEvery = 40;
const burstLetters = 80;

/** How long RCS may try a phone that is off, in seconds, and how long after that the gateway asks itself, in milliseconds. */
const ttlSeconds = 10;
const watchGraceMs = 6_000;

beforeAll(buildServer, buildTimeoutMs);

const postgresBin = findPostgres();
const canMount = mountsWork();

describe("in a storm of faults, kills and a store that goes away", () => {
  test.skipIf(postgresBin === undefined)(
    "three gateways on one PostgreSQL lose nothing, double nothing and keep their limit",
    { timeout },
    async () => {
      const database = await startPostgres(postgresBin ?? "");
      onTestFinished(() => database.stop());
      await survive({
        name: "three gateways, PostgreSQL",
        gateways: 3,
        place: { dataDir: tmpdir(), databaseUrl: database.url },
        troubleStore: async () => {
          await database.kill();
          await pause(storeAwayMs);
          await database.start();
        },
      });
    },
  );

  test("one gateway on SQLite loses nothing, doubles nothing and keeps its limit", {
    timeout,
  }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "richline-chaos-"));
    if (canMount) execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", dataDir]);
    else console.info("Without the right to mount, the disk is not filled up.");
    onTestFinished(() => {
      if (canMount) execFileSync("umount", ["-l", dataDir]);
      rmSync(dataDir, { recursive: true });
    });
    await survive({
      name: `one gateway, SQLite${canMount ? ", disk full" : ""}`,
      gateways: 1,
      place: { dataDir },
      troubleStore: async () => {
        if (!canMount) return;
        const ballast = join(dataDir, "ballast");
        fillUp(ballast);
        await pause(storeAwayMs);
        rmSync(ballast, { force: true });
      },
    });
  });
});

interface Weather {
  readonly name: string;
  readonly gateways: number;
  readonly place: Partial<Config>;
  /** Takes the store away for a moment. */
  readonly troubleStore: () => Promise<void>;
}

async function survive(weather: Weather): Promise<void> {
  const random = createSeededRandom();
  console.info(`RICHLINE_TEST_SEED=${random.seed}`);
  const carrier = await startChaosCarrier(random);
  const refused = new Set<string>();
  // A delivery that is refused once comes again after 5 s; after two refusals it would be 5 minutes.
  const endpoint = await startCustomerEndpoint(({ event: { id } }) => {
    if (refused.has(id) || random.below(20) > 0) return 200;
    refused.add(id);
    return 500;
  });
  const fleet = await startFleet(carrier, weather.place, weather.gateways);
  onTestFinished(async () => {
    await fleet.stop();
    await Promise.all([carrier.emulator.close(), endpoint.close()]);
  });
  const client = createCarefulClient(fleet.url, apiKey);
  await carrier.control.pointWebhooksAt("demo", `${fleet.url}/webhooks/emulator`);
  await client.endpoints.create({ url: endpoint.url });

  const untilMs = Date.now() + stormSeconds * 1_000;
  const letters: Letter[] = [];
  let storeTroubles = 0;
  const [replays] = await Promise.all([
    writeLetters(client, letters, { random, untilMs }),
    every(gustMs, untilMs, () => carrier.blow()),
    every(killEveryMs, untilMs, () => fleet.killOne(random)),
    every(storeEveryMs, untilMs, async () => {
      storeTroubles += 1;
      await weather.troubleStore();
    }),
  ]);
  await carrier.calm();
  // Until then RCS may still try what its phones were switched off for.
  await pause(ttlSeconds * 1_000 + watchGraceMs);

  const report = await auditChaos({ carrier, fleet, endpoint, client }, letters);
  const counts = Object.entries(report.findings).map(([name, ids]) => [name, ids.length]);
  console.table([
    {
      run: weather.name,
      seconds: stormSeconds,
      accepted: letters.length,
      replays,
      kills: fleet.killCount,
      storeTroubles,
      faults: carrier.faultCount,
      rcsLimitShare: toHundredths(report.limitShare.rcs),
      smsLimitShare: toHundredths(report.limitShare.sms),
      ...Object.fromEntries(counts),
      ...report.byStatus,
    },
  ]);
  expect(report.findings, report.stories).toEqual(nothingWrong);
  expect(report.limitShare.rcs).toBeLessThanOrEqual(1);
  expect(report.limitShare.sms).toBeLessThanOrEqual(1);
}

function toHundredths(share: number): number {
  return Math.round(share * 100) / 100;
}

/** Eight customers who send one message after the other, now and then many at once, each until it is acknowledged. Answers how many were replays. */
async function writeLetters(
  client: ReturnType<typeof createCarefulClient>,
  letters: Letter[],
  { random, untilMs }: { readonly random: SeededRandom; readonly untilMs: number },
): Promise<number> {
  let replays = 0;
  const sendOne = async () => {
    const letter = draw(random, letters.length);
    letters.push(letter);
    const { messageId, phoneNumber, trafficType } = letter;
    const isOff = phones.off.includes(phoneNumber);
    const answer = await client.messages.send({
      conversationId: phoneNumber,
      messageId,
      message: { text: textOf(letter) },
      ...(trafficType === undefined ? {} : { trafficType }),
      ...(isOff ? { ttl: `${ttlSeconds}s` } : {}),
    });
    if (answer.replayed) replays += 1;
  };
  const customer = async () => {
    while (Date.now() < untilMs) {
      const count = random.below(burstEvery) === 0 ? burstLetters : 1;
      await Promise.all(Array.from({ length: count }, sendOne));
      await pause(100 + random.below(200));
    }
  };
  await Promise.all(Array.from({ length: 8 }, customer));
  return replays;
}

function draw(random: SeededRandom, index: number): Letter {
  const kind = random.below(10);
  const among = kind < 7 ? phones.rcs : kind < 9 ? phones.withoutRcs : phones.off;
  return {
    messageId: `letter_${index}`,
    phoneNumber: among[random.below(among.length)] ?? "",
    trafficType: (["AUTHENTICATION", "TRANSACTION", "PROMOTION"] as const)[random.below(3)],
  };
}

async function every(waitMs: number, untilMs: number, act: () => Promise<void>): Promise<void> {
  while (Date.now() + waitMs < untilMs) {
    await pause(waitMs);
    await act();
  }
}

/** Writes until nothing more fits. */
function fillUp(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(64 * 1024 * 1024));
  } catch {
    // Full: what was wanted.
  }
}

function mountsWork(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "richline-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
