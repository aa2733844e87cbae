import type { Store } from "./store.ts";

/** How the suite gets a store of one implementation. */
export interface StoreHarness {
  /** An empty store. */
  open(): Promise<Store>;
  /**
   * Resolves when every transaction that began before has ended. PostgreSQL shows events only then, and
   * other tests share the server.
   */
  settle(): Promise<void>;
  /** Every table with its columns and rows, read behind the store's back. The store is closed by it. */
  dump(store: Store): Promise<Readonly<Record<string, DumpedTable>>>;
  /** Closes it and removes what it left. */
  close(store: Store): Promise<void>;
}

export interface DumpedTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}
