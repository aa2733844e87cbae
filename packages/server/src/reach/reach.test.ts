import { afterEach, expect, it } from "vitest";
import { silentLogger } from "../kernel/logger.ts";
import type { Provider, ReachOutcome, ReachRequest } from "../providers/provider.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import { createReach } from "./reach.ts";

const phoneNumber = "+12025550123";
const day = 86_400_000;

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** Look-ups of a provider that answers as told, on a clock that stands still. */
async function start(answer: (request: ReachRequest) => ReachOutcome) {
  const clock = createFakeClock();
  const { store, close } = await openTestStore();
  const asked: ReachRequest[] = [];
  const provider: Provider = {
    specificationVersion: "v1",
    name: "google",
    capabilities: {
      channel: "rcs",
      messageTypes: ["text"],
      idempotentSend: true,
      clientMessageId: true,
      revoke: false,
      reachLookup: true,
      bulkReach: { min: 3, max: 4 },
    },
    doSend: () => Promise.reject(new Error("Nothing is sent here.")),
    doCheckReach: async (request) => {
      asked.push(request);
      return answer(request);
    },
    verifyWebhook: () => ({ kind: "forged", reason: "none" }),
    parseWebhook: () => [],
  };
  const reach = createReach({ store, clock, logger: silentLogger });
  ended.push(async () => {
    await reach.stop();
    await close();
  });
  const find = (needsFeatures = false) => reach.find(provider, { phoneNumber, needsFeatures });
  return { clock, reach, provider, asked, find };
}

const answering =
  (reachable: boolean) =>
  ({ phoneNumbers, needsFeatures }: ReachRequest): ReachOutcome => ({
    kind: "answered",
    reach: new Map(
      phoneNumbers.map((number) => [
        number,
        { reachable, features: needsFeatures ? ["RICHCARD_STANDALONE" as const] : undefined },
      ]),
    ),
  });

it("a phone with RCS is looked up once a week, one without it once a day", async () => {
  for (const [reachable, days] of [
    [true, 7],
    [false, 1],
  ] as const) {
    const { clock, asked, find } = await start(answering(reachable));
    expect(await find()).toMatchObject({ reachable });
    clock.advance(days * day - 1);
    await find();
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await find();
    expect(asked).toHaveLength(2);
  }
});

it("a handset whose features are not known is asked for them when they matter, and then remembered", async () => {
  const { asked, find } = await start(answering(true));
  await find();
  expect(await find(true)).toMatchObject({ features: ["RICHCARD_STANDALONE"] });
  await find(true);
  await find(false);
  expect(asked.map(({ needsFeatures }) => needsFeatures)).toEqual([false, true]);
});

it("a handset that refused what it was said to show is looked up again", async () => {
  const { reach, asked, find } = await start(answering(true));
  await find(true);
  reach.learn("google", phoneNumber, "less_than_known");
  await reach.stop();
  await find(true);
  expect(asked).toHaveLength(2);
});

it("a send that was refused for want of RCS teaches, without a look-up", async () => {
  const { reach, asked, find } = await start(answering(true));
  reach.learn("google", phoneNumber, "unreachable");
  await reach.stop();
  expect(await find()).toMatchObject({ reachable: false });
  expect(asked).toEqual([]);
});

it("after a look-up that failed none is made for ten seconds: sends do not wait for it", async () => {
  const { clock, asked, find } = await start(() => ({
    kind: "failed",
    code: "provider_unavailable",
    detail: "503",
  }));
  expect(await find()).toBeUndefined();
  clock.advance(9_999);
  expect(await find()).toBeUndefined();
  expect(asked).toHaveLength(1);
  clock.advance(1);
  await find();
  expect(asked).toHaveLength(2);
});

it("many numbers that are expected are looked up together before they are needed, few are not", async () => {
  const { clock, reach, provider, asked, find } = await start(answering(true));
  reach.expect(provider, [phoneNumber, "+12025550124"]);
  clock.advance(100);
  expect(asked).toEqual([]);
  reach.expect(provider, [phoneNumber, "+12025550124"]);
  reach.expect(provider, ["+12025550125", "+12025550126", "+12025550127"]);
  clock.advance(100);
  await find();
  // One look-up, of as many as one takes.
  expect(asked).toHaveLength(1);
  expect(asked[0]?.phoneNumbers).toHaveLength(4);
});
