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
  readonly ill?: readonly string[];
  /** Whether an ill provider lets the message through. */
  readonly admits?: boolean;
  readonly suspendedUntilMs?: number;
  readonly random?: number;
}

/** What becomes of a message on its first route: the place of the next one and when, or that it is sent. */
function start(scene: Scene, overrides: Partial<ClaimedSend> = {}) {
  const { routes, ill = [], admits = false, suspendedUntilMs = 0, random = 0 } = scene;
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
        isHealthy: (name) => !ill.includes(name),
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

it("SMS is no substitute for a degraded provider of RCS, and neither is another ill one", () => {
  expect(start({ routes: ["a", "sms"], ill: ["a"] }).outcome).toBe("sent");
  expect(start({ routes: ["a", "b"], ill: ["a", "b"] }).outcome).toBe("sent");
});

it("a message that the provider may have, or has failed to take, stays with it", () => {
  const scene = { routes: ["a", "b"], ill: ["a"] };
  expect(start(scene, { mayHaveBeenTaken: true }).outcome).toBe("sent");
  expect(start(scene, { retriesUsed: 1, tries: 1 }).outcome).toBe("sent");
});

it("a provider is asked for its share only where the message could go elsewhere", () => {
  expect(start({ routes: ["a", "b"], ill: ["a"] }).asked).toEqual(["a"]);
  expect(start({ routes: ["a", "sms"], ill: ["a"] }).asked).toEqual([]);
  expect(start({ routes: ["a", "b"] }).asked).toEqual([]);
});

it("what waits for a suspended provider comes back over five seconds, not all at once", () => {
  const scene = { routes: ["a"], suspendedUntilMs: nowMs + 60_000 };
  expect(start(scene).dueAtMs).toBe(nowMs + 60_000);
  expect(start({ ...scene, random: 0.5 }).dueAtMs).toBe(nowMs + 62_500);
  expect(start({ ...scene, random: 0.9999 }).dueAtMs).toBe(nowMs + 64_999);
});
