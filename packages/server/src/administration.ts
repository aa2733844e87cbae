import type { ApiKey, ApiKeyWithSecret, Mode, UpdateApiKeyRequest } from "@richline/contract";
import type { Config } from "./config/config.ts";
import { createApiKey, type NewApiKey, toApiKey } from "./http/api-keys.ts";
import { systemClock } from "./kernel/clock.ts";
import { silentLogger } from "./kernel/logger.ts";
import type { MigrationResult } from "./store/sql/migrate.ts";
import type { Store } from "./store/store.ts";
import { openConfiguredStore } from "./store-factory.ts";

/** Opens the configured store for administration; the caller closes it. */
export async function openStore(config: Config): Promise<Store> {
  return (await openConfiguredStore(config, silentLogger)).store;
}

/** Brings the configured store to this program's schema; answers the versions before and after. */
export async function migrateStore(config: Config): Promise<MigrationResult> {
  const { store, migrated } = await openConfiguredStore(config, silentLogger);
  await store.close();
  return migrated;
}

/** Makes a key; the answer is the only place where it is shown. */
export function createKey(
  store: Store,
  request: Omit<NewApiKey, "preset">,
): Promise<ApiKeyWithSecret> {
  return createApiKey(store, systemClock, request);
}

export async function listKeys(store: Store, mode?: Mode): Promise<readonly ApiKey[]> {
  return (await store.listApiKeys(mode)).map(toApiKey);
}

/** Undefined when there is no such key. */
export async function updateKey(
  store: Store,
  key: Pick<ApiKey, "mode" | "id">,
  changes: UpdateApiKeyRequest,
): Promise<ApiKey | undefined> {
  const atMs = systemClock.now();
  const row = await store.updateApiKey(key.mode, key.id, { ...changes, atMs });
  return row === undefined ? undefined : toApiKey(row);
}

/** False when there is no such key. */
export function revokeKey(store: Store, mode: Mode, id: string): Promise<boolean> {
  return store.revokeApiKey(mode, id, systemClock.now());
}
