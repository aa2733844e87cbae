import { describe, expect, test } from "vitest";
import { Fifo } from "./fifo.ts";
import { RecentMap } from "./recent-map.ts";
import { Ring } from "./ring.ts";

describe("RecentMap", () => {
  test("keeps at least its capacity and forgets what was not touched for twice as long", () => {
    const map = new RecentMap<number>(3);
    for (let key = 0; key < 7; key += 1) {
      map.set(String(key), key);
      map.get("0");
    }
    const kept = map.newest(10).sort();
    expect(kept).toEqual(expect.arrayContaining([0, 5, 6]));
    expect(kept.length).toBeLessThanOrEqual(6);
    expect(map.get("1")).toBeUndefined();
  });

  test("lists the newest first, each once", () => {
    const map = new RecentMap<number>(2);
    for (const key of [1, 2, 3]) map.set(String(key), key);
    map.get("1");
    expect(map.newest(10)).toEqual([1, 3, 2]);
    expect(map.newest(1)).toEqual([1]);
  });
});

describe("Ring", () => {
  test("keeps the newest in order and answers what it displaced", () => {
    const ring = new Ring<number>(3);
    expect([1, 2, 3, 4, 5].map((item) => ring.push(item))).toEqual([
      undefined,
      undefined,
      undefined,
      1,
      2,
    ]);
    expect(ring.toArray()).toEqual([3, 4, 5]);
  });
});

describe("Fifo", () => {
  test("gives everything back in order however long it grows", () => {
    const fifo = new Fifo<number>();
    const out: (number | undefined)[] = [];
    for (let item = 0; item < 10_000; item += 1) {
      fifo.push(item);
      if (item % 3 === 0) out.push(fifo.shift());
    }
    expect(fifo.peek()).toBe(out.length);
    while (fifo.size > 0) out.push(fifo.shift());
    expect(out).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    expect(fifo.shift()).toBeUndefined();
  });
});
