/** One value to write. Without a value the key is deleted. */
export interface StoredEntry {
  readonly key: string;
  readonly value: string | undefined;
  /** When the bot has to look at this key, in epoch milliseconds; never when not given. */
  readonly wakeAtMs?: number | undefined;
}

/** A key that the bot has to look at, and when. */
export interface Wakeup {
  readonly key: string;
  readonly wakeAtMs: number;
}

/**
 * Where a bot keeps what must outlive it. Values are JSON of at most 2,000,000 characters, keys at most 300.
 *
 * One bot uses it at a time: a storage that can tell refuses the second. What `write` was given is durable, and seen
 * by `read` and `wakeups`, when its promise resolves.
 */
export interface BotStorage {
  /** Called once before anything else. Rejects when the storage cannot be used, or another bot uses it. */
  open(): Promise<void>;
  read(key: string): Promise<string | undefined>;
  /** Writes the entries in their order. Each is written as a whole or not at all; all together where the storage can. */
  write(entries: readonly StoredEntry[]): Promise<void>;
  /** The keys with the earliest `wakeAtMs`, earliest first; at most `limit`. */
  wakeups(limit: number): Promise<readonly Wakeup[]>;
  close(): Promise<void>;
}
