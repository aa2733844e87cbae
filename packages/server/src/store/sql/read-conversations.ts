import type { ConversationKey, ConversationRow, LastInbound } from "../conversation-row.ts";
import type { ConversationQuery, ConversationView, ThreadEntryRow } from "../conversation-store.ts";
import type { Page } from "../store.ts";
import { findUnanswered, keyOf, toConversationRow, toKeyRow } from "./conversations.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import { channelColumn, toInteractionEntry, toMessageEntry } from "./read-thread.ts";
import {
  jsonRows,
  type Session,
  type SqlValue,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

/** Which conversation; that of the agent with the newest activity where none is named. */
interface Asked extends Omit<ConversationKey, "agentId"> {
  readonly agentId?: string | undefined;
}

/**
 * The conversation with this id, also one in which only we have written. Where several agents have one, that in
 * which the person was active last; where in none, that of the newest message.
 */
export async function findConversation(
  session: Session,
  asked: Asked,
): Promise<ConversationView | undefined> {
  const { mode, conversationId, agentId } = asked;
  const ofAgent = agentId === undefined ? "" : "AND agent_id = $3";
  const [row] = await session.all(
    `SELECT * FROM conversations WHERE mode = $1 AND conversation_id = $2 ${ofAgent}
     ORDER BY coalesce(last_inbound_at_ms, 0) DESC, updated_at_ms DESC LIMIT 1`,
    agentId === undefined ? [mode, conversationId] : [mode, conversationId, agentId],
  );
  const found = row === undefined ? await findUnanswered(session, asked) : toConversationRow(row);
  return found === undefined ? undefined : (await withLast(session, [found]))[0];
}

/**
 * The newest activity first. Only filters that are given stand in the statement. A conversation that changes
 * while its list is read comes to the front, and may be missing further back.
 */
export async function listConversations(
  session: Session,
  query: ConversationQuery,
): Promise<Page<ConversationView>> {
  const filters: (readonly [condition: (value: string) => string, value: SqlValue | undefined])[] =
    [
      [(value) => `mode = ${value}`, query.mode],
      [(value) => `agent_id = ${value}`, query.agentId],
      [(value) => `state = ${value}`, query.state],
      [(value) => `assignee = ${value}`, query.assignee],
      // Labels are a list in JSON: what is left without the label is shorter than the list that has it.
      [(value) => `replace(labels, ${value}, '') <> labels`, quoted(query.label)],
      [(value) => `updated_at_ms >= ${value}`, query.updatedSinceMs],
    ];
  const given = filters.flatMap(([condition, value]) =>
    value === undefined ? [] : [{ condition, value }],
  );
  const conditions = given.map(({ condition }, index) => condition(`$${index + 1}`));
  if (query.unread !== undefined) conditions.push(query.unread ? "unread > 0" : "unread = 0");
  const values = given.map(({ value }) => value);
  if (query.cursor !== undefined) {
    const place = (offset: number) => `$${values.length + offset}`;
    conditions.push(
      `(updated_at_ms, agent_id, conversation_id) < (${place(1)}, ${place(2)}, ${place(3)})`,
    );
    const [atMs, agentId = "", conversationId = ""] = query.cursor.split(" ");
    values.push(Number(atMs), agentId, conversationId);
  }
  const rows = await session.all(
    `SELECT * FROM conversations WHERE ${conditions.join(" AND ")}
     ORDER BY updated_at_ms DESC, agent_id DESC, conversation_id DESC LIMIT $${values.length + 1}`,
    [...values, query.limit + 1],
  );
  const page = toPage(rows, query.limit, toConversationRow, toCursor);
  return { items: await withLast(session, page.items), nextCursor: page.nextCursor };
}

function toCursor({ updatedAtMs, agentId, conversationId }: ConversationRow): string {
  return [updatedAtMs, agentId, conversationId].join(" ");
}

function quoted(label: string | undefined): string | undefined {
  return label === undefined ? undefined : JSON.stringify(label);
}

/** With the newest thing in each, whoever said it: two index look-ups a conversation. */
async function withLast(
  session: Session,
  rows: readonly ConversationRow[],
): Promise<readonly ConversationView[]> {
  if (rows.length === 0) return [];
  const keys = toJsonRows(rows.map(toKeyRow));
  const source = jsonRows(session.dialect, 1, {
    mode: "text",
    conversation_id: "text",
    agent_id: "text",
  });
  const newest = (table: string, id: string, more: string) =>
    `(SELECT newest.${id} FROM ${table} AS newest WHERE newest.mode = input.mode
       AND newest.conversation_id = input.conversation_id AND newest.agent_id = input.agent_id ${more}
      ORDER BY newest.${id} DESC LIMIT 1)`;
  const messages = await session.all(
    `SELECT messages.*, ${channelColumn} FROM ${source}
     JOIN messages ON messages.uid = ${newest("messages", "uid", "AND newest.status <> 'SCHEDULED'")}`,
    [keys],
  );
  const interactions = await session.all(
    `SELECT interactions.* FROM ${source}
     JOIN interactions ON interactions.id = ${newest("interactions", "id", "")}`,
    [keys],
  );
  const last = new Map<string, ThreadEntryRow>();
  const entries = [
    ...messages.map((row) => ({ row, entry: toMessageEntry(row) })),
    ...interactions.map((row) => ({ row, entry: toInteractionEntry(row) })),
  ];
  for (const { row, entry } of entries) {
    const key = `${textOf(row, "mode")} ${textOf(row, "conversation_id")} ${textOf(row, "agent_id")}`;
    const known = last.get(key);
    if (known === undefined || entry.atMs >= known.atMs) last.set(key, entry);
  }
  return rows.map((conversation) => ({ conversation, last: last.get(keyOf(conversation)) }));
}

/** How the person reached us last, and what of theirs can be marked as read. What was stored before providers were is not known. */
export async function findLastInbound(
  session: Session,
  { mode, conversationId, agentId }: ConversationKey,
): Promise<LastInbound | undefined> {
  const newest = async (named: string) => {
    const [row] = await session.all(
      `SELECT provider, channel, provider_message_id FROM interactions
       WHERE mode = $1 AND conversation_id = $2 AND agent_id = $3 AND ${named} IS NOT NULL
       ORDER BY id DESC LIMIT 1`,
      [mode, conversationId, agentId],
    );
    return row;
  };
  const last = await newest("provider");
  if (last === undefined) return undefined;
  const named = await newest("provider_message_id");
  const channel = textOrNull(last, "channel");
  return {
    provider: textOf(last, "provider"),
    channel: channel === null ? null : asStored(channel),
    readable:
      named === undefined
        ? undefined
        : {
            provider: textOf(named, "provider"),
            providerMessageId: textOf(named, "provider_message_id"),
          },
  };
}
