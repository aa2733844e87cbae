import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../kernel/errors.ts";
import type { Hint, Store } from "../store.ts";
import { openSqliteStoreHere } from "./sqlite-store.ts";
import { packError, type ThreadCall, type ThreadMessage } from "./thread-protocol.ts";

/** The thread that owns the SQLite file: it runs whole store methods, so that a call is one message each way. */
const port = parentPort;
invariant(port !== null, "sqlite-thread runs as a worker");
const say = (message: ThreadMessage): void => port.postMessage(message);

try {
  // SAFETY: open-sqlite-store.ts starts this thread, with this value.
  const { path } = workerData as { readonly path: string };
  const { store, migrated } = await openSqliteStoreHere(path);
  const hints = new Set<Hint>();
  store.onHint((hint) => hints.add(hint));
  port.on("message", (call: ThreadCall) => void answer({ store, hints }, call));
  say({ kind: "ready", migrated });
} catch (error) {
  say({ kind: "failed", error: packError(error) });
}

interface Opened {
  readonly store: Store;
  /** What is told before the next answer: a call's hints stand before its own. */
  readonly hints: Set<Hint>;
}

async function answer({ store, hints }: Opened, { id, method, parameters }: ThreadCall) {
  try {
    // SAFETY: open-sqlite-store.ts has checked method and parameters against the type of the store.
    const run = store[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
    const result = await run(...parameters);
    if (hints.size > 0) say({ kind: "hints", hints: [...hints] });
    hints.clear();
    say({ kind: "answer", id, result });
  } catch (error) {
    say({ kind: "refusal", id, error: packError(error) });
  }
  if (method === "close") port?.close();
}
