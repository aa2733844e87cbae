import { failureCodes } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countsAsFailed,
  judgeProvider,
  type ProviderCounts,
  type SpanName,
  spansOf,
} from "./alert-rules.ts";

const nothing: ProviderCounts = {
  sent: 0,
  failed: 0,
  reported: 0,
  received: 0,
  degraded: false,
  suspended: false,
};
const quiet: Readonly<Record<SpanName, ProviderCounts>> = {
  now: nothing,
  lastFive: nothing,
  dayBeforeFive: nothing,
  lastTen: nothing,
  lastTenButTwo: nothing,
  sentAWhileAgo: nothing,
  reportedSince: nothing,
  dayBefore: nothing,
};
type Counts = Partial<Record<SpanName, Partial<ProviderCounts>>>;
const judge = (counts: Counts) =>
  judgeProvider({
    ...quiet,
    ...Object.fromEntries(
      Object.entries(counts).map(([name, given]) => [name, { ...nothing, ...given }]),
    ),
  });
const kindsOf = (counts: Counts) => judge(counts).map(({ kind }) => kind);

describe("missing receipts", () => {
  const missing = (sent: number, reported: number, dayBefore: Partial<ProviderCounts> = {}) =>
    kindsOf({ sentAWhileAgo: { sent }, reportedSince: { reported }, dayBefore });

  it("are told of below a fifth, where nothing is known of the provider", () => {
    expect(missing(20, 3)).toEqual(["receipts_missing"]);
    expect(missing(20, 4)).toEqual([]);
  });

  it("are no news of fewer than 20 messages", () => {
    expect(missing(19, 0)).toEqual([]);
  });

  it("are held against the provider's own day: below half of what is usual", () => {
    const usual = { sent: 1_000, reported: 900 };
    expect(missing(100, 44, usual)).toEqual(["receipts_missing"]);
    expect(missing(100, 45, usual)).toEqual([]);
    // Its phones are off for long, and always were.
    expect(missing(100, 6, { sent: 1_000, reported: 100 })).toEqual([]);
  });

  it("are not forgotten when they have been missing for a day", () => {
    expect(missing(100, 0, { sent: 1_000, reported: 0 })).toEqual(["receipts_missing"]);
  });

  it("are told of in numbers", () => {
    const counts = { sentAWhileAgo: { sent: 50 }, reportedSince: { reported: 4 } };
    expect(judge(counts)[0]?.detail).toBe(
      "Of 50 messages sent 15 to 45 minutes ago 4 have a receipt; expected: at least 20 %.",
    );
  });
});

describe("webhooks that stopped", () => {
  it("are told of when sends go on and nothing at all comes in", () => {
    const sends = { lastTenButTwo: { sent: 20 } };
    expect(kindsOf(sends)).toEqual(["webhooks_stopped"]);
    expect(kindsOf({ ...sends, lastTen: { received: 1 } })).toEqual([]);
    expect(kindsOf({ lastTenButTwo: { sent: 19 } })).toEqual([]);
  });
});

describe("failures that spike", () => {
  const spiking = (failed: number, dayBefore: Partial<ProviderCounts> = {}) =>
    kindsOf({ lastFive: { sent: 100 - failed, failed }, dayBeforeFive: dayBefore });

  it("are told of beyond a tenth, where nothing is known of the provider", () => {
    expect(spiking(11)).toEqual(["failures_spiking"]);
    expect(spiking(10)).toEqual([]);
  });

  it("must be three times the usual as well", () => {
    const usual = { sent: 900, failed: 100 };
    expect(spiking(30, usual)).toEqual([]);
    expect(spiking(31, usual)).toEqual(["failures_spiking"]);
  });

  it("are no news of fewer than 20 calls", () => {
    expect(kindsOf({ lastFive: { failed: 19 } })).toEqual([]);
    expect(kindsOf({ lastFive: { failed: 20 } })).toEqual(["failures_spiking"]);
  });
});

it("a provider that is suspended is not told of as degraded as well", () => {
  expect(kindsOf({ now: { degraded: true } })).toEqual(["provider_degraded"]);
  expect(kindsOf({ now: { degraded: true, suspended: true } })).toEqual(["provider_suspended"]);
});

it("more receipts never open an alert that fewer would not have", () => {
  const aCount = fc.nat({ max: 200 });
  fc.assert(
    fc.property(aCount, aCount, aCount, (sent, reported, more) => {
      const of = (count: number) =>
        kindsOf({ sentAWhileAgo: { sent }, reportedSince: { reported: count } });
      if (of(reported).length === 0) expect(of(reported + more)).toEqual([]);
    }),
  );
});

it("every span ends by the end of this minute and goes back a day at most", () => {
  const nowMs = Date.parse("2026-11-23T10:00:30Z");
  for (const { fromMs, beforeMs } of Object.values(spansOf(nowMs))) {
    expect(fromMs).toBeGreaterThanOrEqual(nowMs - 86_400_000);
    expect(beforeMs).toBeGreaterThan(fromMs);
    expect(beforeMs).toBeLessThanOrEqual(nowMs + 60_000);
  }
});

it("what is the handset's or the pace's fault is not the provider's", () => {
  expect(failureCodes.filter((code) => !countsAsFailed(code)).toSorted()).toEqual([
    "feature_unsupported",
    "invalid_number",
    "not_rcs_capable",
    "opted_out",
    "rate_limited",
    "rcs_disabled",
  ]);
});
