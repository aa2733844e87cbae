import type { AlertPage } from "@richline/contract";
import type { PageOptions } from "../pages.ts";
import type { CallOptions, Transport } from "../transport.ts";

export interface ListAlertsOptions extends PageOptions {
  /** Both when not given. */
  readonly state?: "open" | "closed" | undefined;
}

export interface Alerts {
  /** What needs a person's eye, newest first. */
  readonly list: (query?: ListAlertsOptions, options?: CallOptions) => Promise<AlertPage>;
}

export function createAlerts({ request }: Transport): Alerts {
  return {
    list: async (query, options) => {
      const path = "/v1/alerts";
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<AlertPage>(call)).body;
    },
  };
}
