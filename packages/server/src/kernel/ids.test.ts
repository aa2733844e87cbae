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
    const ids = many(make);
    expect(ids.toSorted()).toEqual(ids);
  });

  it("that Google takes stay together on disk: their first 48 bits are the time", () => {
    const beforeMs = Date.now();
    const ids = many(newUuid).map((id) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16));
    const afterMs = Date.now();
    expect(ids.toSorted((a, b) => a - b)).toEqual(ids);
    expect(ids.at(0)).toBeGreaterThanOrEqual(beforeMs);
    // A burst may run ahead of the clock: the generator borrows the next millisecond rather than repeat itself.
    expect(ids.at(-1)).toBeLessThanOrEqual(afterMs + 1_000);
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
