import type { MessageRow, NewMessage } from "../store.ts";
import { hintAtSends } from "./insert-jobs.ts";
import { jsonRows, numberOf, type Session, textOf, toJsonRows } from "./session.ts";

/**
 * Messages of one conversation are handed over in the order in which they were accepted: a send job waits
 * while one before it is not done that is as urgent or more. An urgent one overtakes, so that a stuck
 * promotion holds up no one-time code. Scheduled messages keep no order: they come when they are due.
 *
 * A job that waits is out of the range that claims scan, and the end of any job of its conversation lets
 * the next one go. Rejected: to test for predecessors while claiming, which walks over all that wait, at
 * every claim.
 */
export function conversationOf(message: MessageRow): string | null {
  return message.sendAtMs === null ? conversationKey(message) : null;
}

export function conversationKey(
  message: Pick<MessageRow, "mode" | "agentId" | "conversationId">,
): string {
  return `${message.mode} ${message.agentId} ${message.conversationId}`;
}

/** The uids of those new messages that have to wait. */
export async function findWaiting(
  session: Session,
  accepted: readonly NewMessage[],
): Promise<ReadonlySet<string>> {
  const urgency = await findActive(session, accepted);
  const waiting = new Set<string>();
  for (const { message } of accepted) {
    const conversation = conversationOf(message);
    if (conversation === null) continue;
    const before = urgency.get(conversation) ?? Number.POSITIVE_INFINITY;
    if (before <= message.priority) waiting.add(message.uid);
    urgency.set(conversation, Math.min(before, message.priority));
  }
  return waiting;
}

/** The most urgent priority of each conversation's jobs that are not done. */
async function findActive(
  session: Session,
  accepted: readonly NewMessage[],
): Promise<Map<string, number>> {
  const conversations = new Set(accepted.flatMap(({ message }) => conversationOf(message) ?? []));
  const [, rows] = await Promise.all([
    lockConversations(session, conversations),
    session.all(
      `SELECT jobs.conversation, jobs.priority FROM ${jsonRows(session.dialect, 1, { conversation: "text" })}
       JOIN jobs ON jobs.conversation = input.conversation AND jobs.waits = 0`,
      [toJson(conversations)],
    ),
  ]);
  const urgency = new Map<string, number>();
  for (const row of rows) {
    const conversation = textOf(row, "conversation");
    const known = urgency.get(conversation) ?? Number.POSITIVE_INFINITY;
    urgency.set(conversation, Math.min(known, numberOf(row, "priority")));
  }
  return urgency;
}

/** Lets the next job of each conversation go, unless one that is not done is as urgent. */
export async function releaseWaiting(
  session: Session,
  conversations: ReadonlySet<string>,
  nowMs: number,
): Promise<void> {
  if (conversations.size === 0) return;
  const [, released] = await Promise.all([
    lockConversations(session, conversations),
    session.all(
      `UPDATE jobs SET waits = 0, due_at_ms = $2 WHERE id IN (
         SELECT (SELECT next.id FROM jobs AS next WHERE next.conversation = input.conversation AND next.waits = 1
             AND NOT EXISTS (SELECT 1 FROM jobs AS active WHERE active.conversation = input.conversation
               AND active.waits = 0 AND active.priority <= next.priority)
           ORDER BY next.priority, next.id LIMIT 1)
         FROM ${jsonRows(session.dialect, 1, { conversation: "text" })}) RETURNING id`,
      [toJson(conversations), nowMs],
    ),
  ]);
  if (released.length > 0) hintAtSends(session);
}

/**
 * From here to its end the transaction is alone with these conversations, in PostgreSQL: were a job to end
 * while another is accepted, each unseen by the other, nobody would let the second go. Rejected: to lock
 * the jobs found active, since one that begins to be active meanwhile is not among them. Everybody locks
 * messages, then jobs that are leased, then conversations, then jobs that wait, each in one order, so that
 * none waits in a circle; whoever locks a job that may wait takes its conversation before.
 */
export async function lockConversations(
  session: Session,
  conversations: ReadonlySet<string>,
): Promise<void> {
  if (session.dialect !== "postgres") return;
  await session.all(
    `SELECT pg_advisory_xact_lock(hashtextextended(conversation, 0))
     FROM (SELECT conversation FROM ${jsonRows("postgres", 1, { conversation: "text" })} ORDER BY conversation) AS ordered`,
    [toJson(conversations)],
  );
}

function toJson(conversations: ReadonlySet<string>): string {
  return toJsonRows([...conversations].map((conversation) => ({ conversation })));
}
