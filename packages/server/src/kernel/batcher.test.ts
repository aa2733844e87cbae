import { describe, expect, it } from "vitest";
import { type BatcherOptions, createBatcher } from "./batcher.ts";
import { PlatformError } from "./errors.ts";

/** A commit that ends when the test says so. */
interface HeldCommit {
  readonly items: readonly string[];
  finish(): void;
  fail(error: Error): void;
}

/** A batcher whose commits the test holds in its hand. */
function aBatcher(options: Partial<BatcherOptions<string, string>> = {}) {
  const commits: HeldCommit[] = [];
  const arrivals: (() => void)[] = [];
  const batcher = createBatcher<string, string>({
    itemsMax: 100,
    waitingMax: 100,
    commit: (items) =>
      new Promise((resolve, reject) => {
        commits.push({
          items,
          finish: () => resolve(items.map((item) => `stored ${item}`)),
          fail: reject,
        });
        for (const arrive of arrivals.splice(0)) arrive();
      }),
    ...options,
  });
  /** The nth commit, once it has begun. */
  const commitNumber = async (count: number): Promise<HeldCommit> => {
    while (commits.length < count) await new Promise<void>((resolve) => arrivals.push(resolve));
    const commit = commits[count - 1];
    if (commit === undefined) throw new Error("No such commit.");
    return commit;
  };
  return { batcher, commits, commitNumber };
}

describe("a batcher", () => {
  it("puts what arrives during a commit into the next one, together", async () => {
    const { batcher, commits, commitNumber } = aBatcher();
    const first = batcher.submit("a");
    const one = await commitNumber(1);
    const rest = ["b", "c", "d"].map((item) => batcher.submit(item));
    one.finish();
    expect(await first).toBe("stored a");
    (await commitNumber(2)).finish();
    expect(await Promise.all(rest)).toEqual(["stored b", "stored c", "stored d"]);
    expect(commits.map(({ items }) => items)).toEqual([["a"], ["b", "c", "d"]]);
  });

  it("stores together what came in one turn of the event loop", async () => {
    const { batcher, commits, commitNumber } = aBatcher();
    const all = Promise.all(["a", "b", "c"].map((item) => batcher.submit(item)));
    (await commitNumber(1)).finish();
    await all;
    expect(commits).toHaveLength(1);
  });

  it("answers nobody before the commit that holds the item has ended", async () => {
    const { batcher, commitNumber } = aBatcher();
    let answered = false;
    const submitted = batcher.submit("a").then(() => {
      answered = true;
    });
    const commit = await commitNumber(1);
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    commit.finish();
    await submitted;
    expect(answered).toBe(true);
  });

  it("never puts more into a commit than it may, and keeps the order", async () => {
    const { batcher, commits, commitNumber } = aBatcher({ itemsMax: 2 });
    const all = Promise.all(["a", "b", "c", "d", "e"].map((item) => batcher.submit(item)));
    for (const count of [1, 2, 3]) (await commitNumber(count)).finish();
    await all;
    expect(commits.map(({ items }) => items)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  it("refuses what its queue cannot hold, at once and with words for the caller", async () => {
    const { batcher, commitNumber } = aBatcher({ waitingMax: 2 });
    const held = batcher.submit("a");
    const one = await commitNumber(1);
    const waiting = [batcher.submit("b"), batcher.submit("c")];
    await expect(batcher.submit("d")).rejects.toMatchObject({
      code: "store_unavailable",
      retryAfterSeconds: 1,
    });
    one.finish();
    (await commitNumber(2)).finish();
    expect(await Promise.all([held, ...waiting])).toHaveLength(3);
  });

  it("does not let one bad item fail its neighbours", async () => {
    const broken = new Error("the row is bad");
    const batcher = createBatcher<string, string>({
      itemsMax: 100,
      waitingMax: 100,
      commit: async (items) => {
        if (items.includes("bad")) throw broken;
        return items;
      },
    });
    const results = await Promise.allSettled(["a", "bad", "c"].map((one) => batcher.submit(one)));
    expect(results).toEqual([
      { status: "fulfilled", value: "a" },
      { status: "rejected", reason: broken },
      { status: "fulfilled", value: "c" },
    ]);
  });

  it("fails all at once when the store is unavailable, without trying each", async () => {
    const gone = new PlatformError("store_unavailable");
    let commits = 0;
    const batcher = createBatcher<string, string>({
      itemsMax: 100,
      waitingMax: 100,
      commit: async () => {
        commits += 1;
        throw gone;
      },
    });
    const results = await Promise.allSettled(["a", "b", "c"].map((one) => batcher.submit(one)));
    expect(results).toEqual(
      Array.from({ length: 3 }, () => ({ status: "rejected", reason: gone })),
    );
    expect(commits).toBe(1);
  });

  it("goes on after a failure", async () => {
    const { batcher, commitNumber } = aBatcher();
    const failed = batcher.submit("a");
    (await commitNumber(1)).fail(new Error("the disk is full"));
    await expect(failed).rejects.toThrow("the disk is full");
    const next = batcher.submit("b");
    (await commitNumber(2)).finish();
    expect(await next).toBe("stored b");
  });

  it("that is answered fewer results than items fails every one of them", async () => {
    const batcher = createBatcher<string, string>({
      itemsMax: 100,
      waitingMax: 100,
      commit: async () => [],
    });
    const results = await Promise.allSettled(["a", "b"].map((one) => batcher.submit(one)));
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  describe("with space between its commits", () => {
    const spacing = { ms: 60_000, enough: 3 };

    it("commits what comes alone at once, and what follows when enough wait", async () => {
      const { batcher, commits, commitNumber } = aBatcher({ spacing });
      const first = batcher.submit("a");
      (await commitNumber(1)).finish();
      await first;
      const rest = [batcher.submit("b"), batcher.submit("c")];
      await new Promise(setImmediate);
      expect(commits.length).toBe(1);
      rest.push(batcher.submit("d"));
      const second = await commitNumber(2);
      expect(second.items).toEqual(["b", "c", "d"]);
      second.finish();
      await Promise.all(rest);
    });

    it("commits what waits when the time is over", async () => {
      const { batcher, commitNumber } = aBatcher({ spacing: { ms: 1, enough: 100 } });
      for (const [index, item] of ["a", "b", "c"].entries()) {
        const submitted = batcher.submit(item);
        (await commitNumber(index + 1)).finish();
        expect(await submitted).toBe(`stored ${item}`);
      }
    });
  });

  it("is drained when nothing waits and nothing is under way, and at once when idle", async () => {
    const { batcher, commitNumber } = aBatcher();
    await batcher.drain();
    let drained = false;
    const all = [batcher.submit("a")];
    const draining = batcher.drain().then(() => {
      drained = true;
    });
    const one = await commitNumber(1);
    all.push(batcher.submit("b"));
    one.finish();
    const two = await commitNumber(2);
    expect(drained).toBe(false);
    two.finish();
    await draining;
    expect(await Promise.all(all)).toEqual(["stored a", "stored b"]);
  });
});
