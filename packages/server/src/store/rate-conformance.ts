import { beforeEach, describe, expect, it } from "vitest";
import type { ShareRequest } from "../domain/rate-shares.ts";
import { urgentMax } from "../domain/traffic.ts";
import { aMessage, testStartMs } from "../testing/builders.ts";
import type { Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const leaseMs = 30_000;

/** What every store guarantees of limits that nodes share. */
export function describeRates(name: string, harness: StoreHarness): void {
  describe(`${name}: limits`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    /** A node that wants the whole of a limit of 100 and holds nothing yet. */
    const ask = async (node: string, request: Partial<ShareRequest> = {}) => {
      const atMs = request.nowMs ?? nowMs;
      const asked: ShareRequest = {
        bucket: "provider:a",
        node,
        perSecond: 100,
        wanted: 100,
        kept: 0,
        nowMs: atMs,
        untilMs: atMs + leaseMs,
        ...request,
      };
      const [share] = await store.renewShares([asked]);
      return share;
    };
    const slotsOf = async (bucket = "provider:a", atMs = nowMs) =>
      Object.fromEntries(
        (await store.listRateShares(atMs))
          .filter((share) => share.bucket === bucket)
          .map(({ node, slots }) => [node, slots]),
      );

    it("gives everything to a node that is alone", async () => {
      expect(await ask("a")).toEqual({ perSecond: 100, granted: 100, held: 100 });
      expect(await slotsOf()).toEqual({ a: 100 });
    });

    it("gives a second node only what the first has given up", async () => {
      await ask("a");
      expect(await ask("b")).toMatchObject({ granted: 0, held: 0 });
      expect(await ask("a", { kept: 70 })).toMatchObject({ granted: 50, held: 70 });
      expect(await ask("b")).toMatchObject({ granted: 30 });
      expect(await ask("a", { kept: 50 })).toMatchObject({ granted: 50, held: 50 });
      expect(await ask("b", { kept: 30 })).toMatchObject({ granted: 50 });
      expect(await slotsOf()).toEqual({ a: 50, b: 50 });
    });

    it("never hands out more than the limit, whoever asks at once", async () => {
      const nodes = ["a", "b", "c", "d", "e"];
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(nodes.map((node) => ask(node, { perSecond: 7, wanted: 7 })));
        const slots = Object.values(await slotsOf());
        expect(slots.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(7);
      }
    });

    it("keeps a share until its lease ends, and then gives it to others", async () => {
      await ask("a");
      const untilMs = nowMs + leaseMs;
      expect(await ask("b", { nowMs: untilMs - 1 })).toMatchObject({ granted: 0 });
      expect(await ask("b", { nowMs: untilMs })).toMatchObject({ granted: 100 });
      expect(await slotsOf("provider:a", untilMs)).toEqual({ b: 100 });
    });

    it("forgets a node that wants nothing and holds nothing", async () => {
      await ask("a");
      await ask("a", { wanted: 0, kept: 3 });
      expect(await slotsOf()).toEqual({ a: 3 });
      await ask("a", { wanted: 0 });
      expect(await slotsOf()).toEqual({});
    });

    it("keeps buckets apart in one renewal", async () => {
      const request = { node: "a", wanted: 100, kept: 0, nowMs, untilMs: nowMs + leaseMs };
      const shares = await store.renewShares([
        { ...request, bucket: "provider:b", perSecond: 10 },
        { ...request, bucket: "agent:a", perSecond: null },
        { ...request, bucket: "provider:a", perSecond: 20 },
      ]);
      expect(shares.map((share) => share.granted)).toEqual([10, 0, 20]);
      expect(await slotsOf("agent:a")).toEqual({});
    });

    it("goes by a limit that was set, and by the configured one again when it is taken back", async () => {
      await store.setRateLimit("provider:a", 40, nowMs);
      expect(await store.listRateLimits()).toEqual([{ bucket: "provider:a", perSecond: 40 }]);
      expect(await ask("a")).toMatchObject({ perSecond: 40, granted: 40 });
      await store.setRateLimit("provider:a", null, nowMs);
      expect(await ask("a", { kept: 40 })).toEqual({ perSecond: null, granted: 0, held: 0 });
      await store.setRateLimit("provider:a", undefined, nowMs);
      expect(await ask("a")).toMatchObject({ perSecond: 100, granted: 100 });
      expect(await store.listRateLimits()).toEqual([]);
    });

    it("tells whether a lane has a send that is due", async () => {
      await store.acceptMessages([aMessage({ sendAtMs: null })]);
      const lane = "demo/emulator";
      expect(await store.hasDueSends({ lane, nowMs })).toBe(true);
      expect(await store.hasDueSends({ lane, nowMs, priorityMax: urgentMax })).toBe(false);
      expect(await store.hasDueSends({ lane: "demo/other", nowMs })).toBe(false);
      await store.claimSends({ lane, nowMs, leaseMs, limit: 1 });
      expect(await store.hasDueSends({ lane, nowMs })).toBe(false);
    });

    it("keeps the limit of an API key", async () => {
      const key = {
        id: "key_1",
        name: "CI",
        mode: "test",
        scopes: ["send"],
        hash: "hash",
        hint: "last",
        createdAtMs: nowMs,
        expiresAtMs: null,
        revokedAtMs: null,
        requestsPerSecond: 5,
      } as const;
      await store.insertApiKey(key);
      expect(await store.findApiKey("hash")).toEqual(key);
    });
  });
}
