import type { EventData } from "@richline/contract";
import { newId } from "../../kernel/ids.ts";
import type { ConversationChange, ConversationKey, ConversationRow } from "../conversation-row.ts";
import type { NewEvent } from "../store.ts";
import { insertEvents } from "./insert-events.ts";
import { asStored, fromJson } from "./message-row.ts";
import {
  type Columns,
  compareText,
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

const keyColumns = {
  mode: "text",
  conversation_id: "text",
  agent_id: "text",
} as const satisfies Columns;

const conversationColumns = {
  ...keyColumns,
  phone_number: "text",
  state: "text",
  unread: "bigint",
  assignee: "text",
  labels: "text",
  last_inbound_at_ms: "bigint",
  created_at_ms: "bigint",
  updated_at_ms: "bigint",
} as const satisfies Columns;

/** Something that a person did. */
export interface Inbound extends ConversationKey {
  readonly phoneNumber: string;
  /** Whether it wants an answer: a button that only opens something does not. */
  readonly isSaid: boolean;
  readonly atMs: number;
}

/**
 * Brings conversations up to date with what people did: one locking read and one upsert a batch, whatever is
 * in it. What is said counts as unread and opens a closed conversation, of which it answers the events.
 *
 * Rejected: to write a row for outbound messages as well. A campaign would make a million conversations that
 * nobody answers, and each accepted message a second hot row; what was sent last is read from the messages.
 */
export async function noteInbound(
  session: Session,
  batch: readonly Inbound[],
): Promise<readonly NewEvent[]> {
  if (batch.length === 0) return [];
  const gathered = gather(batch);
  const before = await lockRows(session, gathered);
  await session.insert({
    table: "conversations",
    columns: conversationColumns,
    rows: gathered.map(toNewRow),
    suffix: `ON CONFLICT (mode, conversation_id, agent_id) DO UPDATE SET
       phone_number = excluded.phone_number, unread = conversations.unread + excluded.unread,
       state = CASE WHEN excluded.unread > 0 THEN 'open' ELSE conversations.state END,
       last_inbound_at_ms = ${later("last_inbound_at_ms")}, updated_at_ms = ${later("updated_at_ms")}`,
  });
  return gathered.flatMap(({ unread, ...one }) => {
    const row = before.get(keyOf(one));
    if (row?.state !== "closed" || unread === 0) return [];
    const opened = { ...row, state: "open", unread: row.unread + unread } as const;
    return [toEvent(opened, { atMs: one.atMs, changed: ["state", "unread"] })];
  });
}

/** The later of a column's two times; one that is not there yet is earlier than any. */
function later(column: string): string {
  return `CASE WHEN excluded.${column} < conversations.${column} THEN conversations.${column} ELSE excluded.${column} END`;
}

interface Gathered extends Inbound {
  readonly unread: number;
}

/** One row a conversation, in one order for everybody: two nodes that write the same would wait for each other. */
function gather(batch: readonly Inbound[]): readonly Gathered[] {
  const byKey = new Map<string, Gathered>();
  for (const one of batch) {
    const known = byKey.get(keyOf(one));
    const unread = (known?.unread ?? 0) + (one.isSaid ? 1 : 0);
    byKey.set(keyOf(one), { ...one, unread, atMs: Math.max(one.atMs, known?.atMs ?? 0) });
  }
  return [...byKey.values()].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

function toNewRow({ unread, atMs, phoneNumber, ...key }: Gathered): SqlRow {
  return {
    ...toKeyRow(key),
    phone_number: phoneNumber,
    state: "open",
    unread,
    assignee: null,
    labels: "[]",
    last_inbound_at_ms: atMs,
    created_at_ms: atMs,
    updated_at_ms: atMs,
  };
}

/** The conversations that are there, alone with them until the end of the transaction. */
async function lockRows(
  session: Session,
  keys: readonly ConversationKey[],
): Promise<ReadonlyMap<string, ConversationRow>> {
  const lock =
    session.dialect === "postgres"
      ? `ORDER BY conversations.mode, conversations.conversation_id, conversations.agent_id
         FOR UPDATE OF conversations`
      : "";
  const rows = await session.all(
    `SELECT conversations.* FROM ${jsonRows(session.dialect, 1, keyColumns)}
     JOIN conversations ON conversations.mode = input.mode
       AND conversations.conversation_id = input.conversation_id
       AND conversations.agent_id = input.agent_id ${lock}`,
    [toJsonRows(keys.map(toKeyRow))],
  );
  return new Map(rows.map(toConversationRow).map((row) => [keyOf(row), row]));
}

/** Changes what is given, with one event where something is new; answers the row as it is then. */
export async function changeConversation(
  session: Session,
  change: ConversationChange,
): Promise<ConversationRow | undefined> {
  const before = await requireRow(session, change.key);
  if (before === undefined) return undefined;
  const { state = before.state, labels = before.labels, assignee = before.assignee } = change;
  const unread = change.read === true ? 0 : before.unread;
  const changed = [
    ...(state === before.state ? [] : (["state"] as const)),
    ...(assignee === before.assignee ? [] : (["assignee"] as const)),
    ...(sameWords(labels, before.labels) ? [] : (["labels"] as const)),
    ...(unread === before.unread ? [] : (["unread"] as const)),
  ];
  if (changed.length === 0) return before;
  const after = { ...before, state, assignee, labels, unread };
  return writeRow(session, after, { atMs: change.atMs, actor: change.actor, changed });
}

interface Told {
  readonly atMs: number;
  readonly actor?: string;
  readonly changed: NonNullable<EventData["conversation"]>["changed"];
}

/** Writes a row that is there and locked, and its event. */
export async function writeRow(
  session: Session,
  row: ConversationRow,
  told: Told,
): Promise<ConversationRow> {
  const after = { ...row, updatedAtMs: Math.max(row.updatedAtMs, told.atMs) };
  await session.all(
    `UPDATE conversations SET state = $4, assignee = $5, labels = $6, unread = $7, updated_at_ms = $8
     WHERE mode = $1 AND conversation_id = $2 AND agent_id = $3`,
    [
      after.mode,
      after.conversationId,
      after.agentId,
      after.state,
      after.assignee,
      JSON.stringify(after.labels),
      after.unread,
      after.updatedAtMs,
    ],
  );
  await insertEvents(session, [toEvent(after, told)]);
  return after;
}

/** The row of a conversation, locked; made where only we have written so far. None where nobody has. */
export async function requireRow(
  session: Session,
  key: ConversationKey,
): Promise<ConversationRow | undefined> {
  const known = (await lockRows(session, [key])).get(keyOf(key));
  if (known !== undefined) return known;
  const unanswered = await findUnanswered(session, key);
  if (unanswered === undefined) return undefined;
  await session.insert({
    table: "conversations",
    columns: conversationColumns,
    rows: [fromConversationRow(unanswered)],
    suffix: "ON CONFLICT (mode, conversation_id, agent_id) DO NOTHING",
  });
  return (await lockRows(session, [key])).get(keyOf(key));
}

/** A conversation in which only we have written, as its newest message makes it; none where the person was erased. */
export async function findUnanswered(
  session: Session,
  {
    mode,
    conversationId,
    agentId,
  }: Omit<ConversationKey, "agentId"> & { readonly agentId?: string | undefined },
): Promise<ConversationRow | undefined> {
  const ofAgent = agentId === undefined ? "" : "AND agent_id = $3";
  const [row] = await session.all(
    `SELECT agent_id, phone_number, created_at_ms FROM messages
     WHERE mode = $1 AND conversation_id = $2 AND erased_at_ms IS NULL ${ofAgent}
     ORDER BY uid DESC LIMIT 1`,
    agentId === undefined ? [mode, conversationId] : [mode, conversationId, agentId],
  );
  if (row === undefined) return undefined;
  const atMs = numberOf(row, "created_at_ms");
  return {
    mode,
    conversationId,
    agentId: textOf(row, "agent_id"),
    phoneNumber: textOf(row, "phone_number"),
    state: "open",
    unread: 0,
    assignee: null,
    labels: [],
    lastInboundAtMs: null,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
}

function toEvent(row: ConversationRow, { atMs, actor, changed }: Told): NewEvent {
  const { mode, agentId, conversationId, state, unread, assignee, labels } = row;
  return {
    id: newId("evt"),
    mode,
    type: "conversation.updated",
    atMs,
    loggedAtMs: atMs,
    data: {
      agentId,
      conversationId,
      conversation: {
        state,
        unread,
        ...(assignee === null ? {} : { assignee }),
        labels: [...labels],
        changed,
        ...(actor === undefined ? {} : { actor }),
      },
    },
  };
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}

export function keyOf({ mode, conversationId, agentId }: ConversationKey): string {
  return `${mode} ${conversationId} ${agentId}`;
}

export function toKeyRow({ mode, conversationId, agentId }: ConversationKey) {
  return { mode, conversation_id: conversationId, agent_id: agentId };
}

function fromConversationRow(row: ConversationRow): SqlRow {
  return {
    ...toKeyRow(row),
    phone_number: row.phoneNumber,
    state: row.state,
    unread: row.unread,
    assignee: row.assignee,
    labels: JSON.stringify(row.labels),
    last_inbound_at_ms: row.lastInboundAtMs,
    created_at_ms: row.createdAtMs,
    updated_at_ms: row.updatedAtMs,
  };
}

export function toConversationRow(row: SqlRow): ConversationRow {
  return {
    mode: asStored(textOf(row, "mode")),
    conversationId: textOf(row, "conversation_id"),
    agentId: textOf(row, "agent_id"),
    phoneNumber: textOf(row, "phone_number"),
    state: asStored(textOf(row, "state")),
    unread: numberOf(row, "unread"),
    assignee: textOrNull(row, "assignee"),
    labels: fromJson(textOf(row, "labels")),
    lastInboundAtMs: numberOrNull(row, "last_inbound_at_ms"),
    createdAtMs: numberOf(row, "created_at_ms"),
    updatedAtMs: numberOf(row, "updated_at_ms"),
  };
}
