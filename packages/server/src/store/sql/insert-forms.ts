import type { NewMessage } from "../store.ts";
import type { Columns, Session } from "./session.ts";

const formColumns = {
  token: "text",
  message_uid: "text",
  expires_at_ms: "bigint",
} as const satisfies Columns;

/** The pages of the messages that have a form. */
export async function insertForms(session: Session, batch: readonly NewMessage[]): Promise<void> {
  const rows = batch.flatMap(({ message, form }) =>
    form === undefined
      ? []
      : [{ token: form.token, message_uid: message.uid, expires_at_ms: form.expiresAtMs }],
  );
  if (rows.length === 0) return;
  await session.insert({ table: "forms", columns: formColumns, rows });
}
