import type { EventData } from "@richline/contract";
import type { ThreadEntryRow, ThreadQuery } from "../conversation-store.ts";
import type { Page } from "../store.ts";
import { toRecordRow } from "./consents.ts";
import { toNoteRow } from "./conversation-notes.ts";
import { asStored, fromJson, toMessageRow } from "./message-row.ts";
import {
  numberOf,
  type Session,
  type SqlRow,
  type SqlValue,
  textOf,
  textOrNull,
} from "./session.ts";

/** What a message goes over, or went over last. */
export const channelColumn = `(SELECT legs.channel FROM legs WHERE legs.message_uid = messages.uid
  ORDER BY legs.leg_index DESC LIMIT 1) AS channel`;

/** One kind of entries, in an order of its own, newest first. */
interface Source {
  readonly select: string;
  readonly where: readonly (readonly [condition: string, value: SqlValue])[];
  readonly id: string;
  /** Whether ids are numbers. */
  readonly isNumbered?: boolean;
  readonly toEntry: (row: SqlRow) => ThreadEntryRow;
}

/**
 * Everything in a conversation, newest first, merged from the tables where it stands. Each has an order and an
 * index of its own; the cursor has the place in each, so that nothing is left out or comes twice, whatever is
 * written meanwhile. Rejected: a table of entries, which every accepted message would have to write too.
 */
export async function listThread(
  session: Session,
  query: ThreadQuery,
): Promise<Page<ThreadEntryRow>> {
  const places = query.cursor?.split(" ") ?? [];
  const sources = sourcesOf(query);
  const heads: (readonly ThreadEntryRow[])[] = [];
  for (const [index, source] of sources.entries()) {
    heads.push(
      await readSource(session, source, { before: places[index], limit: query.limit + 1 }),
    );
  }
  const taken = sources.map(() => 0);
  const items: ThreadEntryRow[] = [];
  while (items.length < query.limit) {
    const next = findNewest(heads, taken);
    if (next === undefined) break;
    taken[next.source] = (taken[next.source] ?? 0) + 1;
    items.push(next.entry);
  }
  const isMore = heads.some((entries, index) => entries.length > (taken[index] ?? 0));
  const cursor = heads.map((entries, index) => {
    const [head] = entries;
    const last = entries[(taken[index] ?? 0) - 1];
    if (last !== undefined) return placeOf(last);
    return head === undefined ? ended : `${including}${placeOf(head)}`;
  });
  return { items, nextCursor: isMore ? cursor.join(" ") : undefined };
}

/** In a cursor, a source that had nothing: what it gets from now on is newer than what was read. */
const ended = ".";
/** In a cursor, before the place of an entry that was seen and did not fit. */
const including = "=";

function findNewest(
  heads: readonly (readonly ThreadEntryRow[])[],
  taken: readonly number[],
): { readonly source: number; readonly entry: ThreadEntryRow } | undefined {
  let newest: { readonly source: number; readonly entry: ThreadEntryRow } | undefined;
  for (const [source, entries] of heads.entries()) {
    const entry = entries[taken[source] ?? 0];
    if (entry === undefined) continue;
    if (newest === undefined || entry.atMs > newest.entry.atMs) newest = { source, entry };
  }
  return newest;
}

function placeOf(entry: ThreadEntryRow): string {
  switch (entry.kind) {
    case "message":
      return entry.message.uid;
    case "interaction":
      return entry.id;
    case "consent":
      return entry.record.id;
    case "note":
      return entry.note.id;
  }
}

/** In the order of the cursor. Of two things at the same time, the first source's stands in front: an answer before its question. */
function sourcesOf({
  mode,
  conversationId,
  agentId,
  phoneNumber,
  notes,
}: ThreadQuery): readonly Source[] {
  const ofAgent = agentId === undefined ? [] : [["agent_id =", agentId] as const];
  const here = [["mode =", mode], ["conversation_id =", conversationId], ...ofAgent] as const;
  return [
    { select: "* FROM interactions", where: here, id: "id", toEntry: toInteractionEntry },
    {
      select: `*, ${channelColumn} FROM messages`,
      where: here,
      id: "uid",
      toEntry: toMessageEntry,
    },
    {
      select: "* FROM consent_records",
      where: [["mode =", mode], ["phone_number =", phoneNumber], ["changed =", 1], ...ofAgent],
      id: "id",
      isNumbered: true,
      toEntry: toConsentEntry,
    },
    ...(notes
      ? [
          {
            select: "* FROM conversation_notes",
            where: here,
            id: "id",
            toEntry: toNoteEntry,
          },
        ]
      : []),
  ];
}

async function readSource(
  session: Session,
  { select, where, id, isNumbered = false, toEntry }: Source,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly ThreadEntryRow[]> {
  if (before === ended) return [];
  const comparison = before?.startsWith(including) === true ? "<=" : "<";
  const place = before?.replace(including, "");
  const placed =
    place === undefined
      ? []
      : [[`${id} ${comparison}`, isNumbered ? Number(place) : place] as const];
  const given = [...where, ...placed];
  const conditions = given.map(([condition], index) => `${condition} $${index + 1}`).join(" AND ");
  const rows = await session.all(
    `SELECT ${select} WHERE ${conditions} ORDER BY ${id} DESC LIMIT $${given.length + 1}`,
    [...given.map(([, value]) => value), limit],
  );
  return rows.map(toEntry);
}

export function toMessageEntry(row: SqlRow): ThreadEntryRow {
  const message = toMessageRow(row);
  return {
    kind: "message",
    atMs: message.createdAtMs,
    message,
    channel: asStored(textOrNull(row, "channel") ?? "rcs"),
  };
}

export function toInteractionEntry(row: SqlRow): ThreadEntryRow {
  const channel = textOrNull(row, "channel");
  return {
    kind: "interaction",
    atMs: numberOf(row, "created_at_ms"),
    id: textOf(row, "id"),
    agentId: textOf(row, "agent_id"),
    interactionType: asStored(textOf(row, "interaction_type")),
    channel: channel === null ? null : asStored(channel),
    data: fromJson<EventData>(textOf(row, "data")),
  };
}

function toConsentEntry(row: SqlRow): ThreadEntryRow {
  const record = toRecordRow(row);
  return { kind: "consent", atMs: record.atMs, record };
}

function toNoteEntry(row: SqlRow): ThreadEntryRow {
  const note = toNoteRow(row);
  return { kind: "note", atMs: note.createdAtMs, note };
}
