import type {
  BatchResponse,
  Message,
  MessageListItem,
  MessagePage,
  MessageStatus,
  SendMessageInput,
  SendMessageResponse,
  Timeline,
  ValidateResponse,
} from "@richline/contract";
import { eachItem, type PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

/** What to send. For a dry run there is `validate`. */
export type SendMessage = Omit<SendMessageInput, "dryRun">;

/** The gateway's answer, with the id to track the message by. `replayed`: it had this message already. */
export interface SentMessage extends SendMessageResponse {
  readonly messageId: string;
  readonly replayed: boolean;
}

export interface ListMessagesOptions extends PageOptions {
  readonly status?: MessageStatus | undefined;
  readonly conversationId?: string | undefined;
  readonly agentId?: string | undefined;
}

export interface Messages {
  /** Sends one message. Without a `messageId` one is made, so that a repeat after a lost answer is never a second message. */
  readonly send: (message: SendMessage, options?: CallOptions) => Promise<SentMessage>;
  /** Sends up to 1,000 messages in one request; each is judged by itself, in the order given. */
  readonly sendBatch: (
    messages: readonly SendMessage[],
    options?: CallOptions,
  ) => Promise<BatchResponse>;
  /** Answers what `send` would, and stores nothing. Rejects with the same errors. */
  readonly validate: (message: SendMessage, options?: CallOptions) => Promise<ValidateResponse>;
  /** One page, newest first. */
  readonly list: (query?: ListMessagesOptions, options?: CallOptions) => Promise<MessagePage>;
  /** All pages, fetched as they are read. */
  readonly listAll: (
    query?: ListMessagesOptions,
    options?: CallOptions,
  ) => AsyncIterable<MessageListItem>;
  readonly get: (messageId: string, options?: CallOptions) => Promise<Message>;
  /** Everything that happened to a message, oldest first, with the provider's own words. */
  readonly timeline: (messageId: string, options?: CallOptions) => Promise<Timeline>;
  /** Cancels a message that was not handed to a provider yet. */
  readonly cancel: (messageId: string, options?: CallOptions) => Promise<Message>;
  /** Has the provider take a message back that is not delivered yet. */
  readonly revoke: (messageId: string, options?: CallOptions) => Promise<Message>;
}

export function createMessages(transport: Transport): Messages {
  const list: Messages["list"] = async (query, options) => {
    const call = { ...options, method: "GET", path: "/v1/messages", query: { ...query } } as const;
    return (await transport.request<MessagePage>(call)).body;
  };
  return {
    send: (message, options) => send(transport, message, options),
    sendBatch: async (messages, options) => {
      const body = { messages: messages.map(withMessageId) };
      return post(transport, "/v1/messages:batch", body, options);
    },
    validate: (message, options) => post(transport, "/v1/messages:validate", message, options),
    list,
    listAll: (query, options) =>
      eachItem((cursor) => list({ ...query, cursor }, options), query?.cursor),
    get: async (messageId, options) => {
      const path = `/v1/messages/${segment(messageId)}`;
      return (await transport.request<Message>({ ...options, method: "GET", path })).body;
    },
    timeline: async (messageId, options) => {
      const path = `/v1/messages/${segment(messageId)}/timeline`;
      return (await transport.request<Timeline>({ ...options, method: "GET", path })).body;
    },
    cancel: (messageId, options) =>
      post(transport, `/v1/messages/${segment(messageId)}:cancel`, undefined, options),
    revoke: (messageId, options) =>
      post(transport, `/v1/messages/${segment(messageId)}:revoke`, undefined, options),
  };
}

async function send(
  transport: Transport,
  message: SendMessage,
  options: CallOptions | undefined,
): Promise<SentMessage> {
  const body = withMessageId(message);
  const answer = await transport.request<SendMessageResponse>({
    ...options,
    method: "POST",
    path: "/v1/messages",
    body,
    repeatable: true,
  });
  const replayed = answer.headers.get("idempotent-replayed") === "true";
  return { ...answer.body, messageId: body.messageId, replayed };
}

async function post<Body>(
  transport: Transport,
  path: string,
  body: unknown,
  options: CallOptions | undefined,
): Promise<Body> {
  const call = { ...options, method: "POST", path, body, repeatable: true } as const;
  return (await transport.request<Body>(call)).body;
}

function withMessageId(message: SendMessage): SendMessage & { readonly messageId: string } {
  return { ...message, messageId: message.messageId ?? globalThis.crypto.randomUUID() };
}
