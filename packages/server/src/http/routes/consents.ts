import { Readable } from "node:stream";
import { type Consent, type ConsentRecord, e164 } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { isPossiblePhoneNumber } from "libphonenumber-js";
import { writeLines } from "../../consent/write-lines.ts";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { ConsentRecordRow, ConsentRow } from "../../store/consent-row.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";
import { mediaTypes, openImport } from "../import-body.ts";

export function registerConsents(server: FastifyInstance, context: HttpContext): void {
  const { store, consents } = context;
  defineRoute(server, context, "listConsents", async ({ caller, query }) => {
    const { cursor } = query;
    if (cursor !== undefined && !/^\S+ \S+ \S+$/.test(cursor))
      throw new PlatformError("invalid_cursor");
    const page = await store.listConsents({ ...query, cursor, mode: caller.mode });
    return { items: page.items.map(toConsent), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "exportConsents", ({ caller, query, reply }) =>
    reply
      .type(mediaTypes[query.format])
      .send(Readable.from(writeLines(store, { ...query, mode: caller.mode }))),
  );
  defineRoute(server, context, "importConsents", ({ caller, query, request }) =>
    consents.import(caller, {
      ...openImport(request),
      agentId: query.agentId,
      purpose: query.purpose,
      dryRun: query.dryRun === "true",
    }),
  );
  defineRoute(server, context, "getConsents", async ({ caller, parameter }) => {
    const phoneNumber = readNumber(parameter("phoneNumber"));
    const rows = await store.findConsents(caller.mode, phoneNumber);
    return { phoneNumber, items: rows.map(toConsent) };
  });
  defineRoute(server, context, "putConsent", async ({ caller, body, parameter }) => {
    const phoneNumber = readNumber(parameter("phoneNumber"));
    return toConsent(await consents.put(caller, { ...body, phoneNumber }));
  });
  defineRoute(server, context, "listConsentHistory", async ({ caller, query, parameter }) => {
    const { cursor } = query;
    // The number of a line: at most 15 digits, so that it stays exact.
    if (cursor !== undefined && !/^[0-9]{1,15}$/.test(cursor))
      throw new PlatformError("invalid_cursor");
    const phoneNumber = readNumber(parameter("phoneNumber"));
    const asked = { ...query, cursor, mode: caller.mode, phoneNumber };
    const page = await store.listConsentHistory(asked);
    return { items: page.items.map(toRecord), nextCursor: page.nextCursor };
  });
}

function readNumber(text: string): string {
  const parsed = e164.safeParse(text);
  if (parsed.success && isPossiblePhoneNumber(parsed.data)) return parsed.data;
  throw new PlatformError("recipient_invalid");
}

function toConsent({ atMs, ...row }: ConsentRow): Consent {
  return { ...row, at: toTimestamp(atMs) };
}

function toRecord(row: ConsentRecordRow): ConsentRecord {
  return {
    id: row.id,
    agentId: row.agentId,
    purpose: row.purpose,
    ...(row.state === null ? {} : { state: row.state }),
    changed: row.changed,
    method: row.method,
    at: toTimestamp(row.atMs),
    recordedAt: toTimestamp(row.recordedAtMs),
    ...given("words", row.words),
    ...(row.channel === null ? {} : { channel: row.channel }),
    ...given("provider", row.provider),
    ...given("receipt", row.receipt),
    ...given("actor", row.actor),
    ...given("note", row.note),
  };
}

function given<Name extends string>(
  name: Name,
  value: string | null,
): Partial<Record<Name, string>> {
  // SAFETY: one computed key of the type that the signature names.
  return (value === null ? {} : { [name]: value }) as Partial<Record<Name, string>>;
}
