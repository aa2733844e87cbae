import { type Contact, conversationId } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { isPossiblePhoneNumber } from "libphonenumber-js";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { ContactRow } from "../../store/store.ts";
import { defineRoute, parse } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerContacts(server: FastifyInstance, context: HttpContext): void {
  const { store, clock } = context;
  defineRoute(server, context, "listContacts", async ({ caller, query }) => {
    const page = await store.listContacts({ ...query, cursor: query.cursor, mode: caller.mode });
    return { items: page.items.map(toContact), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "putContact", async ({ caller, body, parameter }) => {
    const id = String(parse(conversationId, parameter("conversationId")));
    if (!isPossiblePhoneNumber(body.phoneNumber)) {
      throw new PlatformError("recipient_invalid", {
        errors: [
          {
            path: "/phoneNumber",
            code: "invalid_value",
            detail: "No number of this length exists in its country.",
          },
        ],
      });
    }
    const nowMs = clock.now();
    const stored = await store.putContact({
      mode: caller.mode,
      conversationId: id,
      phoneNumber: body.phoneNumber,
      userId: body.userId ?? null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    });
    return toContact(stored);
  });
  defineRoute(server, context, "getContact", async ({ caller, parameter }) => {
    const [contact] = await store.findContacts([
      { mode: caller.mode, conversationId: parameter("conversationId") },
    ]);
    if (contact === undefined) throw new PlatformError("not_found");
    return toContact(contact);
  });
  defineRoute(server, context, "deleteContact", async ({ caller, parameter, reply }) => {
    const key = { mode: caller.mode, conversationId: parameter("conversationId") };
    if (!(await store.deleteContact(key))) throw new PlatformError("not_found");
    return reply.code(204).send();
  });
}

function toContact(row: ContactRow): Contact {
  return {
    conversationId: row.conversationId,
    mode: row.mode,
    phoneNumber: row.phoneNumber,
    ...(row.userId === null ? {} : { userId: row.userId }),
    createdAt: toTimestamp(row.createdAtMs),
    updatedAt: toTimestamp(row.updatedAtMs),
  };
}
