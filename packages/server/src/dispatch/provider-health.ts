import type { EventType, Mode } from "@richline/contract";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import type { NewEvent, Store } from "../store/store.ts";

/** Which providers are out of service on this node because they refuse our credentials. */
export interface ProviderHealth {
  /** 0 when the provider is in service. */
  suspendedUntilMs(provider: string): number;
  suspend(provider: string, untilMs: number, detail: string): void;
  succeeded(provider: string): void;
}

interface HealthOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly agents: readonly { readonly routes: Readonly<Record<Mode, readonly string[]>> }[];
}

/** Messages wait while a provider is suspended; one is tried again after each pause. Events tell of both ends. */
export function createProviderHealth(options: HealthOptions): ProviderHealth {
  const suspended = new Map<string, number>();
  function tell(provider: string, type: EventType, detail?: string): void {
    options.store
      .logEvents([toEvent(options, provider, { type, detail })])
      .catch((error: unknown) => {
        options.logger.warn(
          { provider, error: errorText(error) },
          "a provider's change was not logged",
        );
      });
  }
  return {
    suspendedUntilMs: (provider) => suspended.get(provider) ?? 0,
    suspend: (provider, untilMs, detail) => {
      const known = suspended.has(provider);
      suspended.set(provider, untilMs);
      if (known) return;
      options.logger.error({ provider }, "the provider refuses our credentials; out of service");
      tell(provider, "provider.suspended", detail);
    },
    succeeded: (provider) => {
      if (suspended.delete(provider)) tell(provider, "provider.resumed");
    },
  };
}

function toEvent(
  options: HealthOptions,
  provider: string,
  what: { readonly type: EventType; readonly detail: string | undefined },
): NewEvent {
  const nowMs = options.clock.now();
  const isLive = options.agents.some((agent) => agent.routes.live.includes(provider));
  return {
    id: newId("evt"),
    mode: isLive ? "live" : "test",
    type: what.type,
    atMs: nowMs,
    loggedAtMs: nowMs,
    data: {
      provider,
      ...(what.detail === undefined
        ? {}
        : { reason: { code: "auth_failed", detail: what.detail } }),
    },
  };
}
