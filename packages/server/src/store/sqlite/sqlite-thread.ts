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
  passHints(store);
  port.on("message", (call: ThreadCall) => void answer(store, call));
  say({ kind: "ready", migrated });
} catch (error) {
  say({ kind: "failed", error: packError(error) });
}

async function answer(store: Store, { id, method, parameters }: ThreadCall): Promise<void> {
  try {
    // SAFETY: open-sqlite-store.ts has checked method and parameters against the type of the store.
    const run = store[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
    say({ kind: "answer", id, result: await run(...parameters) });
  } catch (error) {
    say({ kind: "refusal", id, error: packError(error) });
  }
  if (method === "close") port?.close();
}

/** Hints of one turn of the event loop go together: there are several to a commit. */
function passHints(store: Store): void {
  const waiting = new Set<Hint>();
  store.onHint((hint) => {
    if (waiting.size === 0) {
      setImmediate(() => {
        say({ kind: "hints", hints: [...waiting] });
        waiting.clear();
      });
    }
    waiting.add(hint);
  });
}
