import type { Mode } from "@richline/contract";
import type { ConsentPolicy } from "../domain/consent.ts";
import type { FallbackPolicies } from "../domain/fallback-policy.ts";
import type { RetryPolicy } from "../domain/retry-policy.ts";
import type { Batcher } from "../kernel/batcher.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Failpoints } from "../kernel/failpoint.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Metrics } from "../kernel/metrics.ts";
import type { RateLimiter } from "../kernel/rate-limiter.ts";
import type { Provider } from "../providers/provider.ts";
import type { ConsentSubject } from "../store/consent-row.ts";
import type {
  AttemptRow,
  BeginResult,
  CapabilityRow,
  NewAttempt,
  SendSettlement,
  Store,
  WatchSettlement,
} from "../store/store.ts";
import type { ProviderHealth, TrafficListener } from "./provider-health.ts";

export interface DispatchOptions {
  readonly store: Store;
  readonly agents: readonly {
    readonly id: string;
    readonly routes: Readonly<Record<Mode, readonly string[]>>;
    readonly fallback: FallbackPolicies;
    readonly consent?: ConsentPolicy | undefined;
    readonly trackLinks?: boolean | undefined;
  }[];
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
  readonly retryPolicy: RetryPolicy;
  /** How fast sends may go, over all nodes. */
  readonly rateLimiter: RateLimiter;
  readonly reach: ReachFinder;
  readonly traffic: TrafficListener;
  /** A random number from 0 up to 1, for jitter. */
  readonly random: () => number;
  /** How long a claimed job stays ours, in milliseconds; longer than any provider call may take. */
  readonly leaseMs: number;
  /** Most provider calls at once, each agent. */
  readonly inFlightMax: number;
  readonly pollMs: number;
  /** Where the outside reaches this gateway. */
  readonly publicUrl: string;
  /** How long a stop waits for calls under way before it breaks them off, in milliseconds. */
  readonly graceMs: number;
}

/** What phones can do, as far as it is known; `reach/` knows. */
export interface ReachFinder {
  find(
    provider: Provider,
    question: { readonly phoneNumber: string; readonly needsFeatures: boolean },
  ): Promise<CapabilityRow | undefined>;
  learn(provider: string, phoneNumber: string, what: "unreachable" | "less_than_known"): void;
}

/** What one send needs of its surroundings. */
export interface SendContext extends DispatchOptions {
  readonly health: ProviderHealth;
  readonly begin: Batcher<NewAttempt, BeginResult>;
  /** Whether people opted out, for what waited since its claim. */
  readonly optOuts: Batcher<ConsentSubject, boolean>;
  readonly settleAtOnce: Batcher<SendSettlement, undefined>;
  /** For what came of calls that could be repeated, were it forgotten. */
  readonly settleSoon: Batcher<SendSettlement, undefined>;
  readonly watch: Batcher<WatchSettlement, undefined>;
  /** Aborted when calls under way must end now. */
  readonly signal: AbortSignal;
}

export type StartedAttempt =
  | { readonly kind: "started"; readonly provider: Provider; readonly attempt: AttemptRow }
  | { readonly kind: "settled"; readonly settlement: SendSettlement };
