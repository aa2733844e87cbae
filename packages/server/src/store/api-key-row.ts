import type { Mode, Scope } from "@richline/contract";

export interface ApiKeyChanges {
  readonly name?: string | undefined;
  /** Null for no limit. */
  readonly requestsPerSecond?: number | null | undefined;
  readonly atMs: number;
}

/** A key that opens the API, without the key itself. */
export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly mode: Mode;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the key, hex; the key itself is kept nowhere. */
  readonly hash: string;
  /** The last four characters. */
  readonly hint: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  /** Most requests in any second, over all nodes; null for no limit. */
  readonly requestsPerSecond: number | null;
}
