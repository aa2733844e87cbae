import { Readable } from "node:stream";
import { type Contact, conversationId, limits, type Mode } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { writeContactLines } from "../../contacts/write-contact-lines.ts";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { ContactFilter, ContactKey, ContactRow } from "../../store/contact-row.ts";
import { defineRoute, parse, type RouteInput } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";
import { mediaTypes, openImport } from "../import-body.ts";

export function registerContacts(server: FastifyInstance, context: HttpContext): void {
  const { store, contacts } = context;
  defineRoute(server, context, "listContacts", async ({ caller, query }) => {
    const { limit, cursor } = query;
    const filter = toFilter(caller.mode, query);
    checkCursor(filter, cursor);
    const page = await store.listContacts({ ...filter, limit, cursor });
    return { items: page.items.map(toContact), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "exportContacts", async ({ caller, query, reply }) => {
    const lines = writeContactLines(store, toFilter(caller.mode, query), query.format);
    // The first line is awaited, since what it refuses has to be answered and not to break off.
    const { value: first } = await lines.next();
    return reply.type(mediaTypes[query.format]).send(Readable.from(from(first, lines)));
  });
  defineRoute(server, context, "importContacts", ({ caller, query, request }) =>
    contacts.import(caller.mode, {
      ...openImport(request, limits.importBodyBytesMax),
      defaultCountry: query.defaultCountry,
      dryRun: query.dryRun === "true",
    }),
  );
  defineRoute(server, context, "putContact", async (input) => {
    const { attributes, ...body } = input.body;
    const said = { ...body, ...toAttributes("replace", attributes) };
    return toContact(await contacts.change(keyOf(input), said, "create"));
  });
  defineRoute(server, context, "patchContact", async (input) => {
    const { attributes, ...body } = input.body;
    const said = { ...body, ...toAttributes("merge", attributes) };
    return toContact(await contacts.change(keyOf(input), said, "not_found"));
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

function keyOf(input: RouteInput<"putContact"> | RouteInput<"patchContact">): ContactKey {
  const id = String(parse(conversationId, input.parameter("conversationId")));
  return { mode: input.caller.mode, conversationId: id };
}

function toAttributes<Values>(how: "replace" | "merge", values: Values | undefined) {
  return values === undefined ? {} : { attributes: { how, values } };
}

type ContactsQuery = Omit<RouteInput<"exportContacts">["query"], "format">;

function toFilter(mode: Mode, query: ContactsQuery): ContactFilter {
  const { tag, attribute, phoneNumber, userId, updatedSince } = query;
  const colon = attribute?.indexOf(":") ?? -1;
  return {
    mode,
    tag,
    phoneNumber,
    userId,
    ...(attribute === undefined
      ? {}
      : { attribute: { name: attribute.slice(0, colon), value: attribute.slice(colon + 1) } }),
    ...(updatedSince === undefined ? {} : { updatedSinceMs: Date.parse(updatedSince) }),
  };
}

function checkCursor({ updatedSinceMs }: ContactFilter, cursor: string | undefined): void {
  const form = updatedSinceMs === undefined ? /^\S+$/ : /^[0-9]{1,15} \S+$/;
  if (cursor !== undefined && !form.test(cursor)) throw new PlatformError("invalid_cursor");
}

async function* from(
  first: string | undefined,
  rest: AsyncIterable<string>,
): AsyncGenerator<string> {
  if (first !== undefined) yield first;
  yield* rest;
}

function toContact(row: ContactRow): Contact {
  return {
    conversationId: row.conversationId,
    mode: row.mode,
    phoneNumber: row.phoneNumber,
    ...(row.userId === null ? {} : { userId: row.userId }),
    ...(row.timeZone === null ? {} : { timeZone: row.timeZone }),
    ...(row.locale === null ? {} : { locale: row.locale }),
    attributes: { ...row.attributes },
    tags: [...row.tags],
    createdAt: toTimestamp(row.createdAtMs),
    updatedAt: toTimestamp(row.updatedAtMs),
  };
}
