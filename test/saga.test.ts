import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type MessageListItem } from "@richline/sdk";
import { createApp, loadConfig } from "@richline/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultFallbackPolicies } from "../packages/server/src/domain/fallback-policy.ts";
import { createFakeClock } from "../packages/server/src/testing/fake-clock.ts";
import { createPretendRoute, type Fate } from "./pretend-route.ts";

const apiKey = "rl_test_key_for_tests";
const ttlMs = 30_000;
/** Longer than all retries of both routes, the time to live, and the wait for receipts of an unknown outcome. */
const longEnoughMs = 1_500_000;
/** Steps by which time passes: short while most happens, then as long as what waits then. */
const steps = [
  { stepMs: 500, untilMs: 60_000 },
  { stepMs: 2_000, untilMs: 200_000 },
  { stepMs: 15_000, untilMs: longEnoughMs },
];

const trafficTypes = ["AUTHENTICATION", "TRANSACTION", "PROMOTION"] as const;

/** Most messages at once: so few that no provider is called ill, whose messages would wait until it is well. */
const storiesMax = 8;

interface Story {
  readonly trafficType: (typeof trafficTypes)[number];
  readonly rcs: Fate;
  readonly sms: Fate;
}

/** Now, soon, about when the time to live ends, or never. */
const aDelay = fc.option(fc.constantFrom(0, 5_000, 29_000, 34_000, 36_000, 120_000), {
  nil: undefined,
});
const aFate: fc.Arbitrary<Fate> = fc.record({
  sends: fc.array(
    fc.constantFrom("taken", "taken_lost", "not_taken_lost", "unavailable", "refused"),
    { minLength: 1, maxLength: 5 },
  ),
  deliveredAfterMs: aDelay,
  receiptAfterMs: aDelay,
  revokes: fc.array(fc.constantFrom("answered", "lost", "unavailable"), {
    minLength: 1,
    maxLength: 3,
  }),
});
const aStory: fc.Arbitrary<Story> = fc.record({
  trafficType: fc.constantFrom(...trafficTypes),
  rcs: aFate,
  sms: aFate,
});

interface Ending {
  readonly story: Story;
  readonly message: MessageListItem;
  readonly rcs: number;
  readonly sms: number;
  readonly smsTaken: number;
}

/** Lives through the stories of many messages at once, each to another phone, and says how they ended. */
async function live(stories: readonly Story[]): Promise<readonly Ending[]> {
  const clock = createFakeClock();
  const dataDir = mkdtempSync(join(tmpdir(), "richline-saga-"));
  const numberOf = (index: number) => `+1303556${String(1000 + index)}`;
  const byNumber = new Map(stories.map((story, index) => [numberOf(index), story]));
  const fateOf = (route: "rcs" | "sms") => (phoneNumber: string) => {
    const story = byNumber.get(phoneNumber);
    if (story === undefined) throw new Error("a message that nobody sent");
    return story[route];
  };
  const rcs = createPretendRoute({ name: "rcs", clock, fateOf: fateOf("rcs") });
  const sms = createPretendRoute({ name: "sms", clock, fateOf: fateOf("sms") });
  const app = await createApp(
    loadConfig({
      env: {},
      overrides: {
        port: 0,
        dataDir,
        logLevel: "silent",
        testApiKey: apiKey,
        agents: [{ id: "demo", displayName: "Demo", routes: { test: ["rcs", "sms"], live: [] } }],
        providers: [],
      },
    }),
    { clock, random: () => 0, providers: [rcs.provider, sms.provider] },
  );
  try {
    await app.listen();
    const client = createClient({ baseUrl: app.url, apiKey });
    for (const [index, { trafficType }] of stories.entries()) {
      await client.messages.send({
        conversationId: numberOf(index),
        messageId: `m${index}`,
        message: { text: "Hello" },
        ttl: `${ttlMs / 1_000}s`,
        trafficType,
      });
    }
    let passedMs = 0;
    for (const { stepMs, untilMs } of steps) {
      for (; passedMs < untilMs; passedMs += stepMs) {
        clock.advance(stepMs);
        // Exchanges with the gateway and its store give it the time to look, and to do what it found.
        await client.messages.get("m0");
        await client.messages.get("m0");
      }
    }
    const messages = new Map<string, MessageListItem>();
    for await (const one of client.messages.listAll({ limit: 200 })) messages.set(one.id, one);
    return stories.map((story, index) => {
      const message = messages.get(`m${index}`);
      if (message === undefined) throw new Error("a message was forgotten");
      return {
        story,
        message,
        rcs: rcs.delivered.get(numberOf(index)) ?? 0,
        sms: sms.delivered.get(numberOf(index)) ?? 0,
        smsTaken: sms.taken.get(numberOf(index)) ?? 0,
      };
    });
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true });
  }
}

test("whatever two routes do, in whatever order: nobody gets an SMS twice, both only where the policy says so, and what nobody got is not called delivered or forgotten", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStory, { minLength: 1, maxLength: storiesMax }), async (stories) => {
      for (const ending of await live(stories)) {
        const { story, message, rcs, sms, smsTaken } = ending;
        const { status } = message;
        const context = JSON.stringify({ story, status, reason: message.reason, rcs, sms });
        expect(smsTaken, `sent blindly again by SMS: ${context}`).toBeLessThanOrEqual(1);
        expect(rcs, `twice by RCS: ${context}`).toBeLessThanOrEqual(1);
        const { whenInconclusive } = defaultFallbackPolicies[story.trafficType];
        if (whenInconclusive !== "fall_back")
          expect(rcs + sms, `over both routes: ${context}`).toBeLessThanOrEqual(1);
        // What a provider of SMS has taken and says nothing of is SENT; an alert tells of receipts that are missing.
        const isOpen = openlyUndelivered.includes(status) || (status === "SENT" && smsTaken === 1);
        if (rcs + sms === 0) expect(isOpen, context).toBe(true);
        else expect(status, context).not.toBe("FAILED");
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);

/** What a customer sees as not delivered, or not known to be. A message that a provider has and never delivers is asked back. */
const openlyUndelivered = ["UNCERTAIN", "NEEDS_REVIEW", "FAILED", "EXPIRED"];
