import type { FastifyInstance } from "fastify";
import { PlatformError } from "../../kernel/errors.ts";
import { createApiKey, toApiKey } from "../api-keys.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerApiKeys(server: FastifyInstance, context: HttpContext): void {
  const { store, clock } = context;
  defineRoute(server, context, "createApiKey", ({ caller, body, reply }) => {
    reply.code(201);
    return createApiKey(store, clock, { ...body, mode: caller.mode });
  });
  defineRoute(server, context, "listApiKeys", async ({ caller }) => ({
    items: (await store.listApiKeys(caller.mode)).map(toApiKey),
  }));
  defineRoute(server, context, "updateApiKey", async ({ caller, body, parameter }) => {
    const row = await store.updateApiKey(caller.mode, parameter("id"), {
      ...body,
      atMs: clock.now(),
    });
    if (row === undefined) throw new PlatformError("not_found");
    context.authenticator.forget();
    return toApiKey(row);
  });
  defineRoute(server, context, "revokeApiKey", async ({ caller, parameter, reply }) => {
    const revoked = await store.revokeApiKey(caller.mode, parameter("id"), clock.now());
    if (!revoked) throw new PlatformError("not_found");
    context.authenticator.forget();
    return reply.code(204).send();
  });
}
