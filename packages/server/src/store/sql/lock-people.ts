import { jsonRows, type Session, toJsonRows } from "./session.ts";

/**
 * Keeps what is written about people and the erasure of them apart, in PostgreSQL: who writes shares the person,
 * who erases is alone with them until the end of the transaction. People, named by mode and number, are locked
 * before all else, in one order for everybody.
 */
export async function lockPeople(
  session: Session,
  names: readonly string[],
  how: "shared" | "alone",
): Promise<void> {
  if (session.dialect !== "postgres" || names.length === 0) return;
  const lock = how === "alone" ? "pg_advisory_xact_lock" : "pg_advisory_xact_lock_shared";
  await session.all(
    `SELECT ${lock}(hashtextextended(name, 3)) FROM (SELECT name FROM
       ${jsonRows("postgres", 1, { name: "text" })} ORDER BY name) AS ordered`,
    [toJsonRows([...new Set(names)].map((name) => ({ name })))],
  );
}
