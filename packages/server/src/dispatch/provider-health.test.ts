import { expect, it } from "vitest";
import { silentLogger } from "../kernel/logger.ts";
import type { SendOutcome } from "../providers/provider.ts";
import type { NewEvent } from "../store/store.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createProviderHealth } from "./provider-health.ts";

const accepted: SendOutcome = { kind: "accepted", providerMessageId: "1" };
const failed: SendOutcome = {
  kind: "deferred",
  code: "provider_unavailable",
  detail: "503",
  retryAfterMs: undefined,
};

/** The health of a provider `google`, with everything that it says. */
function start() {
  const clock = createFakeClock();
  const events: NewEvent[] = [];
  const standings: string[] = [];
  const attempts: (string | undefined)[] = [];
  const health = createProviderHealth({
    clock,
    logger: silentLogger,
    store: { logEvents: async (logged) => void events.push(...logged) },
    agents: [{ routes: { test: [], live: ["google"] } }],
    traffic: {
      attempted: (_provider, code) => void attempts.push(code),
      stands: (_provider, standing) => void standings.push(standing),
    },
  });
  const end = (outcome: SendOutcome, times: number, durationMs = 100) => {
    for (let index = 0; index < times; index += 1) health.ended("google", outcome, durationMs);
  };
  /** Takes messages and delivers them until the provider is healthy, or the minutes are over. */
  const recover = () => {
    for (let step = 0; step < 8 && !health.isHealthy("google"); step += 1) {
      clock.advance(30_000);
      if (health.admits("google")) end(accepted, 1);
    }
  };
  return { health, events, standings, attempts, end, recover, clock };
}

it("a provider's trouble is told once at its beginning and once at its end, with the reason", () => {
  const { events, standings, end, recover } = start();
  end(failed, 50);
  recover();
  end(accepted, 50);
  expect(events.map(({ type, mode, data }) => [type, mode, data.reason])).toEqual([
    ["provider.degraded", "live", { code: "failing", detail: "20 of the last 20 calls failed." }],
    ["provider.recovered", "live", undefined],
  ]);
  expect(standings).toEqual(["degraded", "healthy"]);
});

it("a relapse on the way back is the same trouble, and is not told again", () => {
  const { events, health, end, clock } = start();
  end(failed, 20);
  for (let round = 0; round < 3; round += 1) {
    clock.advance(30_000);
    expect(health.admits("google")).toBe(true);
    end(failed, 5);
    expect(health.admits("google")).toBe(false);
  }
  expect(events.map(({ type }) => type)).toEqual(["provider.degraded"]);
});

it("a slow provider is degraded though every call works", () => {
  const { events, end } = start();
  end(accepted, 20, 5_001);
  expect(events[0]?.data.reason?.code).toBe("slow");
});

it("refused credentials suspend and do not degrade", () => {
  const { health, events, standings, end, clock } = start();
  end({ ...failed, code: "auth_failed" }, 50);
  health.suspend("google", clock.now() + 60_000, "401");
  health.suspend("google", clock.now() + 60_000, "401");
  expect(health.isHealthy("google")).toBe(false);
  health.succeeded("google");
  health.succeeded("google");
  expect(events.map(({ type }) => type)).toEqual(["provider.suspended", "provider.resumed"]);
  expect(standings).toEqual(["suspended", "healthy"]);
});

it("a provider that was degraded and is suspended as well is degraded when it resumes", () => {
  const { health, standings, end, clock } = start();
  end(failed, 20);
  health.suspend("google", clock.now() + 60_000, "401");
  health.succeeded("google");
  expect(standings).toEqual(["degraded", "suspended", "degraded"]);
});

it("every call is counted, by its code", () => {
  const { attempts, end } = start();
  end(accepted, 1);
  end({ ...failed, code: "rate_limited" }, 1);
  expect(attempts).toEqual([undefined, "rate_limited"]);
});
