import type { Mode } from "@richline/contract";
import { type Session, textOf } from "./session.ts";

/** The conversation of a number: that of the newest message to it, else that of its contact, else the number itself. */
export async function findConversationId(
  session: Session,
  { mode, agentId }: { readonly mode: Mode; readonly agentId: string },
  phoneNumber: string,
): Promise<string> {
  const [message] = await session.all(
    `SELECT conversation_id FROM messages WHERE phone_number = $1 AND agent_id = $2 AND mode = $3
     ORDER BY uid DESC LIMIT 1`,
    [phoneNumber, agentId, mode],
  );
  if (message !== undefined) return textOf(message, "conversation_id");
  const [contact] = await session.all(
    "SELECT conversation_id FROM contacts WHERE mode = $1 AND phone_number = $2 ORDER BY created_at_ms LIMIT 1",
    [mode, phoneNumber],
  );
  return contact === undefined ? phoneNumber : textOf(contact, "conversation_id");
}
