import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type CounterName, counters, type Metrics } from "../kernel/metrics.ts";
import type { Store } from "../store/store.ts";

export interface PrometheusMetrics extends Metrics {
  /** The exposition text. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** Counters of the services, waiting jobs, and what Node knows of itself. */
export function createPrometheusMetrics(store: Store): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const known = new Map(
    Object.entries(counters).map(([name, { help, labels }]) => [
      name,
      new Counter({ name, help, labelNames: [...labels], registers: [registry] }),
    ]),
  );
  new Gauge({
    name: "richline_jobs",
    help: "Jobs that wait or are under way, by kind.",
    labelNames: ["kind"],
    registers: [registry],
    // Without the store the other numbers are wanted most: this one is left out.
    async collect() {
      this.reset();
      const totals = await store.countJobs().catch(() => ({}));
      for (const [kind, total] of Object.entries<number>(totals)) this.set({ kind }, total);
    },
  });
  return {
    count: (name: CounterName, labels) => known.get(name)?.inc({ ...labels }),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
