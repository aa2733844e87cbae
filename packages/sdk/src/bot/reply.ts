import type { SendMessage } from "../resources/messages.ts";

/** What can be said of a reply beside its content: `fallbackText`, `trafficType`, `ttl` and so on. */
export type ReplyOptions = Omit<
  SendMessage,
  "conversationId" | "messageId" | "message" | "agentId" | "to"
>;

/** A reply that the gateway has. */
export interface SentReply {
  readonly messageId: string;
  /** An earlier try had sent it already. */
  readonly replayed: boolean;
  /** An earlier try had sent another content under this id; the person has that one, and not this. */
  readonly changed: boolean;
}
