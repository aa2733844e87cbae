import type { Delivery } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { DeliveryRow } from "../../store/store.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerEndpoints(server: FastifyInstance, context: HttpContext): void {
  const { endpoints } = context;
  /** Runs a change and makes this node deliver by it at once. */
  const changing = async <Result>(change: Promise<Result>): Promise<Result> => {
    const result = await change;
    context.refreshEndpoints();
    return result;
  };
  defineRoute(server, context, "createEndpoint", async ({ caller, body, reply }) => {
    reply.code(201);
    return changing(endpoints.create(caller.mode, body));
  });
  defineRoute(server, context, "listEndpoints", async ({ caller }) => ({
    items: await endpoints.list(caller.mode),
  }));
  defineRoute(server, context, "getEndpoint", ({ caller, parameter }) =>
    endpoints.get(caller.mode, parameter("id")),
  );
  defineRoute(server, context, "updateEndpoint", ({ caller, body, parameter }) =>
    changing(endpoints.update(caller.mode, parameter("id"), body)),
  );
  defineRoute(server, context, "deleteEndpoint", async ({ caller, parameter, reply }) => {
    await changing(endpoints.delete(caller.mode, parameter("id")));
    return reply.code(204).send();
  });
  defineRoute(server, context, "rotateSecret", ({ caller, parameter }) =>
    changing(endpoints.rotate(caller.mode, parameter("id"))),
  );
  defineRoute(server, context, "testEndpoint", async ({ caller, parameter, reply }) => {
    reply.code(202);
    return { eventId: await endpoints.test(caller.mode, parameter("id")) };
  });
  registerDeliveries(server, context);
}

function registerDeliveries(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "listDeliveries", async ({ caller, query, parameter }) => {
    const { id } = await context.endpoints.get(caller.mode, parameter("id"));
    const page = await context.store.listDeliveries({
      ...query,
      cursor: query.cursor,
      endpointId: id,
    });
    return { items: page.items.map(toDelivery), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "replayDelivery", async ({ caller, parameter, reply }) => {
    const { id } = await context.endpoints.get(caller.mode, parameter("id"));
    const eventId = parameter("eventId");
    const replayed = await context.store.replayDelivery(id, eventId, context.clock.now());
    if (!replayed) throw new PlatformError("not_found");
    reply.code(202);
    return { eventId };
  });
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.eventId,
    endpointId: row.endpointId,
    eventId: row.eventId,
    eventType: row.eventType,
    state: row.state,
    attempts: row.attempts,
    ...(row.responseStatus === null ? {} : { responseStatus: row.responseStatus }),
    ...(row.error === null ? {} : { error: row.error }),
    createdAt: toTimestamp(row.createdAtMs),
    ...(row.lastAttemptAtMs === null ? {} : { lastAttemptAt: toTimestamp(row.lastAttemptAtMs) }),
    ...(row.nextAttemptAtMs === null ? {} : { nextAttemptAt: toTimestamp(row.nextAttemptAtMs) }),
  };
}
