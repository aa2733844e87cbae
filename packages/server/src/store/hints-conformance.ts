import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, testStartMs } from "../testing/builders.ts";
import type { Hint, Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;

/** What every store tells those who look for work. */
export function describeHints(name: string, harness: StoreHarness): void {
  describe(`${name}: hints`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    /** What this node is told of while something is done. */
    async function hintsOf(work: () => Promise<unknown>): Promise<readonly Hint[]> {
      const hints = new Set<Hint>();
      const forget = store.onHint((hint) => hints.add(hint));
      await work();
      forget();
      return [...hints].toSorted();
    }
    const accept = (overrides: Parameters<typeof aMessage>[0]) => {
      const message = aMessage(overrides);
      return () => store.acceptMessages([message]);
    };

    it("tell this node of work that became due", async () => {
      expect(await hintsOf(accept({}))).toEqual(["event", "send"]);
      expect(await hintsOf(accept({ priority: 0 }))).toEqual(["event", "urgent"]);
    });

    it("do not tell of work that is due later, nor of nothing", async () => {
      const later = accept({ sendAtMs: nowMs + 60_000 });
      expect(await hintsOf(later)).toEqual(["event"]);
      expect(await hintsOf(later)).toEqual([]);
      const claim = { lane: "demo/empty", nowMs, leaseMs: 30_000, limit: 1 };
      expect(await hintsOf(() => store.claimSends(claim))).toEqual([]);
    });
  });
}
