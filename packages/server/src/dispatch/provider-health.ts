import type { EventType, FailureCode, Mode } from "@richline/contract";
import {
  admit,
  defaultHealthPolicy,
  type HealthPhase,
  judgeCall,
  newProviderState,
  outageUntilMs,
  type ProviderState,
  recordCall,
} from "../domain/provider-health.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import type { SendOutcome } from "../providers/provider.ts";
import type { NewEvent, Reason, Store } from "../store/store.ts";

/**
 * Which providers are out of service on this node because they refuse our credentials, and which lose
 * messages to others because they fail or are slow. Each node goes by its own calls.
 */
export interface ProviderHealth {
  /** 0 when the provider is in service. */
  suspendedUntilMs(provider: string): number;
  suspend(provider: string, untilMs: number, detail: string): void;
  succeeded(provider: string): void;
  /** A call has ended, and took this long, in milliseconds. */
  ended(provider: string, outcome: SendOutcome, durationMs: number): void;
  /** Whether the provider takes what others lose. */
  isHealthy(provider: string): boolean;
  /** Whether a message goes to a provider that is ill. Each question counts as one message. */
  admits(provider: string): boolean;
  /** Until when a provider that fails is left alone, epoch ms; `undefined` when it does not fail. */
  outageUntilMs(provider: string): number | undefined;
}

/** Who is told what providers do on this node; alerts are made of it. */
export interface TrafficListener {
  /** A call has ended; no code: the provider has the message. */
  attempted(provider: string, code: FailureCode | undefined): void;
  stands(provider: string, standing: "healthy" | "degraded" | "suspended"): void;
}

interface HealthOptions {
  readonly store: Pick<Store, "logEvents">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly agents: readonly { readonly routes: Readonly<Record<Mode, readonly string[]>> }[];
  readonly traffic: TrafficListener;
}

/** Messages wait while a provider is suspended; one is tried again after each pause. Events tell of both ends. */
export function createProviderHealth(options: HealthOptions): ProviderHealth {
  const { clock, logger, traffic } = options;
  const suspended = new Map<string, number>();
  const states = new Map<string, ProviderState>();
  const stateOf = (provider: string) => states.get(provider) ?? newProviderState(clock.now());
  const phaseOf = (provider: string): HealthPhase => stateOf(provider).phase;

  function tell(provider: string, type: EventType, reason?: Reason): void {
    options.store
      .logEvents([toEvent(options, provider, { type, reason })])
      .catch((error: unknown) => {
        logger.warn({ provider, error: errorText(error) }, "a provider's change was not logged");
      });
    const isIll = phaseOf(provider) === "healthy" ? "healthy" : "degraded";
    traffic.stands(provider, suspended.has(provider) ? "suspended" : isIll);
  }

  /** One event for each end: what happens on the way back, a relapse too, is still the same trouble. */
  function become(provider: string, next: ProviderState): void {
    const before = phaseOf(provider);
    states.set(provider, next);
    if (before === "healthy" && next.phase !== "healthy") {
      logger.warn({ provider, reason: next.reason?.detail }, "the provider is degraded");
      tell(provider, "provider.degraded", next.reason);
    }
    if (before !== "healthy" && next.phase === "healthy") tell(provider, "provider.recovered");
  }

  return {
    suspendedUntilMs: (provider) => suspended.get(provider) ?? 0,
    suspend: (provider, untilMs, detail) => {
      const known = suspended.has(provider);
      suspended.set(provider, untilMs);
      if (known) return;
      logger.error({ provider }, "the provider refuses our credentials; out of service");
      tell(provider, "provider.suspended", { code: "auth_failed", detail });
    },
    succeeded: (provider) => {
      if (suspended.delete(provider)) tell(provider, "provider.resumed");
    },
    ended: (provider, outcome, durationMs) => {
      const code = outcome.kind === "accepted" ? undefined : outcome.code;
      traffic.attempted(provider, code);
      const verdict = judgeCall(code);
      if (verdict === undefined) return;
      const call = { atMs: clock.now(), durationMs, failed: verdict === "failed" };
      become(provider, recordCall(defaultHealthPolicy, stateOf(provider), call));
    },
    isHealthy: (provider) => phaseOf(provider) === "healthy" && !suspended.has(provider),
    admits: (provider) => {
      const { admitted, state } = admit(defaultHealthPolicy, stateOf(provider), clock.now());
      become(provider, state);
      return admitted;
    },
    outageUntilMs: (provider) => outageUntilMs(defaultHealthPolicy, stateOf(provider), clock.now()),
  };
}

function toEvent(
  options: HealthOptions,
  provider: string,
  what: { readonly type: EventType; readonly reason: Reason | undefined },
): NewEvent {
  const nowMs = options.clock.now();
  const isLive = options.agents.some((agent) => agent.routes.live.includes(provider));
  return {
    id: newId("evt"),
    mode: isLive ? "live" : "test",
    type: what.type,
    atMs: nowMs,
    loggedAtMs: nowMs,
    data: { provider, ...(what.reason === undefined ? {} : { reason: what.reason }) },
  };
}
