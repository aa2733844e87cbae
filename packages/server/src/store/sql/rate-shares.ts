import {
  grantShare,
  type RateLimitRow,
  type RateShareRow,
  type Share,
  type ShareHolder,
  type ShareRequest,
} from "../../domain/rate-shares.ts";
import {
  type Columns,
  compareText,
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  toJsonRows,
} from "./session.ts";

const shareColumns = {
  bucket: "text",
  node: "text",
  slots: "bigint",
  wanted: "bigint",
  until_ms: "bigint",
} as const satisfies Columns;

const bucketColumns = { bucket: "text" } as const satisfies Columns;

/**
 * Divides limits over nodes. Whoever renews a share reads those of the others and writes its own under the
 * bucket's lock, so that no two nodes take the same slot.
 *
 * In PostgreSQL the lock is an advisory one of the transaction, taken in one order by all, since a bucket
 * that nobody uses has no row that could be locked. Statements behind it see what its last holder wrote,
 * because at READ COMMITTED each has a snapshot of its own. SQLite has one writer.
 *
 * Rejected: a counter of tokens in the database, which every message would have to visit.
 */
export async function renewShares(
  session: Session,
  batch: readonly ShareRequest[],
): Promise<readonly Share[]> {
  const names = toJsonRows(
    batch.map(({ bucket }) => ({ bucket })).sort((a, b) => compareText(a.bucket, b.bucket)),
  );
  if (session.dialect === "postgres") await session.all(lockBuckets, [names]);
  const [limits, holders] = await Promise.all([
    session.all(readLimits(session), [names]),
    session.all(readHolders(session), [names]),
  ]);
  const shares = batch.map((request) => divide(request, limits, holders));
  await writeShares(session, batch, shares);
  return shares;
}

const lockBuckets = `SELECT pg_advisory_xact_lock(hashtextextended('rate ' || bucket, 0))
  FROM (SELECT bucket FROM ${jsonRows("postgres", 1, bucketColumns)} ORDER BY bucket COLLATE "C") AS ordered`;

const readLimits = ({ dialect }: Session) =>
  `SELECT bucket, per_second FROM rate_limits WHERE bucket IN (SELECT bucket FROM ${jsonRows(dialect, 1, bucketColumns)})`;

const readHolders = ({ dialect }: Session) =>
  `SELECT bucket, node, slots, wanted, until_ms FROM rate_shares
   WHERE bucket IN (SELECT bucket FROM ${jsonRows(dialect, 1, bucketColumns)})`;

function divide(
  request: ShareRequest,
  limits: readonly SqlRow[],
  holders: readonly SqlRow[],
): Share {
  const { bucket, node, nowMs } = request;
  const row = limits.find((one) => textOf(one, "bucket") === bucket);
  const perSecond = row === undefined ? request.perSecond : numberOrNull(row, "per_second");
  if (perSecond === null) return { perSecond, granted: 0, held: 0 };
  const others = holders
    .filter(
      (one) =>
        textOf(one, "bucket") === bucket &&
        textOf(one, "node") !== node &&
        numberOf(one, "until_ms") > nowMs,
    )
    .map(toHolder);
  return { perSecond, ...grantShare({ ...request, limit: perSecond, others }) };
}

function toHolder(row: SqlRow): ShareHolder {
  return {
    node: textOf(row, "node"),
    slots: numberOf(row, "slots"),
    wanted: numberOf(row, "wanted"),
  };
}

/** Shares that ended go first: the node's own that hold and want nothing, and those that have expired. */
async function writeShares(
  session: Session,
  batch: readonly ShareRequest[],
  shares: readonly Share[],
): Promise<void> {
  const rows = batch.map(({ bucket, node, wanted, nowMs, untilMs }, index) => ({
    bucket,
    node,
    slots: shares[index]?.held ?? 0,
    wanted: shares[index]?.perSecond === null ? 0 : wanted,
    until_ms: untilMs,
    now_ms: nowMs,
  }));
  await session.all(
    `DELETE FROM rate_shares WHERE EXISTS (SELECT 1
       FROM ${jsonRows(session.dialect, 1, { bucket: "text", node: "text", now_ms: "bigint" })}
       WHERE input.bucket = rate_shares.bucket
         AND (input.node = rate_shares.node OR rate_shares.until_ms <= input.now_ms))`,
    [toJsonRows(rows.map(({ bucket, node, now_ms }) => ({ bucket, node, now_ms })))],
  );
  const kept = rows
    .filter(({ slots, wanted }) => slots > 0 || wanted > 0)
    .map(({ now_ms: _nowMs, ...row }) => row);
  if (kept.length > 0) {
    await session.insert({ table: "rate_shares", columns: shareColumns, rows: kept });
  }
}

export async function listRateShares(
  session: Session,
  nowMs: number,
): Promise<readonly RateShareRow[]> {
  const rows = await session.all(
    "SELECT bucket, node, slots FROM rate_shares WHERE until_ms > $1 ORDER BY bucket, node LIMIT 10000",
    [nowMs],
  );
  return rows.map((row) => ({
    bucket: textOf(row, "bucket"),
    node: textOf(row, "node"),
    slots: numberOf(row, "slots"),
  }));
}

export async function setRateLimit(
  session: Session,
  bucket: string,
  perSecond: number | null | undefined,
  atMs: number,
): Promise<void> {
  if (perSecond === undefined) {
    await session.all("DELETE FROM rate_limits WHERE bucket = $1", [bucket]);
    return;
  }
  await session.all(
    `INSERT INTO rate_limits (bucket, per_second, updated_at_ms) VALUES ($1, $2, $3)
     ON CONFLICT (bucket) DO UPDATE SET per_second = excluded.per_second, updated_at_ms = excluded.updated_at_ms`,
    [bucket, perSecond, atMs],
  );
}

export async function listRateLimits(session: Session): Promise<readonly RateLimitRow[]> {
  const rows = await session.all(
    "SELECT bucket, per_second FROM rate_limits ORDER BY bucket LIMIT 10000",
  );
  return rows.map((row) => ({
    bucket: textOf(row, "bucket"),
    perSecond: numberOrNull(row, "per_second"),
  }));
}
