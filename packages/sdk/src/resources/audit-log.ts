import type { AuditPage } from "@richline/contract";
import type { PageOptions } from "../pages.ts";
import type { CallOptions, Transport } from "../transport.ts";

export interface ListAuditLogOptions extends PageOptions {
  /** Only what was decided about this message. */
  readonly subject?: string | undefined;
}

export interface AuditLog {
  /** One page of who decided what, newest first. Needs an admin key. */
  readonly list: (query?: ListAuditLogOptions, options?: CallOptions) => Promise<AuditPage>;
}

export function createAuditLog({ request }: Transport): AuditLog {
  return {
    list: async (query, options) => {
      const path = "/v1/audit-log";
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<AuditPage>(call)).body;
    },
  };
}
