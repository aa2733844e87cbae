import type { BotStorage } from "../storage/bot-storage.ts";

/** A storage as a process sees it that is killed after so many writes: nothing is answered any more. */
export interface DyingStorage extends BotStorage {
  /** Resolves when it has died. */
  readonly died: Promise<void>;
}

/** `isLastWritten`: whether the write at which it dies was carried out, unknown to who asked for it. */
export function dyingStorage(
  storage: BotStorage,
  writesMax: number,
  isLastWritten: boolean,
): DyingStorage {
  let writes = 0;
  let isDead = false;
  let die = (): void => undefined;
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const alive = <Result>(task: () => Promise<Result>): Promise<Result> =>
    isDead ? new Promise(() => undefined) : task();
  return {
    died,
    open: () => alive(storage.open),
    read: (key) => alive(() => storage.read(key)),
    write: (entries) =>
      alive(async () => {
        writes += 1;
        if (writes <= writesMax) return storage.write(entries);
        isDead = true;
        if (isLastWritten) await storage.write(entries);
        die();
        return new Promise<never>(() => undefined);
      }),
    wakeups: (limit) => alive(() => storage.wakeups(limit)),
    close: async () => undefined,
  };
}
