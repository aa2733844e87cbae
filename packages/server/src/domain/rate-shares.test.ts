import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideLimit, grantShare } from "./rate-shares.ts";

const holders = fc.uniqueArray(
  fc.record({
    node: fc.string({ minLength: 1, maxLength: 4 }),
    slots: fc.integer({ min: 0, max: 50 }),
    wanted: fc.integer({ min: 0, max: 300 }),
  }),
  { selector: ({ node }) => node, maxLength: 12 },
);
const limits = fc.integer({ min: 1, max: 300 });
const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);
const want = (wanted: Readonly<Record<string, number>>) =>
  Object.entries(wanted).map(([node, one]) => ({ node, slots: 0, wanted: one }));

describe("a limit that nodes divide", () => {
  it("is given out whole, as far as it is wanted, and never beyond", () => {
    fc.assert(
      fc.property(limits, holders, fc.nat(), (limit, nodes, nowMs) => {
        const targets = divideLimit(limit, nodes, nowMs);
        const wanted = sum(nodes.map((node) => node.wanted));
        expect(sum(targets.values())).toBe(Math.min(limit, wanted));
        for (const { node, wanted: most } of nodes)
          expect(targets.get(node) ?? 0).toBeLessThanOrEqual(most);
      }),
    );
  });

  it("is even among those that want as much as they can get; a remainder goes to some", () => {
    const targets = divideLimit(100, want({ a: 100, b: 100, c: 100 }), 0);
    expect([...targets.values()].sort()).toEqual([33, 33, 34]);
  });

  it("leaves to others what a modest node does not want", () => {
    expect(Object.fromEntries(divideLimit(100, want({ a: 5, b: 100, c: 0 }), 0))).toEqual({
      a: 5,
      b: 95,
    });
  });

  it("that is smaller than the number of nodes goes round, and nobody waits for ever", () => {
    const nodes = want({ a: 2, b: 2, c: 2, d: 1, e: 2 });
    const got = new Map<string, number>();
    for (let nowMs = 0; nowMs < 25_000; nowMs += 5_000) {
      const targets = divideLimit(2, nodes, nowMs);
      expect(sum(targets.values())).toBe(2);
      for (const [node, slots] of targets) got.set(node, (got.get(node) ?? 0) + slots);
    }
    expect([...got.values()]).toEqual([2, 2, 2, 2, 2]);
  });
});

describe("a share", () => {
  it("takes nothing that another node holds", () => {
    fc.assert(
      fc.property(limits, holders, fc.nat(100), (limit, others, kept) => {
        const share = grantShare({ limit, node: "", wanted: 300, kept, others, nowMs: 0 });
        const taken = sum(others.map((other) => other.slots));
        expect(share.granted).toBeLessThanOrEqual(Math.max(0, limit - taken));
        expect(share.held).toBe(Math.max(share.granted, kept));
      }),
    );
  });

  it("settles at the even part, without ever exceeding the limit on the way", () => {
    const order = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(limits, order, (limit, turns) => {
        const held = new Map<string, number>();
        const renew = (node: string, kept: number) => {
          const others = [...held]
            .filter(([other]) => other !== node)
            .map(([other, slots]) => ({ node: other, slots, wanted: limit }));
          const question = { limit, node, wanted: limit, kept, others, nowMs: 0 };
          held.set(node, grantShare(question).held);
          expect(sum(held.values())).toBeLessThanOrEqual(limit);
        };
        // At first nobody can give up much; in the end everybody can.
        for (const node of turns) renew(node, Math.max(0, (held.get(node) ?? 0) - 3));
        for (const node of ["a", "b", "c", "a", "b", "c"]) renew(node, 0);
        const shares = [...held.values()];
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
