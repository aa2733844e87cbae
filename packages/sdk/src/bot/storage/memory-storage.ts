import type { BotStorage, StoredEntry } from "./bot-storage.ts";
import { earliest } from "./earliest.ts";

/** Keeps everything in memory: for tests. A restart forgets sessions, conversations and which events were handled. */
export function memoryStorage(): BotStorage {
  const values = new Map<string, string>();
  const wakeAtMs = new Map<string, number>();
  const writeOne = (entry: StoredEntry): void => {
    if (entry.value === undefined) values.delete(entry.key);
    else values.set(entry.key, entry.value);
    if (entry.wakeAtMs === undefined) wakeAtMs.delete(entry.key);
    else wakeAtMs.set(entry.key, entry.wakeAtMs);
  };
  return {
    open: async () => undefined,
    read: async (key) => values.get(key),
    write: async (entries) => entries.forEach(writeOne),
    wakeups: async (limit) => earliest(wakeAtMs, limit),
    close: async () => undefined,
  };
}
