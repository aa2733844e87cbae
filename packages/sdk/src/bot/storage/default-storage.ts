import type { BotStorage } from "./bot-storage.ts";

/** The name is not written where it is imported: a bundler for another runtime would follow it. */
const sqliteEntry = "@richline/sdk/bot/sqlite";

/** The SQLite file `.richline/bot.db`, loaded when it is opened, so that other runtimes need no SQLite. */
export function defaultStorage(): BotStorage {
  let loaded: BotStorage | undefined;
  const storage = (): BotStorage => {
    if (loaded === undefined) throw new Error("The storage is not open.");
    return loaded;
  };
  return {
    open: async () => {
      loaded = await load();
      await loaded.open();
    },
    read: (key) => storage().read(key),
    write: (entries) => storage().write(entries),
    wakeups: (limit) => storage().wakeups(limit),
    close: async () => loaded?.close(),
  };
}

async function load(): Promise<BotStorage> {
  let module: { readonly sqliteStorage: () => BotStorage };
  try {
    module = await import(/* @vite-ignore */ sqliteEntry);
  } catch (error) {
    throw new Error(
      "The default storage is a SQLite file, which cannot be loaded here. Give createBot a storage: sqliteStorage() of @richline/sdk/bot/sqlite, keyValueStorage({ … }) or memoryStorage().",
      { cause: error },
    );
  }
  return module.sqliteStorage();
}
