import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, testStartMs } from "../testing/builders.ts";
import { clicksToldMax } from "./link-store.ts";
import type { Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;

/** What every store guarantees about tracked links. */
export function describeLinks(name: string, harness: StoreHarness): void {
  describe(`${name}: tracked links`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const accept = async () => {
      const message = {
        ...aMessage({ metadata: { order: "7" } }),
        links: [
          { code: "aaaaaaaaaaa", url: "https://shop.example/a" },
          { code: "bbbbbbbbbbb", url: "https://shop.example/b" },
        ],
      };
      await store.acceptMessages([message]);
      return message;
    };
    const click = (code: string, count = 1) =>
      store.recordClicks(Array.from({ length: count }, (_, n) => ({ code, atMs: nowMs + n })));

    it("are kept with their message, and found by their code", async () => {
      const { message } = await accept();
      const link = {
        code: "aaaaaaaaaaa",
        url: "https://shop.example/a",
        messageUid: message.uid,
        clicks: 0,
        lastClickedAtMs: null,
      };
      expect(await store.findLink("aaaaaaaaaaa")).toEqual(link);
      expect(await store.findLink("ccccccccccc")).toBeUndefined();
      expect(await store.listLinks(message.uid)).toEqual([
        link,
        { ...link, code: "bbbbbbbbbbb", url: "https://shop.example/b" },
      ]);
    });

    it("count their clicks, each with an event", async () => {
      const { message } = await accept();
      const told = await store.recordClicks([
        { code: "bbbbbbbbbbb", atMs: nowMs },
        { code: "aaaaaaaaaaa", atMs: nowMs + 1 },
        { code: "ccccccccccc", atMs: nowMs },
        { code: "bbbbbbbbbbb", atMs: nowMs + 2 },
      ]);
      expect(told).toHaveLength(3);
      expect(await store.listLinks(message.uid)).toMatchObject([
        { clicks: 1, lastClickedAtMs: nowMs + 1 },
        { clicks: 2, lastClickedAtMs: nowMs + 2 },
      ]);
      await harness.settle();
      const { items } = await store.listEvents({ mode: "test", limit: 200, cursor: undefined });
      const clicked = items.filter(({ type }) => type === "message.clicked");
      expect(clicked.map(({ body }) => JSON.parse(body))).toMatchObject([
        { messageId: message.id, messageStatus: "INTERACTED", metadata: { order: "7" } },
        {},
        {},
      ]);
      expect(clicked.map(({ body }) => JSON.parse(body).link.url).toSorted()).toEqual([
        "https://shop.example/a",
        "https://shop.example/b",
        "https://shop.example/b",
      ]);
    });

    it("that are followed without end are told of no more, and counted still", async () => {
      await accept();
      expect(await click("aaaaaaaaaaa", clicksToldMax - 1)).toHaveLength(clicksToldMax - 1);
      expect(await click("aaaaaaaaaaa", 3)).toHaveLength(1);
      expect(await click("aaaaaaaaaaa")).toEqual([]);
      expect(await store.findLink("aaaaaaaaaaa")).toMatchObject({ clicks: clicksToldMax + 3 });
    });
  });
}
