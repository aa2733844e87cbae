import { expect, it } from "vitest";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createTrafficCounts } from "./traffic-counts.ts";

const startMs = Date.parse("2026-11-23T10:00:00Z");

function start() {
  const clock = createFakeClock(startMs);
  return { clock, counts: createTrafficCounts(clock, "one") };
}

it("what happened is counted by provider and minute, and taken once", () => {
  const { clock, counts } = start();
  counts.attempted("google", undefined);
  counts.attempted("google", "provider_unavailable");
  counts.attempted("google", "not_rcs_capable");
  counts.received("google", "end_of_message");
  counts.received("google", "other");
  clock.advance(60_000);
  counts.attempted("google", undefined);
  const common = { provider: "google", node: "one", degraded: false, suspended: false };
  expect(counts.take()).toEqual([
    { ...common, minuteMs: startMs, sent: 1, failed: 1, reported: 1, received: 2 },
    { ...common, minuteMs: startMs + 60_000, sent: 1, failed: 0, reported: 0, received: 0 },
  ]);
  expect(counts.take()).toEqual([]);
});

it("a provider that does not stand well is told of without traffic, and once more when it does again", () => {
  const { clock, counts } = start();
  counts.stands("google", "suspended");
  expect(counts.take()).toMatchObject([{ provider: "google", suspended: true, sent: 0 }]);
  clock.advance(60_000);
  expect(counts.take()).toMatchObject([{ minuteMs: startMs + 60_000, suspended: true }]);
  counts.stands("google", "healthy");
  expect(counts.take()).toMatchObject([{ suspended: false, degraded: false }]);
  expect(counts.take()).toEqual([]);
});

it("what could not be written is added to what came since, for an hour", () => {
  const { clock, counts } = start();
  counts.attempted("google", undefined);
  const taken = counts.take();
  counts.attempted("google", undefined);
  counts.putBack(taken);
  const again = counts.take();
  expect(again).toMatchObject([{ sent: 2 }]);
  clock.advance(3_600_001);
  counts.putBack(again);
  expect(counts.take()).toEqual([]);
});
