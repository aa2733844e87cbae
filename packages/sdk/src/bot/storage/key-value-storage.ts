import type { BotStorage, StoredEntry } from "./bot-storage.ts";
import { earliest } from "./earliest.ts";

/** What is needed of a store: one process uses it, a `get` sees what was `set` before, and what resolved is durable. */
export interface KeyValue {
  get(key: string): Promise<string | null | undefined>;
  set(key: string, value: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

export interface KeyValueOptions {
  /** Before every key; `richline-bot/` when not given. Two bots in one store need two of them. */
  readonly prefix?: string | undefined;
}

/** In how many values the wake-ups are kept: what a change rewrites is a 64th of all of them. */
const shardCount = 64;

type Shard = Map<string, number>;

/**
 * Keeps everything in a key-value store that you bring: Redis, Cloudflare KV, a Map.
 *
 * Such a store cannot write two keys at once, and what has to be looked at is kept beside what it is. So the order
 * decides: an earlier wake-up is written before its value, a later one after it. A death in between leaves a wake-up
 * that comes too early, which does no harm, and never one that does not come.
 */
export function keyValueStorage(store: KeyValue, options: KeyValueOptions = {}): BotStorage {
  const prefix = options.prefix ?? "richline-bot/";
  const shards: Shard[] = [];
  const wakes = new Map<string, number>();
  const queues = new Map<number, Promise<void>>();
  const shardKey = (index: number): string => `${prefix}wake/${index}`;

  /** One write of a shard at a time; each writes what the shard is by then. */
  const setWake = (key: string, atMs: number | undefined): Promise<void> => {
    const index = hash(key) % shardCount;
    const shard = shards[index];
    if (shard === undefined) throw new Error("The storage is not open.");
    for (const one of [shard, wakes]) {
      if (atMs === undefined) one.delete(key);
      else one.set(key, atMs);
    }
    const before = queues.get(index) ?? Promise.resolve();
    const written = before
      .catch(() => undefined)
      .then(async () => {
        await store.set(shardKey(index), JSON.stringify([...shard]));
      });
    queues.set(index, written);
    return written;
  };

  const writeOne = async ({ key, value, wakeAtMs }: StoredEntry): Promise<void> => {
    const before = wakes.get(key);
    const isEarlier = wakeAtMs !== undefined && (before === undefined || wakeAtMs < before);
    if (isEarlier) await setWake(key, wakeAtMs);
    if (value === undefined) await store.delete(prefix + key);
    else await store.set(prefix + key, value);
    if (!isEarlier && wakeAtMs !== before) await setWake(key, wakeAtMs);
  };

  return {
    open: async () => {
      for (let index = 0; index < shardCount; index += 1) {
        const shard = readShard(await store.get(shardKey(index)));
        shards[index] = shard;
        for (const [key, atMs] of shard) wakes.set(key, atMs);
      }
    },
    read: async (key) => (await store.get(prefix + key)) ?? undefined,
    write: async (entries) => {
      for (const entry of entries) await writeOne(entry);
    },
    wakeups: async (limit) => earliest(wakes, limit),
    close: async () => {
      await Promise.allSettled(queues.values());
    },
  };
}

function readShard(json: string | null | undefined): Shard {
  // SAFETY: only `setWake` writes these keys.
  return new Map(json == null ? [] : (JSON.parse(json) as [string, number][]));
}

/** FNV-1a of 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
