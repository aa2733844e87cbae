import { eraseEvent } from "../../domain/erased-event.ts";
import { toTimestamp } from "../../kernel/clock.ts";
import { type ErasedPerson, renameFor } from "./erase-rows.ts";
import { fromJson } from "./message-row.ts";
import {
  type Columns,
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

const columns = { seq: "bigint", conversation_id: "text", body: "text" } as const satisfies Columns;

/**
 * Takes out of events what was said in them. Nothing else ever changes the log: an event keeps its id, its place and
 * its form, so that readers and cursors go on, and endpoints that ask for it again get it so.
 */
export async function eraseEvents(
  session: Session,
  person: ErasedPerson,
  rows: readonly SqlRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const rename = renameFor(person);
  const erasedAt = toTimestamp(person.nowMs);
  const erased = rows.map((row) => {
    const conversationId = textOrNull(row, "conversation_id");
    return {
      seq: numberOf(row, "seq"),
      conversation_id: conversationId === null ? null : rename(conversationId),
      body: JSON.stringify(eraseEvent(fromJson(textOf(row, "body")), { rename, erasedAt })),
    };
  });
  await session.all(
    `UPDATE events SET body = input.body, conversation_id = input.conversation_id, erased_at_ms = $2
     FROM ${jsonRows(session.dialect, 1, columns)} WHERE events.seq = input.seq`,
    [toJsonRows(erased), person.nowMs],
  );
}
