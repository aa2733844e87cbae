import type { Mode } from "@richline/contract";
import { apiKeyBucket } from "../../kernel/rate-limiter.ts";
import type { ApiKeyChanges, ApiKeyRow } from "../api-key-row.ts";
import { asStored, fromJson } from "./message-row.ts";
import { setRateLimit } from "./rate-shares.ts";
import {
  type Columns,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
} from "./session.ts";

const apiKeyColumns = {
  id: "text",
  name: "text",
  mode: "text",
  scopes: "text",
  hash: "text",
  hint: "text",
  created_at_ms: "bigint",
  expires_at_ms: "bigint",
  revoked_at_ms: "bigint",
  requests_per_second: "bigint",
} as const satisfies Columns;

/** Inserts a key; one with the same hash is there already and stays. */
export async function insertApiKey(session: Session, key: ApiKeyRow): Promise<void> {
  const row: SqlRow = {
    id: key.id,
    name: key.name,
    mode: key.mode,
    scopes: JSON.stringify(key.scopes),
    hash: key.hash,
    hint: key.hint,
    created_at_ms: key.createdAtMs,
    expires_at_ms: key.expiresAtMs,
    revoked_at_ms: key.revokedAtMs,
    requests_per_second: key.requestsPerSecond,
  };
  await session.insert({
    table: "api_keys",
    columns: apiKeyColumns,
    rows: [row],
    suffix: `ON CONFLICT (hash) DO NOTHING`,
  });
}

export async function findApiKey(session: Session, hash: string): Promise<ApiKeyRow | undefined> {
  const [row] = await session.all("SELECT * FROM api_keys WHERE hash = $1", [hash]);
  return row === undefined ? undefined : toApiKeyRow(row);
}

export async function listApiKeys(session: Session, mode?: Mode): Promise<readonly ApiKeyRow[]> {
  const rows = await session.all(
    "SELECT * FROM api_keys WHERE $1 = '' OR mode = $1 ORDER BY id LIMIT 1000",
    [mode ?? ""],
  );
  return rows.map(toApiKeyRow);
}

/** The key's row says what a new bucket begins with; the limit beside it reaches buckets that are in use. */
export async function updateApiKey(
  session: Session,
  key: { readonly mode: Mode; readonly id: string },
  { name, requestsPerSecond, atMs }: ApiKeyChanges,
): Promise<ApiKeyRow | undefined> {
  const [row] = await session.all(
    `UPDATE api_keys SET name = coalesce($3, name),
       requests_per_second = CASE WHEN $4 = 1 THEN $5 ELSE requests_per_second END
     WHERE mode = $1 AND id = $2 RETURNING *`,
    [
      key.mode,
      key.id,
      name ?? null,
      requestsPerSecond === undefined ? 0 : 1,
      requestsPerSecond ?? null,
    ],
  );
  if (row === undefined) return undefined;
  if (requestsPerSecond !== undefined)
    await setRateLimit(session, apiKeyBucket(key.id), requestsPerSecond, atMs);
  return toApiKeyRow(row);
}

export async function revokeApiKey(
  session: Session,
  mode: Mode,
  id: string,
  atMs: number,
): Promise<boolean> {
  const rows = await session.all(
    "UPDATE api_keys SET revoked_at_ms = coalesce(revoked_at_ms, $3) WHERE mode = $1 AND id = $2 RETURNING id",
    [mode, id, atMs],
  );
  return rows.length > 0;
}

function toApiKeyRow(row: SqlRow): ApiKeyRow {
  return {
    id: textOf(row, "id"),
    name: textOf(row, "name"),
    mode: asStored(textOf(row, "mode")),
    scopes: fromJson(textOf(row, "scopes")),
    hash: textOf(row, "hash"),
    hint: textOf(row, "hint"),
    createdAtMs: numberOf(row, "created_at_ms"),
    expiresAtMs: numberOrNull(row, "expires_at_ms"),
    revokedAtMs: numberOrNull(row, "revoked_at_ms"),
    requestsPerSecond: numberOrNull(row, "requests_per_second"),
  };
}
