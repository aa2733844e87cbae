import type { AuditEntry } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { AuditRow } from "../../store/store.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerAuditLog(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "listAuditLog", async ({ caller, query }) => {
    const { cursor } = query;
    // The number of a line: at most 15 digits, so that it stays exact.
    if (cursor !== undefined && !/^[0-9]{1,15}$/.test(cursor))
      throw new PlatformError("invalid_cursor");
    const page = await context.store.listAuditLog({ ...query, cursor, mode: caller.mode });
    return { items: page.items.map(toAuditEntry), nextCursor: page.nextCursor };
  });
}

function toAuditEntry({ atMs, detail, ...row }: AuditRow): AuditEntry {
  return { ...row, at: toTimestamp(atMs), detail: { ...detail } };
}
