import type { EventData } from "@richline/contract";
import { matchFormButton } from "../../domain/form-card.ts";
import type { Channel } from "../../domain/lifecycle.ts";
import { type MatchedSuggestion, matchSuggestion } from "../../domain/suggestions.ts";
import { newId } from "../../kernel/ids.ts";
import type { InteractionRow, MessageRow, NewEvent, NewInteraction, NewReceipt } from "../store.ts";
import type { Inbound } from "./conversations.ts";
import { type AnsweredSms, findAnswered } from "./find-answered.ts";
import { findConversationId } from "./find-conversation.ts";
import { announceMedia } from "./media.ts";
import { asStored, toMessageRow } from "./message-row.ts";
import {
  type Columns,
  numberOf,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
} from "./session.ts";

const interactionColumns = {
  id: "text",
  mode: "text",
  agent_id: "text",
  conversation_id: "text",
  message_uid: "text",
  interaction_type: "text",
  postback_data: "text",
  data: "text",
  provider: "text",
  channel: "text",
  provider_message_id: "text",
  created_at_ms: "bigint",
} as const satisfies Columns;

/**
 * How many of the newest messages to a person are searched for a tapped suggestion. Providers do not
 * say which message a tap belongs to; cards stay tappable in the thread, far beyond this many.
 */
const messagesSearchedMax = 100;

interface Meaning {
  readonly phoneNumber: string;
  readonly providerMessageId?: string | undefined;
  readonly interaction: NewInteraction;
}

/** What a person did: the event that tells of it, and what it is to the conversation. */
interface Recorded {
  readonly event: NewEvent;
  readonly inbound: Inbound;
}

/** Stores what a person did, matched to its conversation and message. */
export async function recordInteraction(
  session: Session,
  receipt: NewReceipt,
  said: Meaning,
): Promise<Recorded> {
  const { phoneNumber } = said;
  const answered = await findAnswered(session, receipt, said);
  const interaction = answered === undefined ? said.interaction : asTap(said.interaction, answered);
  const tapped =
    answered === undefined
      ? findTapped(await findRecent(session, receipt, phoneNumber), interaction.postbackData)
      : { message: answered.message, suggestion: toSuggestion(answered) };
  const conversationId =
    tapped?.message.conversationId ?? (await findConversationId(session, receipt, phoneNumber));
  const data = toEventData(interaction, tapped?.suggestion, receipt.media);
  const isTap = interaction.postbackData !== undefined;
  const event: NewEvent = {
    id: newId("evt"),
    mode: receipt.mode,
    type: isTap ? "message.interacted" : "message.received",
    atMs: receipt.occurredAtMs,
    loggedAtMs: receipt.receivedAtMs,
    messageUid: tapped?.message.uid,
    data: {
      agentId: receipt.agentId,
      conversationId,
      ...(tapped === undefined ? {} : { messageId: tapped.message.id }),
      ...(isTap ? { messageStatus: "INTERACTED" as const } : {}),
      ...(receipt.channel === undefined ? {} : { channel: receipt.channel }),
      ...data,
      ...(tapped?.message.metadata ? { metadata: tapped.message.metadata } : {}),
    },
  };
  await insertInteraction(session, event, {
    postbackData: interaction.postbackData,
    provider: receipt.provider,
    channel: receipt.channel,
    providerMessageId: said.providerMessageId,
  });
  const { file } = interaction;
  if (file !== undefined)
    await announceMedia(session, receipt, { ...toAnnounced(file), conversationId });
  const { mode, agentId, receivedAtMs: atMs } = receipt;
  const isSaid = data.interactionType !== "ACTION_TAPPED";
  return { event, inbound: { mode, agentId, conversationId, phoneNumber, isSaid, atMs } };
}

/** Where an interaction came from, beside what its event says. */
interface Origin {
  readonly postbackData: string | undefined;
  readonly provider?: string | undefined;
  readonly channel?: Channel | undefined;
  readonly providerMessageId?: string | undefined;
}

/** Keeps what an event says that a person did. */
export async function insertInteraction(
  session: Session,
  event: NewEvent,
  origin: Origin,
): Promise<void> {
  await session.insert({
    table: "interactions",
    columns: interactionColumns,
    rows: [toRow(event, origin)],
  });
}

/** An answer by number is the tap that the SMS had no button for; the words stay as they were written. */
function asTap(interaction: NewInteraction, { reply }: AnsweredSms): NewInteraction {
  return {
    ...interaction,
    interactionType: "REPLY_TAPPED",
    postbackData: reply.postbackData,
    suggestionText: reply.text,
  };
}

function toSuggestion({ reply }: AnsweredSms): MatchedSuggestion {
  return { interactionType: "REPLY_TAPPED", text: reply.text, uri: undefined };
}

/** The newest messages of this agent to this person, newest first. */
async function findRecent(
  session: Session,
  receipt: NewReceipt,
  phoneNumber: string,
): Promise<readonly MessageRow[]> {
  const rows = await session.all(
    `SELECT * FROM messages WHERE phone_number = $1 AND agent_id = $2 AND mode = $3
     ORDER BY uid DESC LIMIT ${messagesSearchedMax}`,
    [phoneNumber, receipt.agentId, receipt.mode],
  );
  return rows.map(toMessageRow);
}

/** The newest message that offered this postback is the one that was tapped. */
function findTapped(
  recent: readonly MessageRow[],
  postbackData: string | undefined,
): { readonly message: MessageRow; readonly suggestion: MatchedSuggestion } | undefined {
  if (postbackData === undefined) return undefined;
  for (const message of recent) {
    const suggestion =
      matchFormButton(message, postbackData) ?? matchSuggestion(message.content, postbackData);
    if (suggestion !== undefined) return { message, suggestion };
  }
  return undefined;
}

function toEventData(
  interaction: NewInteraction,
  suggestion: MatchedSuggestion | undefined,
  media: NewReceipt["media"],
): EventData {
  const { postbackData, text, location, file } = interaction;
  const label = suggestion?.text ?? interaction.suggestionText;
  return {
    interactionType: suggestion?.interactionType ?? interaction.interactionType,
    ...(postbackData === undefined
      ? {}
      : {
          action: {
            postbackData,
            ...(suggestion?.uri === undefined ? {} : { uri: suggestion.uri }),
            ...(label === undefined ? {} : { text: label }),
          },
        }),
    ...(text === undefined ? {} : { text }),
    ...(location === undefined ? {} : { location }),
    ...(file === undefined ? {} : { file: asOurs(file, media) }),
  };
}

function toAnnounced({ fileUri, mimeType, fileName }: NonNullable<EventData["file"]>) {
  return { fileUri, mimeType, fileName };
}

/** With our link in the place of the provider's, which may need credentials; the raw receipt keeps that. */
function asOurs(
  file: NonNullable<EventData["file"]>,
  media: NewReceipt["media"],
): NonNullable<EventData["file"]> {
  return media === undefined ? file : { ...file, mediaId: media.id, fileUri: media.link };
}

function toRow({ mode, data, messageUid, atMs }: NewEvent, origin: Origin): SqlRow {
  return {
    id: newId("int"),
    mode,
    agent_id: data.agentId ?? "",
    conversation_id: data.conversationId ?? "",
    message_uid: messageUid ?? null,
    interaction_type: data.interactionType ?? "TEXT",
    postback_data: origin.postbackData ?? null,
    data: JSON.stringify(data),
    provider: origin.provider ?? null,
    channel: origin.channel ?? null,
    provider_message_id: origin.providerMessageId ?? null,
    created_at_ms: atMs,
  };
}

export async function listInteractions(
  session: Session,
  messageUid: string,
): Promise<readonly InteractionRow[]> {
  const rows = await session.all(
    "SELECT * FROM interactions WHERE message_uid = $1 ORDER BY id LIMIT 1000",
    [messageUid],
  );
  return rows.map((row) => ({
    id: textOf(row, "id"),
    interactionType: asStored(textOf(row, "interaction_type")),
    postbackData: textOrNull(row, "postback_data"),
    createdAtMs: numberOf(row, "created_at_ms"),
  }));
}
