export type { Bot, EnterOptions, Handler, Matched, StartOptions } from "./bot.ts";
export type { BotTiming } from "./bot-core.ts";
export {
  BotEndedError,
  BotLimitError,
  ConversationChangedError,
  StepError,
} from "./bot-errors.ts";
export type { BotLog, BotLogEntry } from "./bot-log.ts";
export type { Context, ConversationHandle } from "./context.ts";
export { type BotOptions, createBot } from "./create-bot.ts";
export type { Answer, Conversation, RunOptions, WaitOptions } from "./durable/conversation.ts";
export type { Duration } from "./duration.ts";
export type {
  BotEvent,
  EventKind,
  EventOfKind,
  FormValue,
  FormValues,
  PersonEventKind,
  SubmittedForm,
} from "./event-kinds.ts";
export type { Failure } from "./failure.ts";
export { type NodeRequest, type NodeResponse, toNodeHandler } from "./receive/to-node-handler.ts";
export type { WebhookHandler, WebhookOptions } from "./receive/webhook-handler.ts";
export type { Middleware, Next } from "./registry.ts";
export type { ReplyOptions, SentReply } from "./reply.ts";
export type { StandardSchema } from "./standard-schema.ts";
export type { BotStorage, StoredEntry, Wakeup } from "./storage/bot-storage.ts";
export {
  type KeyValue,
  type KeyValueOptions,
  keyValueStorage,
} from "./storage/key-value-storage.ts";
export { memoryStorage } from "./storage/memory-storage.ts";
