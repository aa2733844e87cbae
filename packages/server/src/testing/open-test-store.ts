import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../store/sqlite/open-sqlite-store.ts";
import type { Store } from "../store/store.ts";

/** An empty store in a file of its own, for tests of what stands above the store. */
export async function openTestStore(): Promise<{
  readonly store: Store;
  close(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), "richline-store-"));
  const { store } = await openSqliteStore(join(folder, "richline.db"));
  return {
    store,
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
