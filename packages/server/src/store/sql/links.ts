import { newId } from "../../kernel/ids.ts";
import type { LinkRow } from "../link-row.ts";
import { type Click, clicksToldMax } from "../link-store.ts";
import type { NewEvent } from "../store.ts";
import { insertEvents } from "./insert-events.ts";
import { lockPeople } from "./lock-people.ts";
import { toMessageRow } from "./message-row.ts";
import {
  compareText,
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  toJsonRows,
} from "./session.ts";

export async function findLink(session: Session, code: string): Promise<LinkRow | undefined> {
  const [row] = await session.all("SELECT * FROM links WHERE code = $1", [code]);
  return row === undefined ? undefined : toLinkRow(row);
}

export async function listLinks(session: Session, messageUid: string): Promise<readonly LinkRow[]> {
  const rows = await session.all("SELECT * FROM links WHERE message_uid = $1 ORDER BY url", [
    messageUid,
  ]);
  return rows.map(toLinkRow);
}

export async function recordClicks(
  session: Session,
  clicks: readonly Click[],
): Promise<readonly NewEvent[]> {
  const counted = await countClicks(session, clicks);
  const events = counted.flatMap(({ row, atMs, clicks: count }) =>
    count > clicksToldMax ? [] : [toEvent(row, atMs)],
  );
  await insertEvents(session, events);
  return events;
}

interface Counted {
  /** The link with its message. */
  readonly row: SqlRow;
  readonly atMs: number;
  /** Clicks of this link by then. */
  readonly clicks: number;
}

/** Adds the clicks up by link, in one order on all nodes, and numbers each. Clicks of what is no link are left out. */
async function countClicks(
  session: Session,
  clicks: readonly Click[],
): Promise<readonly Counted[]> {
  const byCode = groupByCode(clicks);
  // An erasure of these people is waited for: it would not see events that are not committed yet.
  const before = await readMessages(session, [...byCode.keys()]);
  await lockPeople(
    session,
    [...before.values()].map((row) => `${textOf(row, "mode")} ${textOf(row, "phone_number")}`),
    "shared",
  );
  const rows = [...byCode]
    .map(([code, those]) => ({
      code,
      clicks: those.length,
      at_ms: Math.max(...those.map(({ atMs }) => atMs)),
    }))
    .sort((a, b) => compareText(a.code, b.code));
  const columns = { code: "text", clicks: "bigint", at_ms: "bigint" } as const;
  const updated = await session.all(
    `UPDATE links SET clicks = links.clicks + input.clicks, last_clicked_at_ms = input.at_ms
     FROM ${jsonRows(session.dialect, 1, columns)} WHERE links.code = input.code
     RETURNING links.code, links.clicks`,
    [toJsonRows(rows)],
  );
  const messages = await readMessages(
    session,
    updated.map((row) => textOf(row, "code")),
  );
  return updated.flatMap((row) => {
    const code = textOf(row, "code");
    const those = byCode.get(code) ?? [];
    const message = messages.get(code);
    const earlier = numberOf(row, "clicks") - those.length;
    return message === undefined
      ? []
      : those.map(({ atMs }, index) => ({ row: message, atMs, clicks: earlier + index + 1 }));
  });
}

function groupByCode(clicks: readonly Click[]): ReadonlyMap<string, readonly Click[]> {
  const byCode = new Map<string, Click[]>();
  for (const click of clicks) {
    const those = byCode.get(click.code);
    if (those === undefined) byCode.set(click.code, [click]);
    else those.push(click);
  }
  return byCode;
}

async function readMessages(
  session: Session,
  codes: readonly string[],
): Promise<ReadonlyMap<string, SqlRow>> {
  const rows = await session.all(
    `SELECT messages.*, links.code AS link_code, links.url FROM ${jsonRows(session.dialect, 1, { code: "text" })}
     JOIN links ON links.code = input.code JOIN messages ON messages.uid = links.message_uid`,
    [toJsonRows(codes.map((code) => ({ code })))],
  );
  return new Map(rows.map((row) => [textOf(row, "link_code"), row]));
}

function toEvent(row: SqlRow, atMs: number): NewEvent {
  const message = toMessageRow(row);
  return {
    id: newId("evt"),
    mode: message.mode,
    type: "message.clicked",
    atMs,
    loggedAtMs: atMs,
    messageUid: message.uid,
    data: {
      agentId: message.agentId,
      conversationId: message.conversationId,
      messageId: message.id,
      messageStatus: "INTERACTED",
      link: { url: textOf(row, "url") },
      ...(message.metadata === null ? {} : { metadata: { ...message.metadata } }),
    },
  };
}

function toLinkRow(row: SqlRow): LinkRow {
  return {
    code: textOf(row, "code"),
    messageUid: textOf(row, "message_uid"),
    url: textOf(row, "url"),
    clicks: numberOf(row, "clicks"),
    lastClickedAtMs: numberOrNull(row, "last_clicked_at_ms"),
  };
}
