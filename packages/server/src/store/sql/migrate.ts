import { migrations, schemaVersion } from "./migrations.ts";
import { numberOrNull, type Session } from "./session.ts";

export interface MigrationResult {
  readonly from: number;
  readonly to: number;
}

/**
 * Brings the schema to this program's version, inside the transaction of `session`.
 * A database newer than the program is refused: its rows may mean what we do not know.
 */
export async function migrate(session: Session): Promise<MigrationResult> {
  await session.all(
    "CREATE TABLE IF NOT EXISTS schema_versions (version bigint PRIMARY KEY, name text NOT NULL)",
  );
  const [row] = await session.all("SELECT max(version) AS version FROM schema_versions");
  const from = row === undefined ? 0 : (numberOrNull(row, "version") ?? 0);
  if (from > schemaVersion) {
    throw new Error(
      `The database has schema version ${from}; this program knows versions up to ${schemaVersion}. ` +
        "Run the newer program, or restore the backup made before the upgrade.",
    );
  }
  for (const migration of migrations.filter((one) => one.version > from)) {
    for (const statement of migration.statements(session.dialect)) await session.all(statement);
    await session.all("INSERT INTO schema_versions (version, name) VALUES ($1, $2)", [
      migration.version,
      migration.name,
    ]);
  }
  return { from, to: schemaVersion };
}
