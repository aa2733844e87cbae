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
    async collect() {
      for (const [kind, total] of Object.entries(await store.countJobs()))
        this.set({ kind }, total);
    },
  });
  return {
    count: (name: CounterName, labels) => known.get(name)?.inc({ ...labels }),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
