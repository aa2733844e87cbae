import { createHash } from "node:crypto";
import type { ApiKey, ApiKeyWithSecret, Mode, Scope } from "@richline/contract";
import { type Clock, toTimestamp } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { apiKeyBucket, type RateLimiter } from "../kernel/rate-limiter.ts";
import type { ApiKeyRow } from "../store/api-key-row.ts";
import type { Store } from "../store/store.ts";

/** Who makes a request. */
export interface Caller {
  readonly keyId: string;
  readonly keyName: string;
  readonly mode: Mode;
  readonly scopes: readonly Scope[];
}

export interface NewApiKey {
  readonly name: string;
  readonly mode: Mode;
  readonly scopes?: readonly Scope[] | undefined;
  readonly expiresAt?: string | undefined;
  /** No limit when not given. */
  readonly requestsPerSecond?: number | undefined;
  /** The key itself, where the configuration presets it. */
  readonly preset?: string | undefined;
}

/** What a new key may do when nothing is said. */
const defaultScopes: readonly Scope[] = ["admin"];

/** How long a key's row is believed without looking again, in milliseconds: a revocation elsewhere takes this long. */
const cacheMs = 5_000;
/** Most keys remembered; beyond it, the oldest is forgotten. */
const cacheSizeMax = 1_000;

/** Makes a key; only its hash is kept. */
export async function createApiKey(
  store: Store,
  clock: Clock,
  request: NewApiKey,
): Promise<ApiKeyWithSecret> {
  const key =
    request.preset ?? `rl_${request.mode}_${newSecret(24).replaceAll(/[^A-Za-z0-9]/g, "x")}`;
  const row: ApiKeyRow = {
    id: newId("key"),
    name: request.name,
    mode: request.mode,
    scopes: request.scopes ?? defaultScopes,
    hash: hashKey(key),
    hint: key.slice(-4),
    createdAtMs: clock.now(),
    expiresAtMs: request.expiresAt === undefined ? null : Date.parse(request.expiresAt),
    revokedAtMs: null,
    requestsPerSecond: request.requestsPerSecond ?? null,
  };
  await store.insertApiKey(row);
  return { ...toApiKey(row), key };
}

export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    mode: row.mode,
    scopes: [...row.scopes],
    hint: row.hint,
    createdAt: toTimestamp(row.createdAtMs),
    ...(row.expiresAtMs === null ? {} : { expiresAt: toTimestamp(row.expiresAtMs) }),
    ...(row.revokedAtMs === null ? {} : { revokedAt: toTimestamp(row.revokedAtMs) }),
    ...(row.requestsPerSecond === null ? {} : { requestsPerSecond: row.requestsPerSecond }),
  };
}

export interface Authenticator {
  /** Who sends this `Authorization` header, and one request of the key's limit; throws the error that says why not. */
  authenticate(header: string | undefined): Promise<Caller>;
  /** Whether the key is still good, for what it has opened; takes nothing of its limit. */
  isValid(header: string | undefined): Promise<boolean>;
  /** Forgets what is remembered, after a key was revoked here. */
  forget(): void;
}

interface AuthenticatorOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly rateLimiter: RateLimiter;
  /** Whether any agent has live routes. */
  readonly hasLiveRoutes: boolean;
}

/** Looks keys up by their hash, so that no comparison of secrets takes place, and remembers rows for a short while. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const cache = new Map<string, { readonly row: ApiKeyRow; readonly untilMs: number }>();
  async function find(hash: string, nowMs: number): Promise<ApiKeyRow | undefined> {
    const known = cache.get(hash);
    if (known !== undefined && known.untilMs > nowMs) return known.row;
    const row = await options.store.findApiKey(hash);
    if (row === undefined) return undefined;
    const oldest = cache.keys().next().value;
    if (cache.size >= cacheSizeMax && oldest !== undefined) cache.delete(oldest);
    cache.set(hash, { row, untilMs: nowMs + cacheMs });
    return row;
  }
  async function identify(header: string | undefined): Promise<ApiKeyRow> {
    const key = /^Bearer (\S{1,200})$/i.exec(header ?? "")?.[1];
    if (key === undefined) throw new PlatformError("api_key_missing");
    if (key.startsWith("rl_live_") && !options.hasLiveRoutes) {
      throw new PlatformError("live_mode_unavailable", {
        publicMessage:
          "This gateway has no live providers. Use a test key (rl_test_…), or configure live routes.",
      });
    }
    const nowMs = options.clock.now();
    const row = await find(hashKey(key), nowMs);
    if (row === undefined) throw new PlatformError("api_key_invalid");
    if (row.revokedAtMs !== null) throw new PlatformError("api_key_revoked");
    if (row.expiresAtMs !== null && row.expiresAtMs <= nowMs)
      throw new PlatformError("api_key_expired");
    return row;
  }
  return {
    authenticate: async (header) => {
      const row = await identify(header);
      await checkRate(options.rateLimiter, row);
      return { keyId: row.id, keyName: row.name, mode: row.mode, scopes: row.scopes };
    },
    isValid: (header) =>
      identify(header).then(
        () => true,
        () => false,
      ),
    forget: () => cache.clear(),
  };
}

/** A slot is a second old when it comes free, so a second is what a refused caller waits. */
async function checkRate(limiter: RateLimiter, row: ApiKeyRow): Promise<void> {
  const { id, requestsPerSecond } = row;
  if (requestsPerSecond === null) return;
  if (await limiter.admit(apiKeyBucket(id), requestsPerSecond)) return;
  throw new PlatformError("rate_limited", { retryAfterSeconds: 1 });
}

function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
