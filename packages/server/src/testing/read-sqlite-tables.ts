import { openConnection } from "../store/sqlite/driver.ts";
import type { DumpedTable } from "../store/store-harness.ts";

/** Every table of a SQLite file that nobody has open. */
export function readSqliteTables(path: string): Record<string, DumpedTable> {
  const connection = openConnection(path);
  try {
    const names = connection
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map((row) => String(row["name"]));
    return Object.fromEntries(
      names.map((name) => {
        const columns = connection.prepare("SELECT name FROM pragma_table_info(?)").all(name);
        const rows = connection.prepare(`SELECT * FROM ${name}`).all();
        return [name, { columns: columns.map((column) => String(column["name"])), rows }];
      }),
    );
  } finally {
    connection.close();
  }
}
