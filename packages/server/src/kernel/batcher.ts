import { isStoreUnavailable, PlatformError } from "./errors.ts";

export interface BatcherOptions<Item, Result> {
  /** Does the work of all items in one commit and answers one result an item, in their order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Most items in one commit. */
  readonly itemsMax: number;
  /** Most items that may wait; one more is refused with `store_unavailable`. */
  readonly waitingMax: number;
  /** For what can wait, so that its commits leave room for others. Commits begin at once when not given. */
  readonly spacing?: Spacing;
}

/** A commit begins this long after the one before it began, or as soon as so many items wait. */
export interface Spacing {
  /** Milliseconds of real time: it is the machine that is spared. */
  readonly ms: number;
  readonly enough: number;
}

export interface Batcher<Item, Result> {
  /** Resolves after the commit that holds `item`. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing waits and nothing is under way. */
  drain(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what arrives while a commit is under way shares the next one.
 *
 * A commit starts on `setImmediate`, after the event loop has read what its sockets hold, so that
 * requests which came together are stored together. Rejected: a timer of a few milliseconds, which
 * delays a lone request and gathers no more under load than the commit's own time does.
 *
 * When a commit of several fails, each is tried alone, so that one bad row does not fail its
 * neighbours; an unavailable store fails them all at once.
 */
export function createBatcher<Item, Result>(
  options: BatcherOptions<Item, Result>,
): Batcher<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  const idle: (() => void)[] = [];
  let running = false;
  const space = createSpace(options.spacing);

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      await space.wait(waiting.length);
      await commitAll(waiting.splice(0, options.itemsMax), options.commit);
    }
    running = false;
    for (const resolve of idle.splice(0)) resolve();
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= options.waitingMax) {
          return reject(new PlatformError("store_unavailable", { retryAfterSeconds: 1 }));
        }
        waiting.push({ item, resolve, reject });
        space.came(waiting.length);
        if (running) return;
        running = true;
        // run() settles every item itself and cannot reject.
        setImmediate(() => void run());
      }),
    drain: () => (running ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  };
}

/** The time between two commits. */
function createSpace(spacing: Spacing | undefined) {
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let end: () => void = () => undefined;
  return {
    wait: async (items: number): Promise<void> => {
      if (spacing === undefined) return;
      const inMs = nextAtMs - performance.now();
      if (inMs > 0 && items < spacing.enough) {
        await new Promise<void>((resolve) => {
          end = resolve;
          setTimeout(resolve, inMs);
        });
      }
      nextAtMs = performance.now() + spacing.ms;
    },
    came: (items: number): void => {
      if (items === spacing?.enough) end();
    },
  };
}

async function commitAll<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  commit: BatcherOptions<Item, Result>["commit"],
): Promise<void> {
  try {
    settle(batch, await commit(batch.map((entry) => entry.item)));
  } catch (error) {
    if (batch.length === 1 || isStoreUnavailable(error)) {
      for (const entry of batch) entry.reject(error);
      return;
    }
    for (const entry of batch) await commitAll([entry], commit);
  }
}

function settle<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  results: readonly Result[],
): void {
  if (results.length !== batch.length) {
    throw new Error(`A commit of ${batch.length} items answered ${results.length} results.`);
  }
  for (const [index, result] of results.entries()) batch[index]?.resolve(result);
}
