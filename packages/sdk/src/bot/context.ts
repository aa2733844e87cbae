import type { Contact, MessageContent } from "@richline/contract";
import type { Client } from "../client.ts";
import type { JsonValue } from "../messages/postback-data.ts";
import type { EventKind, EventOfKind } from "./event-kinds.ts";
import type { ReplyOptions, SentReply } from "./reply.ts";

/** A durable conversation, as `bot.conversation` answers it. It carries the type of its input. */
export interface ConversationHandle<Input = undefined> {
  readonly name: string;
  /** Only for the type: there is no such field. */
  readonly input?: Input;
}

/** What `enter` is given beside the conversation: its input, where it has one. */
export type InputOf<Input> = undefined extends Input ? [input?: Input] : [input: Input];

/** What a handler is handed: the event, and what can be done about it. */
export interface Context<Session, Kind extends EventKind = EventKind> {
  readonly event: EventOfKind<Kind>;
  readonly conversationId: EventOfKind<Kind>["conversationId"];
  readonly client: Client;
  /** Aborts when the handler's time is up or the bot stops. Hand it to what you call. */
  readonly signal: AbortSignal;
  /** What the bot keeps of this conversation: JSON. Written when the handler ends well, with the event's being done. */
  session: Session;
  /** The durable conversation that the person is in. */
  readonly activeConversation: string | undefined;
  /** Sends a text or a message. Handled again after a crash, the same reply carries the same id and is not sent twice. */
  reply(message: string | MessageContent, options?: ReplyOptions): Promise<SentReply>;
  /** Shows that an answer is being written. Only a hint: that it fails is logged and not thrown. */
  typing(): Promise<void>;
  /** Shows that the message was read. A hint, as `typing` is. */
  read(): Promise<void>;
  /** What the gateway knows of the person; nothing when there is no contact. Asked for once. */
  contact(): Promise<Contact | undefined>;
  /** Starts a durable conversation as soon as this handler has ended well. One at a time: `leave` the other before. */
  enter<Input = JsonValue | undefined>(
    conversation: string | ConversationHandle<Input>,
    ...input: InputOf<Input>
  ): Promise<void>;
  /** Ends the durable conversation that the person is in. */
  leave(): Promise<void>;
}
