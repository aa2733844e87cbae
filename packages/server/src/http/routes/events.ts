import { type EventType, eventType } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { PlatformError } from "../../kernel/errors.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";
import { createLiveStreams } from "../live-streams.ts";

export function registerEvents(server: FastifyInstance, context: HttpContext): void {
  const streams = createLiveStreams(context);
  server.addHook("preClose", () => streams.close());
  defineRoute(server, context, "listEvents", async ({ caller, query, reply }) => {
    // Asked before the list is read: what is logged in between is not skipped by who goes on from there.
    const end = query.cursor ?? (await context.store.endOfEvents());
    const page = await context.store.listEvents({
      ...query,
      cursor: query.cursor,
      mode: caller.mode,
      types: query.type === undefined ? undefined : [query.type],
    });
    // The bodies are JSON already; parsing them to write them again would cost a page's worth of both.
    const items = page.items.map((event) => event.body).join(",");
    const endCursor = page.items.at(-1)?.cursor ?? end;
    const cursors = JSON.stringify({ nextCursor: page.nextCursor, endCursor }).slice(1);
    return reply
      .type("application/json")
      .send(`{"items":[${items}]${cursors === "}" ? "" : ","}${cursors}`);
  });
  defineRoute(server, context, "streamEvents", async ({ caller, query, request, reply }) => {
    const header = request.headers["last-event-id"];
    const cursor =
      query.cursor ?? (typeof header === "string" && header !== "" ? header : undefined);
    const isAllowed = () => context.authenticator.isValid(request.headers.authorization);
    const types = readTypes(query.types);
    await streams.open(reply, { mode: caller.mode, cursor, types, isAllowed });
  });
}

function readTypes(text: string | undefined): readonly EventType[] | undefined {
  if (text === undefined) return undefined;
  return text.split(",").map((one) => {
    const parsed = eventType.safeParse(one.trim());
    if (parsed.success) return parsed.data;
    throw new PlatformError("invalid_request", {
      errors: [
        {
          path: "/types",
          code: "invalid_value",
          detail: "Not an event type; the reference lists them.",
        },
      ],
    });
  });
}
