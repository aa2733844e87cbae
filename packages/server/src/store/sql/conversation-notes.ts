import { limits } from "@richline/contract";
import type { NoteRow } from "../conversation-row.ts";
import type { NoteQuery, NoteRemoval } from "../conversation-store.ts";
import type { Page } from "../store.ts";
import { requireRow, toKeyRow, writeRow } from "./conversations.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import { type Columns, numberOf, type Session, type SqlRow, textOf } from "./session.ts";

const noteColumns = {
  id: "text",
  mode: "text",
  conversation_id: "text",
  agent_id: "text",
  text: "text",
  author: "text",
  actor: "text",
  created_at_ms: "bigint",
} as const satisfies Columns;

/** Writes a note and the conversation's event. The row is locked: two that come at once do not pass the limit. */
export async function addNote(
  session: Session,
  note: NoteRow,
): Promise<"added" | "not_found" | "full"> {
  const conversation = await requireRow(session, note);
  if (conversation === undefined) return "not_found";
  const [row] = await session.all(
    `SELECT count(*) AS total FROM conversation_notes
     WHERE mode = $1 AND conversation_id = $2 AND agent_id = $3`,
    [note.mode, note.conversationId, note.agentId],
  );
  if (row !== undefined && numberOf(row, "total") >= limits.notesPerConversationMax) return "full";
  const { id, text, author, actor, createdAtMs } = note;
  await session.insert({
    table: "conversation_notes",
    columns: noteColumns,
    rows: [{ id, ...toKeyRow(note), text, author, actor, created_at_ms: createdAtMs }],
  });
  await writeRow(session, conversation, { atMs: createdAtMs, actor, changed: ["notes"] });
  return "added";
}

export async function deleteNote(
  session: Session,
  { mode, conversationId, noteId, actor, atMs }: NoteRemoval,
): Promise<boolean> {
  const [row] = await session.all(
    "DELETE FROM conversation_notes WHERE mode = $1 AND conversation_id = $2 AND id = $3 RETURNING *",
    [mode, conversationId, noteId],
  );
  if (row === undefined) return false;
  const conversation = await requireRow(session, toNoteRow(row));
  if (conversation !== undefined)
    await writeRow(session, conversation, { atMs, actor, changed: ["notes"] });
  return true;
}

/** Newest first: ids are time-ordered. */
export async function listNotes(session: Session, query: NoteQuery): Promise<Page<NoteRow>> {
  const filters = [
    { condition: "mode =", value: query.mode },
    { condition: "conversation_id =", value: query.conversationId },
    { condition: "agent_id =", value: query.agentId },
    { condition: "id <", value: query.cursor },
  ].flatMap(({ condition, value }) => (value === undefined ? [] : [{ condition, value }]));
  const where = filters.map(({ condition }, index) => `${condition} $${index + 1}`).join(" AND ");
  const rows = await session.all(
    `SELECT * FROM conversation_notes WHERE ${where} ORDER BY id DESC LIMIT $${filters.length + 1}`,
    [...filters.map(({ value }) => value), query.limit + 1],
  );
  return toPage(rows, query.limit, toNoteRow, ({ id }) => id);
}

export function toNoteRow(row: SqlRow): NoteRow {
  return {
    id: textOf(row, "id"),
    mode: asStored(textOf(row, "mode")),
    conversationId: textOf(row, "conversation_id"),
    agentId: textOf(row, "agent_id"),
    text: textOf(row, "text"),
    author: textOf(row, "author"),
    actor: textOf(row, "actor"),
    createdAtMs: numberOf(row, "created_at_ms"),
  };
}
