import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSqliteTables } from "../../testing/read-sqlite-tables.ts";
import { describeStore } from "../conformance.ts";
import type { Store } from "../store.ts";
import { openInThread } from "./open-sqlite-store.ts";

/** A worker loads built files; `npm test` builds first. */
const thread = new URL("../../../dist/store/sqlite/sqlite-thread.js", import.meta.url);

/** A thread that opens well and dies at its first call, as one does that runs out of memory. */
const dyingThread = `
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", () => { throw new Error("out of memory"); });
  parentPort.postMessage({ kind: "ready", migrated: { from: 1, to: 1 } });
`;

describe.skipIf(!existsSync(thread))("built", () => {
  const folders = new Map<Store, string>();
  const closed = new Set<Store>();

  describeStore("the SQLite store in its thread", {
    open: async () => {
      const folder = mkdtempSync(join(tmpdir(), "richline-thread-"));
      const { store } = await openInThread(thread, join(folder, "richline.db"));
      folders.set(store, folder);
      return store;
    },
    settle: () => Promise.resolve(),
    dump: async (store) => {
      await store.close();
      closed.add(store);
      return readSqliteTables(join(folders.get(store) ?? "", "richline.db"));
    },
    close: async (store) => {
      if (!closed.has(store)) await store.close();
      rmSync(folders.get(store) ?? "", { recursive: true });
    },
  });

  it("a thread that dies refuses every call as unavailable, and says that it has ended", async () => {
    const folder = mkdtempSync(join(tmpdir(), "richline-thread-"));
    const broken = new URL(`data:text/javascript,${encodeURIComponent(dyingThread)}`);
    const { store } = await openInThread(broken, join(folder, "richline.db"));
    await expect(store.check()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(await store.ended).toMatchObject({ code: "store_unavailable" });
    await expect(store.check()).rejects.toMatchObject({ code: "store_unavailable" });
    rmSync(folder, { recursive: true });
  });

  it("a second process that opens the file is refused with the same words from the thread", async () => {
    const folder = mkdtempSync(join(tmpdir(), "richline-thread-"));
    const path = join(folder, "richline.db");
    const { store } = await openInThread(thread, path);
    await expect(openInThread(thread, path)).rejects.toMatchObject({
      name: "StoreInUseError",
      path,
    });
    await store.close();
    await expect(store.check()).rejects.toThrow("The store is closed.");
    rmSync(folder, { recursive: true });
  });
});
