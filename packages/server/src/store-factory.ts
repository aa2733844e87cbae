import { join } from "node:path";
import type { Config } from "./config/config.ts";
import type { Logger } from "./kernel/logger.ts";
import { openPostgresStore } from "./store/postgres/open-postgres-store.ts";
import type { MigrationResult } from "./store/sql/migrate.ts";
import { openSqliteStore } from "./store/sqlite/open-sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** Opens the store that the configuration names, and migrates it. */
export function openConfiguredStore(
  config: Config,
  logger: Logger,
): Promise<{ readonly store: Store; readonly migrated: MigrationResult }> {
  if (config.databaseUrl === undefined) return openSqliteStore(join(config.dataDir, "richline.db"));
  return openPostgresStore({
    url: config.databaseUrl,
    logger,
    ...(config.databaseSchema === undefined ? {} : { schema: config.databaseSchema }),
  });
}
