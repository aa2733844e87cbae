import type { Erasure } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { ErasureRow } from "../../store/erasure-row.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerErasures(server: FastifyInstance, context: HttpContext): void {
  const { store, erasures } = context;
  defineRoute(server, context, "createErasure", async ({ caller, body, reply }) => {
    const erasure = await erasures.erase(caller, body.phoneNumber);
    reply.code(erasure.state === "COMPLETED" ? 200 : 202);
    return toErasure(erasure);
  });
  defineRoute(server, context, "listErasures", async ({ caller, query }) => {
    const page = await store.listErasures({ ...query, cursor: query.cursor, mode: caller.mode });
    return { items: page.items.map(toErasure), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "getErasure", async ({ caller, parameter }) => {
    const erasure = await store.findErasure(caller.mode, parameter("id"));
    if (erasure === undefined) throw new PlatformError("not_found");
    return toErasure(erasure);
  });
}

function toErasure({ requestedAtMs, completedAtMs, counts, ...row }: ErasureRow): Erasure {
  return {
    ...row,
    requestedAt: toTimestamp(requestedAtMs),
    ...(completedAtMs === null ? {} : { completedAt: toTimestamp(completedAtMs) }),
    counts: { ...counts },
  };
}
