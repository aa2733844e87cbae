import type { ProviderCounts, Span } from "../../domain/alert-rules.ts";
import type { ProviderMinute } from "../store.ts";
import { type Columns, compareText, numberOf, type Session, textOf } from "./session.ts";

const minuteColumns = {
  minute_ms: "bigint",
  provider: "text",
  node: "text",
  sent: "bigint",
  failed: "bigint",
  reported: "bigint",
  received: "bigint",
  degraded: "bigint",
  suspended: "bigint",
} as const satisfies Columns;

/** Each node writes rows of its own, so nodes do not wait for each other. */
export async function addProviderMinutes(
  session: Session,
  minutes: readonly ProviderMinute[],
): Promise<void> {
  if (minutes.length === 0) return;
  const added = (name: string) => `${name} = provider_minutes.${name} + excluded.${name}`;
  await session.insert({
    table: "provider_minutes",
    columns: minuteColumns,
    rows: [...minutes]
      .sort((a, b) => a.minuteMs - b.minuteMs || compareText(a.provider, b.provider))
      .map(({ minuteMs, degraded, suspended, ...minute }) => ({
        ...minute,
        minute_ms: minuteMs,
        degraded: degraded ? 1 : 0,
        suspended: suspended ? 1 : 0,
      })),
    suffix: `ON CONFLICT (minute_ms, provider, node) DO UPDATE SET
       ${["sent", "failed", "reported", "received"].map(added).join(", ")},
       degraded = excluded.degraded, suspended = excluded.suspended`,
  });
}

/**
 * A day is 1,440 rows a provider and node; the primary key begins with the minute, so a span is one range
 * of it. Rejected: a running sum of the day, which would have to forget a minute each minute.
 */
export async function sumProviderMinutes(
  session: Session,
  spans: readonly Span[],
): Promise<readonly ReadonlyMap<string, ProviderCounts>[]> {
  const sums: ReadonlyMap<string, ProviderCounts>[] = [];
  for (const span of spans) sums.push(await sumSpan(session, span));
  return sums;
}

async function sumSpan(
  session: Session,
  { fromMs, beforeMs }: Span,
): Promise<ReadonlyMap<string, ProviderCounts>> {
  // PostgreSQL's sum of bigint is numeric.
  const sum = (name: string) => `CAST(sum(${name}) AS bigint) AS ${name}`;
  const rows = await session.all(
    `SELECT provider, ${["sent", "failed", "reported", "received"].map(sum).join(", ")},
       max(degraded) AS degraded, max(suspended) AS suspended
     FROM provider_minutes WHERE minute_ms >= $1 AND minute_ms < $2 GROUP BY provider`,
    [fromMs, beforeMs],
  );
  return new Map(
    rows.map((row) => [
      textOf(row, "provider"),
      {
        sent: numberOf(row, "sent"),
        failed: numberOf(row, "failed"),
        reported: numberOf(row, "reported"),
        received: numberOf(row, "received"),
        degraded: numberOf(row, "degraded") === 1,
        suspended: numberOf(row, "suspended") === 1,
      },
    ]),
  );
}

export async function forgetProviderMinutes(session: Session, beforeMs: number): Promise<void> {
  await session.all("DELETE FROM provider_minutes WHERE minute_ms < $1", [beforeMs]);
}
