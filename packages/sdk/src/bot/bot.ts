import type { Client } from "../client.ts";
import type { JsonValue, PostbackObject } from "../messages/postback-data.ts";
import type { Context, ConversationHandle, InputOf } from "./context.ts";
import type { Conversation } from "./durable/conversation.ts";
import type { EventKind, FormValues } from "./event-kinds.ts";
import type { Failure } from "./failure.ts";
import type { WebhookHandler, WebhookOptions } from "./receive/webhook-handler.ts";
import type { Middleware, Next } from "./registry.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** A handler of one kind of event; `Fields` is what its context has beside the rest. */
export type Handler<Session, Kind extends EventKind, Fields = unknown> = (
  ctx: Context<Session, Kind> & Fields,
  next: Next,
) => unknown;

/** How the pattern was found in what the person wrote or tapped; of a string, the whole. */
export interface Matched {
  readonly match: RegExpExecArray;
}

export interface StartOptions {
  /** `stream`, when not given, needs no public address. `webhook`: events come by `bot.webhook` alone. */
  readonly receive?: "stream" | "webhook" | undefined;
}

export interface EnterOptions {
  readonly conversationId: string;
  /** Which agent writes. The bot's, when it has one; one of the two has to say it. */
  readonly agentId?: string | undefined;
  /** The same id again is the same run again: it is not started twice. 1–64 letters, digits, `_` and `-`. */
  readonly id?: string | undefined;
}

/**
 * A bot. Handlers are asked in the order in which they were registered, and the first that matches handles the event;
 * what it passes on with `next()` goes to the next one that does. In each conversation one event is handled at a
 * time.
 */
export interface Bot<Session> {
  readonly client: Client;
  /** Adds a function around the handling of every event, the first one outermost. */
  use(middleware: Middleware<Session>): Bot<Session>;
  /** Handles events of a kind, or of one of several. */
  on<Kind extends EventKind>(
    kind: Kind | readonly Kind[],
    handler: Handler<Session, Kind>,
  ): Bot<Session>;
  /** Handles texts: that are this string (case and blanks around it aside), or in which the pattern is found. */
  message(pattern: string | RegExp, handler: Handler<Session, "text", Matched>): Bot<Session>;
  /**
   * Handles taps: of suggestions whose data is an object of this type, or this string, or in which the pattern is
   * found. Data that does not fit the schema goes on to the next handler.
   */
  action(
    type: string,
    handler: Handler<Session, "suggestion.tapped", { readonly data: PostbackObject }>,
  ): Bot<Session>;
  action(pattern: RegExp, handler: Handler<Session, "suggestion.tapped", Matched>): Bot<Session>;
  action<Output>(
    type: string,
    options: { readonly schema: StandardSchema<Output> },
    handler: Handler<Session, "suggestion.tapped", { readonly data: Output }>,
  ): Bot<Session>;
  /** Handles what people filled in, in the form of this name. Values that do not fit the schema go on to the next handler. */
  form(
    name: string,
    handler: Handler<Session, "form.submitted", { readonly values: FormValues }>,
  ): Bot<Session>;
  form<Output>(
    name: string,
    options: { readonly schema: StandardSchema<Output> },
    handler: Handler<Session, "form.submitted", { readonly values: Output }>,
  ): Bot<Session>;
  /** Handles opt-outs. The durable conversation that the person was in has ended by then. */
  optOut(handler: Handler<Session, "recipient.opted_out">): Bot<Session>;
  /** Handles people's coming back. */
  optIn(handler: Handler<Session, "recipient.opted_in">): Bot<Session>;
  /**
   * Registers a durable conversation: a function whose steps are written down, so that it goes on after a restart
   * where it was. `ctx.enter` starts it.
   */
  conversation<Input = JsonValue | undefined>(
    name: string,
    walk: (c: Conversation<Session, Input>) => Promise<unknown>,
  ): ConversationHandle<Input>;
  /**
   * Handles what handlers and conversations throw; the last one registered counts. The event counts as handled
   * afterwards. When this function throws too, it is handled again, five times at most.
   */
  catch(handler: (error: unknown, failure: Failure) => unknown): Bot<Session>;
  /** Starts a durable conversation from outside a handler, such as a reminder. It takes the place of one that is there. */
  enter<Input = JsonValue | undefined>(
    conversation: string | ConversationHandle<Input>,
    where: EnterOptions,
    ...input: InputOf<Input>
  ): Promise<void>;
  /** Opens the storage and begins to work. Rejects when the storage or the gateway refuses. */
  start(options?: StartOptions): Promise<void>;
  /** Takes no more events, gives handlers ten seconds to end, and closes the storage. What they did not end is handled again after the next start. */
  stop(): Promise<void>;
  /** A handler for your HTTP server that receives events, verified and stored before they are acknowledged. It starts the bot when nobody has. */
  webhook(options: WebhookOptions): WebhookHandler;
  /** Deletes what the bot keeps of a conversation: session, inbox, and the durable conversation in it. */
  forget(where: Pick<EnterOptions, "conversationId" | "agentId">): Promise<void>;
}
