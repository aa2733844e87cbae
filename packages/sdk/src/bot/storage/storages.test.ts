import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { BotStorage } from "./bot-storage.ts";
import { keyValueStorage } from "./key-value-storage.ts";
import { memoryStorage } from "./memory-storage.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

/** Makes a place for data, and answers how it is opened, the first time and again. */
type MakePlace = () => () => BotStorage;

const sqlite: MakePlace = () => {
  const folder = mkdtempSync(join(tmpdir(), "richline-bot-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return () => sqliteStorage({ path: join(folder, "made", "bot.db") });
};

/** A key-value store over a Map, in which every call takes its turn. */
function mapStore(values = new Map<string, string>()) {
  return {
    get: async (key: string) => values.get(key) ?? null,
    set: async (key: string, value: string) => void values.set(key, value),
    delete: async (key: string) => values.delete(key),
  };
}

const places: readonly (readonly [string, MakePlace])[] = [
  ["sqliteStorage", sqlite],
  [
    "keyValueStorage",
    () => {
      const store = mapStore();
      return () => keyValueStorage(store);
    },
  ],
  [
    "memoryStorage",
    () => {
      const storage = memoryStorage();
      return () => storage;
    },
  ],
];

async function open(make: () => BotStorage): Promise<BotStorage> {
  const storage = make();
  await storage.open();
  onTestFinished(() => storage.close());
  return storage;
}

describe.each(places)("%s", (_name, makePlace) => {
  test("reads what was written last, and nothing where nothing was written", async () => {
    const storage = await open(makePlace());
    await storage.write([{ key: "a", value: "1" }]);
    await storage.write([
      { key: "a", value: "2" },
      { key: "b", value: '{"text":"é€ \'\\""}' },
    ]);
    expect(await storage.read("a")).toBe("2");
    expect(await storage.read("b")).toBe('{"text":"é€ \'\\""}');
    expect(await storage.read("c")).toBeUndefined();
  });

  test("deletes a key that is written without a value, and its wake-up", async () => {
    const storage = await open(makePlace());
    await storage.write([{ key: "a", value: "1", wakeAtMs: 5 }]);
    await storage.write([{ key: "a", value: undefined }]);
    expect(await storage.read("a")).toBeUndefined();
    expect(await storage.wakeups(10)).toEqual([]);
  });

  test("answers the earliest wake-ups first, as many as are asked for", async () => {
    const storage = await open(makePlace());
    for (const [key, wakeAtMs] of Object.entries({ a: 30, b: 0, c: 20, d: undefined })) {
      await storage.write([{ key, value: key, wakeAtMs }]);
    }
    expect(await storage.wakeups(2)).toEqual([
      { key: "b", wakeAtMs: 0 },
      { key: "c", wakeAtMs: 20 },
    ]);
  });

  test("a write moves the wake-up of its key, or takes it away", async () => {
    const storage = await open(makePlace());
    for (const key of ["a", "b", "c"]) await storage.write([{ key, value: key, wakeAtMs: 10 }]);
    await storage.write([
      { key: "a", value: "a", wakeAtMs: 50 },
      { key: "b", value: "b", wakeAtMs: 5 },
      { key: "c", value: "c" },
    ]);
    expect(await storage.wakeups(10)).toEqual([
      { key: "b", wakeAtMs: 5 },
      { key: "a", wakeAtMs: 50 },
    ]);
  });

  test("writes of many keys at the same time are all there", async () => {
    const storage = await open(makePlace());
    const keys = Array.from({ length: 200 }, (_, index) => `key ${index}`);
    await Promise.all(
      keys.map((key, index) => storage.write([{ key, value: key, wakeAtMs: index }])),
    );
    expect((await storage.wakeups(1_000)).map(({ key }) => key)).toEqual(keys);
  });

  test("has everything again after it is closed and opened", async () => {
    const place = makePlace();
    const before = place();
    await before.open();
    await before.write([
      { key: "a", value: "1", wakeAtMs: 7 },
      { key: "b", value: "2" },
    ]);
    await before.close();
    const after = await open(place);
    expect([await after.read("a"), await after.read("b")]).toEqual(["1", "2"]);
    expect(await after.wakeups(10)).toEqual([{ key: "a", wakeAtMs: 7 }]);
  });
});

describe("sqliteStorage", () => {
  test("refuses a file that another bot has open, and says so", async () => {
    const place = sqlite();
    await open(place);
    await expect(place().open()).rejects.toThrow(/is used by another process.*path of its own/);
  });
});

describe("keyValueStorage over a store that dies between two writes", () => {
  /** A store whose `set` fails from the nth call on. */
  function dying(values: Map<string, string>, setsMax: number) {
    let sets = 0;
    const store = mapStore(values);
    return {
      ...store,
      set: async (key: string, value: string) => {
        sets += 1;
        if (sets > setsMax) throw new Error("gone");
        await store.set(key, value);
      },
    };
  }

  test.each([0, 1, 2])(
    "after %i writes nothing that was written sleeps past its time",
    async (setsMax) => {
      for (const [before, after] of [
        [undefined, 0],
        [0, 50],
        [50, 0],
        [0, undefined],
      ]) {
        const values = new Map<string, string>();
        const first = keyValueStorage(mapStore(values));
        await first.open();
        await first.write([{ key: "a", value: `wakes ${before}`, wakeAtMs: before }]);
        const second = keyValueStorage(dying(values, setsMax));
        await second.open();
        await second
          .write([{ key: "a", value: `wakes ${after}`, wakeAtMs: after }])
          .catch(() => undefined);
        const third = keyValueStorage(mapStore(values));
        await third.open();
        const due = (await third.read("a"))?.replace("wakes ", "") ?? "undefined";
        const [wakeup] = await third.wakeups(1);
        if (due !== "undefined") expect(wakeup?.wakeAtMs).toBeLessThanOrEqual(Number(due));
      }
    },
  );
});
