import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, anEvent, testStartMs } from "../testing/builders.ts";
import { type AlertRow, type ProviderMinute, type Store, sendLane } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const minuteMs = testStartMs;

/** What every store guarantees of alerts and of the counts that they are made of. */
export function describeAlerts(name: string, harness: StoreHarness): void {
  describe(`${name}: alerts`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    let sequence = 0;
    const anAlert = (overrides: Partial<AlertRow> = {}): AlertRow => {
      sequence += 1;
      return {
        id: `alr_${String(sequence).padStart(6, "0")}`,
        mode: "test",
        kind: "webhooks_stopped",
        subject: "emulator",
        detail: "Nothing came in.",
        openedAtMs: nowMs,
        closedAtMs: null,
        ...overrides,
      };
    };
    const open = (...alerts: AlertRow[]) =>
      store.changeAlerts({
        opened: alerts.map((alert) => ({ alert, event: anEvent({ type: "alert.opened" }) })),
        closed: [],
      });
    const close = ({ id }: AlertRow, atMs = nowMs + 1) =>
      store.changeAlerts({
        opened: [],
        closed: [{ id, atMs, event: anEvent({ type: "alert.closed" }) }],
      });
    const list = async (state?: "open" | "closed") =>
      (await store.listAlerts({ mode: "test", state, limit: 200, cursor: undefined })).items;
    const eventTypes = async () => {
      await harness.settle();
      const { items } = await store.listEvents({ mode: "test", limit: 200, cursor: undefined });
      return items.map(({ type }) => type);
    };

    it("opens and closes with their events, each once", async () => {
      const alert = anAlert();
      expect(await open(alert)).toEqual(new Set([alert.id]));
      expect(await store.listOpenAlerts()).toEqual([alert]);
      expect(await close(alert)).toEqual(new Set([alert.id]));
      expect(await close(alert, nowMs + 2)).toEqual(new Set());
      expect(await list()).toEqual([{ ...alert, closedAtMs: nowMs + 1 }]);
      expect(await store.listOpenAlerts()).toEqual([]);
      expect(await eventTypes()).toEqual(["alert.opened", "alert.closed"]);
    });

    it("is open once of a kind and subject, whoever opens it, and opens again after its end", async () => {
      const first = anAlert();
      await open(first);
      const second = anAlert();
      expect(await open(second, anAlert({ subject: "other" }))).not.toContain(second.id);
      expect(await eventTypes()).toEqual(["alert.opened", "alert.opened"]);
      await close(first);
      expect(await open(second)).toEqual(new Set([second.id]));
    });

    it("is opened by one of two nodes that open it at the same time", async () => {
      const both = await Promise.all([open(anAlert()), open(anAlert())]);
      expect(both.map((ids) => ids.size).toSorted()).toEqual([0, 1]);
      expect(await eventTypes()).toEqual(["alert.opened"]);
    });

    it("is listed by mode and state, newest first and by page", async () => {
      const alerts = ["a", "b", "c"].map((subject) => anAlert({ subject }));
      await open(...alerts, anAlert({ mode: "live" }));
      const [a, b, c] = alerts.map(({ id }) => id);
      if (alerts[1] !== undefined) await close(alerts[1]);
      expect((await list()).map(({ id }) => id)).toEqual([c, b, a]);
      expect((await list("open")).map(({ id }) => id)).toEqual([c, a]);
      expect((await list("closed")).map(({ id }) => id)).toEqual([b]);
      const first = await store.listAlerts({ mode: "test", limit: 2, cursor: undefined });
      const rest = await store.listAlerts({ mode: "test", limit: 2, cursor: first.nextCursor });
      expect(rest.items.map(({ id }) => id)).toEqual([a]);
      expect(rest.nextCursor).toBeUndefined();
    });

    const aMinute = (overrides: Partial<ProviderMinute> = {}): ProviderMinute => ({
      provider: "emulator",
      minuteMs,
      node: "one",
      sent: 1,
      failed: 2,
      reported: 3,
      received: 4,
      degraded: false,
      suspended: false,
      ...overrides,
    });
    const sum = async (fromMs: number, beforeMs: number) =>
      (await store.sumProviderMinutes([{ fromMs, beforeMs }]))[0];

    it("counts of a provider add up over flushes, minutes and nodes", async () => {
      await store.addProviderMinutes([aMinute(), aMinute({ provider: "other", sent: 50 })]);
      await store.addProviderMinutes([aMinute(), aMinute({ minuteMs: minuteMs + 60_000 })]);
      await store.addProviderMinutes([aMinute({ node: "two", degraded: true })]);
      const sums = await sum(minuteMs, minuteMs + 60_001);
      expect(sums?.get("emulator")).toEqual({
        sent: 4,
        failed: 8,
        reported: 12,
        received: 16,
        degraded: true,
        suspended: false,
      });
      expect(sums?.get("other")).toMatchObject({ sent: 50, degraded: false });
    });

    it("counts belong to the span in which their minute begins", async () => {
      await store.addProviderMinutes([aMinute()]);
      const [before, from, none] = await store.sumProviderMinutes([
        { fromMs: 0, beforeMs: minuteMs },
        { fromMs: minuteMs, beforeMs: minuteMs + 1 },
        { fromMs: minuteMs + 1, beforeMs: minuteMs + 60_000 },
      ]);
      expect([before, from, none].map((one) => one?.get("emulator")?.sent)).toEqual([
        undefined,
        1,
        undefined,
      ]);
    });

    it("how a provider stands is what its node wrote last", async () => {
      await store.addProviderMinutes([aMinute({ suspended: true })]);
      await store.addProviderMinutes([aMinute({ suspended: false })]);
      expect((await sum(0, nowMs))?.get("emulator")?.suspended).toBe(false);
    });

    it("old counts are forgotten, and newer ones stay", async () => {
      await store.addProviderMinutes([aMinute(), aMinute({ minuteMs: minuteMs + 60_000 })]);
      await store.forgetProviderMinutes(minuteMs + 60_000);
      expect((await sum(0, minuteMs + 60_001))?.get("emulator")?.sent).toBe(1);
    });

    it("a lease is one holder's until it ends or is given back", async () => {
      const take = (holder: string, atMs: number, forMs = 45_000) =>
        store.takeLease({ name: "alerts", holder, nowMs: atMs, untilMs: atMs + forMs });
      expect(await take("one", nowMs)).toBe(true);
      expect(await take("two", nowMs + 44_999)).toBe(false);
      expect(await take("one", nowMs + 15_000)).toBe(true);
      expect(await take("two", nowMs + 45_000)).toBe(false);
      expect(await take("two", nowMs + 60_000)).toBe(true);
      expect(await take("two", nowMs + 60_001, 0)).toBe(true);
      expect(await take("one", nowMs + 60_001)).toBe(true);
    });

    it("messages count as waiting for review from when they came into it, and no further than asked", async () => {
      for (let index = 0; index < 3; index += 1) {
        await store.acceptMessages([aMessage()]);
        const atMs = nowMs + index * 1_000;
        const lane = sendLane("demo", "emulator");
        const [claimed] = await store.claimSends({ lane, nowMs: atMs, leaseMs: 1, limit: 1 });
        if (claimed === undefined) throw new Error("Nothing is due.");
        await store.settleSends([
          {
            ...claimed,
            messageUid: claimed.message.uid,
            agentId: "demo",
            legIndex: 0,
            attempt: undefined,
            providerMessageId: undefined,
            change: { kind: "needs_review" },
            reason: undefined,
            next: undefined,
            watchAtMs: undefined,
            missing: [],
            nowMs: atMs,
          },
        ]);
      }
      expect(await store.countOldReviews("test", nowMs, 10)).toBe(0);
      expect(await store.countOldReviews("test", nowMs + 1_500, 10)).toBe(2);
      expect(await store.countOldReviews("test", nowMs + 9_000, 10)).toBe(3);
      expect(await store.countOldReviews("test", nowMs + 9_000, 2)).toBe(2);
      expect(await store.countOldReviews("live", nowMs + 9_000, 10)).toBe(0);
    });
  });
}
