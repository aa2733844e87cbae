import fc from "fast-check";
import { expect, it } from "vitest";
import { type AlertKey, type Streaks, weigh } from "./alert-hysteresis.ts";

const key: AlertKey = { mode: "test", kind: "webhooks_stopped", subject: "google" };

/** Goes through evaluations, each of which found something bad or did not, and says when alerts open and close. */
function ring(evaluations: readonly boolean[]): readonly string[] {
  let streaks: Streaks = new Map();
  let open: readonly AlertKey[] = [];
  return evaluations.map((isBad) => {
    const weighed = weigh(streaks, isBad ? [key] : [], open);
    streaks = weighed.streaks;
    if (weighed.opened.length > 0) open = weighed.opened;
    if (weighed.closed.length > 0) open = [];
    return weighed.opened.length > 0 ? "opened" : weighed.closed.length > 0 ? "closed" : "";
  });
}

it("an alert opens at the second bad evaluation in a row", () => {
  expect(ring([true, false, true, true, true])).toEqual(["", "", "", "opened", ""]);
});

it("an alert closes at the third good evaluation in a row", () => {
  const bad = [true, true];
  expect(ring([...bad, false, false, true, false, false, false])).toEqual([
    "",
    "opened",
    "",
    "",
    "",
    "",
    "",
    "closed",
  ]);
});

it("an alert that is over begins anew", () => {
  expect(ring([true, true, false, false, false, true, true]).at(-1)).toBe("opened");
});

it("an alert that another node opened closes here as well", () => {
  let streaks: Streaks = new Map();
  for (const expected of [0, 0, 1]) {
    const weighed = weigh(streaks, [], [key]);
    streaks = weighed.streaks;
    expect(weighed.closed).toHaveLength(expected);
  }
});

it("alerts open and close in turn, whatever is found, and remember no more than what swings", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 100 }), (evaluations) => {
      const rings = ring(evaluations).filter((one) => one !== "");
      expect(rings).toEqual(rings.map((_one, index) => (index % 2 === 0 ? "opened" : "closed")));
    }),
  );
  expect(weigh(new Map([["x", 1]]), [], []).streaks.size).toBe(0);
});
