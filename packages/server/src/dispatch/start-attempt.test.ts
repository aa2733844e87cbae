import { expect, it } from "vitest";
import { defaultFallbackPolicies } from "../domain/fallback-policy.ts";
import type { Provider } from "../providers/provider.ts";
import type { ClaimedSend } from "../store/store.ts";
import { aMessage } from "../testing/builders.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { startAttempt } from "./start-attempt.ts";

const nowMs = Date.parse("2026-11-23T10:00:00Z");

function aProvider(name: string, channel: "rcs" | "sms"): Provider {
  return {
    specificationVersion: "v1",
    name,
    capabilities: {
      channel,
      messageTypes: ["text"],
      idempotentSend: true,
      clientMessageId: true,
      revoke: false,
      reachLookup: false,
    },
    doSend: () => Promise.reject(new Error("Nothing is sent here.")),
    verifyWebhook: () => ({ kind: "forged", reason: "none" }),
    parseWebhook: () => [],
  };
}

interface Scene {
  /** The agent's routes in order; names that begin with `sms` are SMS. */
  readonly routes: readonly string[];
  /** Providers that are slow. */
  readonly ill?: readonly string[];
  /** Providers that fail, and until when they are left alone. */
  readonly failing?: Readonly<Record<string, number>>;
  /** Whether an ill provider lets the message through. */
  readonly admits?: boolean;
  readonly suspendedUntilMs?: number;
  readonly random?: number;
}

/** What becomes of a message on its first route: the place of the next one and when, or that it is sent. */
function start(scene: Scene, overrides: Partial<ClaimedSend> = {}) {
  const {
    routes,
    ill = [],
    failing = {},
    admits = false,
    suspendedUntilMs = 0,
    random = 0,
  } = scene;
  const asked: string[] = [];
  const { message, leg } = aMessage();
  const claim: ClaimedSend = {
    jobId: 1,
    leaseToken: "token",
    retriesUsed: 0,
    tries: 0,
    mayHaveBeenTaken: false,
    message,
    leg: { ...leg, provider: routes[0] ?? "" },
    isCurrent: true,
    hasOptedOut: false,
    conversation: null,
    ...overrides,
  };
  const started = startAttempt(
    {
      clock: createFakeClock(nowMs),
      random: () => random,
      providers: new Map(
        routes.map((name) => [name, aProvider(name, name.startsWith("sms") ? "sms" : "rcs")]),
      ),
      agents: [
        { id: "demo", routes: { test: routes, live: [] }, fallback: defaultFallbackPolicies },
      ],
      health: {
        suspendedUntilMs: () => suspendedUntilMs,
        suspend: () => undefined,
        succeeded: () => undefined,
        ended: () => undefined,
        isHealthy: (name) => !ill.includes(name) && failing[name] === undefined,
        outageUntilMs: (name) => failing[name],
        admits: (name) => {
          asked.push(name);
          return admits;
        },
      },
    },
    claim,
  );
  const next = started.kind === "settled" ? started.settlement.next : undefined;
  return {
    outcome: started.kind === "started" ? "sent" : next?.newLeg?.provider,
    dueAtMs: next?.dueAtMs,
    retriesUsed: next?.retriesUsed,
    asked,
  };
}

it("a message of a degraded provider takes the next healthy one of its channel, now", () => {
  const scene = { routes: ["a", "b", "c"], ill: ["a", "b"] };
  expect(start(scene)).toMatchObject({ outcome: "c", dueAtMs: nowMs });
});

it("a message that a recovering provider lets through stays", () => {
  expect(start({ routes: ["a", "b"], ill: ["a"], admits: true }).outcome).toBe("sent");
});

it("SMS is no substitute for a slow provider of RCS, and neither is another ill one", () => {
  expect(start({ routes: ["a", "sms"], ill: ["a"] }).outcome).toBe("sent");
  expect(start({ routes: ["a", "b"], ill: ["a", "b"] }).outcome).toBe("sent");
});

it("a message that has nowhere else to go waits until a provider that fails is tried again, with all its retries", () => {
  const scene = { routes: ["a", "sms"], failing: { a: nowMs + 30_000 }, random: 0.5 };
  const held = start(scene, { retriesUsed: 2, tries: 2 });
  expect(held).toMatchObject({ outcome: undefined, dueAtMs: nowMs + 32_500 });
  expect(held.retriesUsed).toBe(2);
  expect(start({ ...scene, admits: true }).outcome).toBe("sent");
});

it("a message that waits is looked at when its time to live ends, and not only when it would be tried again", () => {
  const { message, leg } = aMessage();
  const mortal = { message: { ...message, expiresAtMs: nowMs + 9_000 }, leg };
  const failing = start(
    { routes: [leg.provider], failing: { [leg.provider]: nowMs + 30_000 } },
    mortal,
  );
  expect(failing.dueAtMs).toBe(nowMs + 9_000);
  const suspended = start({ routes: [leg.provider], suspendedUntilMs: nowMs + 60_000 }, mortal);
  expect(suspended.dueAtMs).toBe(nowMs + 9_000);
});

it("a message that the provider may have stays with it; one that it has failed to take does not", () => {
  const scene = { routes: ["a", "b"], ill: ["a"] };
  expect(start(scene, { mayHaveBeenTaken: true }).outcome).toBe("sent");
  expect(start(scene, { retriesUsed: 1, tries: 1 }).outcome).toBe("b");
});

it("a provider is asked for its share only where the message could go elsewhere or wait", () => {
  expect(start({ routes: ["a", "b"], ill: ["a"] }).asked).toEqual(["a"]);
  expect(start({ routes: ["a", "sms"], ill: ["a"] }).asked).toEqual([]);
  expect(start({ routes: ["a"], failing: { a: nowMs } }).asked).toEqual(["a"]);
  expect(start({ routes: ["a", "b"] }).asked).toEqual([]);
});

it("what waits for a suspended provider comes back over five seconds, not all at once", () => {
  const scene = { routes: ["a"], suspendedUntilMs: nowMs + 60_000 };
  expect(start(scene).dueAtMs).toBe(nowMs + 60_000);
  expect(start({ ...scene, random: 0.5 }).dueAtMs).toBe(nowMs + 62_500);
  expect(start({ ...scene, random: 0.9999 }).dueAtMs).toBe(nowMs + 64_999);
});
