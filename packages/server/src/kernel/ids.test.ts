import { describe, expect, it } from "vitest";
import { newId, newSecret, newTimeOrderedUuid, newUuid } from "./ids.ts";

const count = 100_000;
const many = (make: () => string) => Array.from({ length: count }, make);

describe("ids", () => {
  it.each([
    ["of one kind", () => newId("evt")],
    ["that are time-ordered", newTimeOrderedUuid],
    ["that Google takes", newUuid],
  ])("%s are unique, 100,000 of them within one burst", (_name, make) => {
    expect(new Set(many(make)).size).toBe(count);
  });

  it.each([
    ["of one kind", () => newId("evt")],
    ["that are time-ordered", newTimeOrderedUuid],
  ])("%s sort in the order they were made, also within a millisecond", (_name, make) => {
    expect(countSteps(many(make), (before, after) => before >= after)).toBe(0);
  });

  it("that Google takes stay together on disk: their first 48 bits are the time", () => {
    const beforeMs = Date.now();
    const times = many(newUuid).map((id) =>
      Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16),
    );
    expect(countSteps(times, (before, after) => before > after)).toBe(0);
    expect(times.at(0)).toBeGreaterThanOrEqual(beforeMs);
    expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
  });

  it("that Google takes are of version 4 and the RFC's variant", () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const id of many(newUuid).slice(0, 1_000)) expect(id).toMatch(form);
  });

  it("say what they name", () => {
    expect(newId("evt")).toMatch(/^evt_[0-9a-f]{32}$/);
  });

  it("of time order are of version 7", () => {
    expect(newTimeOrderedUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });
});

describe("secrets", () => {
  it("have as many random bytes as asked for", () => {
    expect(Buffer.from(newSecret(32), "base64")).toHaveLength(32);
    expect(newSecret(32)).not.toBe(newSecret(32));
  });
});

/** How many neighbours stand so. A comparison of whole lists would take minutes to say where they differ. */
function countSteps<Value>(
  values: readonly Value[],
  isSo: (before: Value, after: Value) => boolean,
): number {
  let count = 0;
  for (const [index, after] of values.entries()) {
    const before = values[index - 1];
    if (before !== undefined && isSo(before, after)) count += 1;
  }
  return count;
}
