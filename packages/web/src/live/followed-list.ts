import { applyPatch } from "./list-patch.ts";
import type { ListKind, ReadAnswer, ReadRequest } from "./list-reader.ts";

/** A reading of a list that is read again and again. Rows that did not change are the same objects as before. */
export interface Reading {
  readonly rows: readonly unknown[];
  /** What stood beside the list in the answer. */
  readonly rest: Readonly<Record<string, unknown>>;
}

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, (answer: ReadAnswer) => void>();

/** One list at `url`; each call reads it and answers all of it, but only what changed comes from the worker. */
export function followList(url: string, list: ListKind): (signal: AbortSignal) => Promise<Reading> {
  let rows: readonly unknown[] = [];
  let since = 0;
  return async (signal) => {
    const answer = await ask({ url, list, since });
    signal.throwIfAborted();
    if ("error" in answer) throw new Error(answer.error);
    rows = applyPatch(answer.continues ? rows : [], answer.patch);
    since = answer.id;
    return { rows, rest: answer.rest };
  };
}

function ask(request: Omit<ReadRequest, "id">): Promise<ReadAnswer> {
  worker ??= startWorker();
  lastId += 1;
  const id = lastId;
  const answer = new Promise<ReadAnswer>((resolve) => waiting.set(id, resolve));
  worker.postMessage({ id, ...request, url: new URL(request.url, location.href).href });
  return answer;
}

function startWorker(): Worker {
  const started = new Worker(new URL("./list-worker.ts", import.meta.url), { type: "module" });
  started.addEventListener("message", (event: MessageEvent<ReadAnswer>) => {
    waiting.get(event.data.id)?.(event.data);
    waiting.delete(event.data.id);
  });
  started.addEventListener("error", () => {
    for (const [id, resolve] of waiting) resolve({ id, error: "The page's reader does not run." });
    waiting.clear();
  });
  return started;
}
