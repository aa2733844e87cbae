import { limits, type SuggestedReply } from "@richline/contract";
import { matchNumberedReply } from "../../domain/numbered-replies.ts";
import type { MessageRow, NewInteraction, NewReceipt } from "../store.ts";
import { toMessageRow } from "./message-row.ts";
import { numberOf, type Session } from "./session.ts";

/** A reply that somebody chose by its number or its label, and the message whose SMS offered it. */
export interface AnsweredSms {
  readonly message: MessageRow;
  readonly reply: SuggestedReply;
}

/**
 * The reply that an SMS from a person means, read with the newest SMS that went out to them from this agent.
 * An older one is not looked at: what the person has before their eyes is the newest. A word about consent is
 * that and nothing else.
 */
export async function findAnswered(
  session: Session,
  receipt: NewReceipt,
  { phoneNumber, interaction }: Meaning,
): Promise<AnsweredSms | undefined> {
  const { text, interactionType } = interaction;
  if (receipt.channel !== "sms" || interactionType !== "TEXT" || text === undefined)
    return undefined;
  if (await isAboutConsent(session, receipt, phoneNumber)) return undefined;
  const newest = await findNewestSms(session, receipt, phoneNumber);
  if (newest === undefined) return undefined;
  const ageMs = receipt.receivedAtMs - newest.sentAtMs;
  if (ageMs > limits.numberedReplyMsMax) return undefined;
  const { message } = newest;
  const sentText = message.fallbackText ?? "";
  const reply = matchNumberedReply({ content: message.content, sentText }, text);
  return reply === undefined ? undefined : { message, reply };
}

interface Meaning {
  readonly phoneNumber: string;
  readonly interaction: NewInteraction;
}

/** A plain yes is about consent only where it was asked for; elsewhere it may well be "1 for Yes". */
async function isAboutConsent(
  session: Session,
  { consent, mode, agentId }: NewReceipt,
  phoneNumber: string,
): Promise<boolean> {
  if (consent === undefined) return false;
  if (consent.said.wants !== "CONFIRMED") return true;
  const rows = await session.all(
    `SELECT 1 AS one FROM consents
     WHERE mode = $1 AND agent_id = $2 AND phone_number = $3 AND purpose = $4 AND state = 'PENDING'`,
    [mode, agentId, phoneNumber, consent.purpose],
  );
  return rows.length > 0;
}

/** How many of the newest messages to a person are looked through for the one that went out by SMS last. */
const messagesSearchedMax = 20;

/**
 * By when the provider was called, not by when the message was accepted: one that falls back after hours is
 * newer on the phone than what was accepted in between. A call whose outcome is not known may have delivered.
 */
async function findNewestSms(
  session: Session,
  { mode, agentId }: NewReceipt,
  phoneNumber: string,
): Promise<{ readonly message: MessageRow; readonly sentAtMs: number } | undefined> {
  const [row] = await session.all(
    `SELECT recent.*, attempts.started_at_ms AS sms_at_ms FROM (
       SELECT * FROM messages WHERE phone_number = $1 AND agent_id = $2 AND mode = $3
       ORDER BY uid DESC LIMIT ${messagesSearchedMax}) AS recent
     JOIN legs ON legs.message_uid = recent.uid AND legs.channel = 'sms'
     JOIN attempts ON attempts.message_uid = legs.message_uid AND attempts.leg_index = legs.leg_index
       AND attempts.outcome IN ('accepted', 'unknown', 'started')
     ORDER BY attempts.started_at_ms DESC, recent.uid DESC LIMIT 1`,
    [phoneNumber, agentId, mode],
  );
  return row === undefined
    ? undefined
    : { message: toMessageRow(row), sentAtMs: numberOf(row, "sms_at_ms") };
}
