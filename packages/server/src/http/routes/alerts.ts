import type { Alert } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import type { AlertRow } from "../../store/store.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerAlerts(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "listAlerts", async ({ caller, query }) => {
    const page = await context.store.listAlerts({
      ...query,
      cursor: query.cursor,
      mode: caller.mode,
    });
    return { items: page.items.map(toAlert), nextCursor: page.nextCursor };
  });
}

function toAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    mode: row.mode,
    kind: row.kind,
    subject: row.subject,
    detail: row.detail,
    state: row.closedAtMs === null ? "open" : "closed",
    openedAt: toTimestamp(row.openedAtMs),
    ...(row.closedAtMs === null ? {} : { closedAt: toTimestamp(row.closedAtMs) }),
  };
}
