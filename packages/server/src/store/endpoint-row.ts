import type { EventType, Mode } from "@richline/contract";

export interface EndpointRow {
  readonly id: string;
  readonly mode: Mode;
  readonly url: string;
  /** Null: all types. */
  readonly eventTypes: readonly EventType[] | null;
  readonly description: string | null;
  readonly secret: string;
  /** Still signed with until `previousSecretUntilMs`, so that a rotation breaks nobody. */
  readonly previousSecret: string | null;
  readonly previousSecretUntilMs: number | null;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly createdAtMs: number;
  /** Since when no delivery has succeeded; null after a success. */
  readonly failingSinceMs: number | null;
}

/** What an owner changes about an endpoint. Enabling one again clears why it was disabled. */
export interface EndpointChanges {
  readonly url?: string | undefined;
  /** Null: all types. */
  readonly eventTypes?: readonly EventType[] | null | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
}

export interface DisabledEndpoint {
  readonly id: string;
  /** Where the deliveries went that failed. */
  readonly url: string;
  readonly reason: string;
}
