import type { NewMessage } from "../store.ts";
import type { Columns, Session } from "./session.ts";

const linkColumns = { code: "text", message_uid: "text", url: "text" } as const satisfies Columns;

/** The tracked links of the messages that have some. */
export async function insertLinks(session: Session, batch: readonly NewMessage[]): Promise<void> {
  const rows = batch.flatMap(({ message, links = [] }) =>
    links.map(({ code, url }) => ({ code, message_uid: message.uid, url })),
  );
  if (rows.length === 0) return;
  await session.insert({ table: "links", columns: linkColumns, rows });
}
