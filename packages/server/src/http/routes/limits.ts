import type { FastifyInstance } from "fastify";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerLimits(server: FastifyInstance, context: HttpContext): void {
  const { rateLimits } = context;
  defineRoute(server, context, "listLimits", async () => ({ items: await rateLimits.list() }));
  defineRoute(server, context, "putLimit", ({ caller, body, parameter }) =>
    rateLimits.set(caller.mode, parameter("bucket"), body.messagesPerSecond),
  );
  defineRoute(server, context, "resetLimit", ({ caller, parameter }) =>
    rateLimits.set(caller.mode, parameter("bucket"), undefined),
  );
}
