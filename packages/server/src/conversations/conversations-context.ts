import type { Mode } from "@richline/contract";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Metrics } from "../kernel/metrics.ts";
import type { Provider } from "../providers/provider.ts";
import type { Store } from "../store/store.ts";

/** What conversations need of their surroundings. */
export interface ConversationsContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly agents: readonly {
    readonly id: string;
    readonly routes: Readonly<Record<Mode, readonly string[]>>;
  }[];
  readonly providers: ReadonlyMap<string, Provider>;
}
