import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, testStartMs } from "../testing/builders.ts";
import type { ContactChange, ContactFilter } from "./contact-row.ts";
import type { Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;

function aChange(
  conversationId: string,
  said: ContactChange["said"] = {},
  more: Partial<ContactChange> = {},
): ContactChange {
  return {
    mode: "test",
    conversationId,
    said: { phoneNumber: "+12025550123", ...said },
    creates: true,
    nowMs,
    ...more,
  };
}

/** What every store guarantees about contacts. */
export function describeContacts(name: string, harness: StoreHarness): void {
  describe(`${name}: contacts`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const change = async (...batch: readonly ContactChange[]) =>
      (await store.changeContacts(batch, true)).map(({ kind }) => kind);
    const read = async (conversationId: string) =>
      (await store.findContacts([{ mode: "test", conversationId }]))[0];
    const ids = async (filter: Omit<ContactFilter, "mode"> = {}) => {
      const page = await store.listContacts({
        mode: "test",
        limit: 50,
        cursor: undefined,
        ...filter,
      });
      return page.items.map(({ conversationId }) => conversationId);
    };

    it("are made, changed and left as they are where nothing new is said", async () => {
      const said = { userId: "u1", timeZone: "Europe/Berlin", locale: "de-DE", tags: ["vip"] };
      expect(await change(aChange("a", said))).toEqual(["created"]);
      expect(await change(aChange("a", {}, { nowMs: nowMs + 1 }))).toEqual(["unchanged"]);
      expect((await read("a"))?.updatedAtMs).toBe(nowMs);
      const other = { phoneNumber: "+12025558888", userId: null };
      expect(await change(aChange("a", other, { nowMs: nowMs + 2 }))).toEqual(["updated"]);
      expect(await read("a")).toEqual({
        ...{ mode: "test", conversationId: "a", ...said, ...other },
        attributes: {},
        createdAtMs: nowMs,
        updatedAtMs: nowMs + 2,
      });
    });

    it("that are not there are not made by who only changes them", async () => {
      expect(await change(aChange("a", {}, { creates: false }))).toEqual(["not_found"]);
      expect(await read("a")).toBeUndefined();
    });

    it("of one batch are judged one after the other, and only judged where nothing is to be stored", async () => {
      const batch = [
        aChange("a", { attributes: { how: "merge", values: { plan: "gold" } } }),
        aChange("a", { attributes: { how: "merge", values: { age: 42 } } }),
        aChange("a", {}),
      ];
      const judged = await store.changeContacts(batch, false);
      expect(judged.map(({ kind }) => kind)).toEqual(["created", "updated", "unchanged"]);
      expect(await read("a")).toBeUndefined();
      expect(await change(...batch)).toEqual(["created", "updated", "unchanged"]);
      expect((await read("a"))?.attributes).toEqual({ age: 42, plan: "gold" });
    });

    it("have at most 50 attributes, and what would be too many is not stored", async () => {
      const values = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`a${index}`, 1]));
      await change(aChange("a", { attributes: { how: "merge", values } }));
      const two = { attributes: { how: "merge", values: { x: 1, y: 2 } }, locale: "en" } as const;
      expect(await change(aChange("a", two))).toEqual(["too_many_attributes"]);
      expect(await read("a")).toMatchObject({ attributes: values, locale: null });
    });

    it("changed by two at once lose neither's attribute", async () => {
      await change(aChange("a"));
      await Promise.all(
        ["x", "y", "z"].map((name) =>
          change(aChange("a", { attributes: { how: "merge", values: { [name]: true } } })),
        ),
      );
      expect((await read("a"))?.attributes).toEqual({ x: true, y: true, z: true });
    });

    it("keep what is known of them when a message comes", async () => {
      await change(aChange("a", { tags: ["vip"] }));
      await store.acceptMessages([
        aMessage({ conversationId: "a", phoneNumber: "+12025550123", createdAtMs: nowMs + 9 }),
      ]);
      expect(await read("a")).toMatchObject({ tags: ["vip"], updatedAtMs: nowMs });
    });

    it("are listed by tag, attribute, number, user and any of them together", async () => {
      const gold = { how: "merge", values: { plan: "gold", age: 42, vip: true } } as const;
      await change(
        aChange("a", { tags: ["x"], attributes: gold }),
        aChange("b", { tags: ["x", "y"], userId: "u1" }),
        aChange("c", { attributes: gold, phoneNumber: "+12025550124" }),
        aChange("d", { tags: ["x"] }, { mode: "live" }),
      );
      expect(await ids()).toEqual(["a", "b", "c"]);
      expect(await ids({ tag: "x" })).toEqual(["a", "b"]);
      expect(await ids({ tag: "nobody" })).toEqual([]);
      expect(await ids({ attribute: { name: "plan", value: "gold" } })).toEqual(["a", "c"]);
      expect(await ids({ attribute: { name: "age", value: "42" } })).toEqual(["a", "c"]);
      expect(await ids({ attribute: { name: "vip", value: "true" } })).toEqual(["a", "c"]);
      expect(await ids({ tag: "x", attribute: { name: "vip", value: "true" } })).toEqual(["a"]);
      expect(await ids({ phoneNumber: "+12025550124" })).toEqual(["c"]);
      expect(await ids({ userId: "u1", tag: "y" })).toEqual(["b"]);
    });

    it("are no longer found by what they lost", async () => {
      const values = { plan: "gold" };
      await change(aChange("a", { tags: ["x"], attributes: { how: "merge", values } }));
      const lost = { attributes: { how: "merge", values: { plan: null } }, tags: ["y"] } as const;
      await change(aChange("a", lost));
      expect(await ids({ tag: "x" })).toEqual([]);
      expect(await ids({ attribute: { name: "plan", value: "gold" } })).toEqual([]);
      expect(await store.deleteContact({ mode: "test", conversationId: "a" })).toBe(true);
      expect(await store.deleteContact({ mode: "test", conversationId: "a" })).toBe(false);
      await change(aChange("a"));
      expect(await ids({ tag: "y" })).toEqual([]);
    });

    it.each<[string, Omit<ContactFilter, "mode">, string[]]>([
      ["by conversation", {}, ["a", "b", "c", "d"]],
      ["by tag", { tag: "x" }, ["a", "b", "c", "d"]],
      ["by change", { updatedSinceMs: nowMs }, ["d", "c", "b", "a"]],
      ["by change with a tag", { updatedSinceMs: nowMs + 1, tag: "x" }, ["c", "b", "a"]],
    ])("are paged %s, each once", async (_name, filter, expected) => {
      for (const [index, id] of ["d", "c", "b", "a"].entries())
        await change(aChange(id, { tags: ["x"] }, { nowMs: nowMs + index }));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listContacts({ mode: "test", ...filter, limit: 1, cursor });
        seen.push(...page.items.map(({ conversationId }) => conversationId));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(expected);
    });
  });
}
