import type { Contact, MessageContent } from "@richline/contract";
import type { Client } from "../../client.ts";
import type { PostbackObject } from "../../messages/postback-data.ts";
import type { Duration } from "../duration.ts";
import type { BotEvent, EventOfKind, FormValues, PersonEventKind } from "../event-kinds.ts";
import type { ReplyOptions, SentReply } from "../reply.ts";

export interface WaitOptions {
  /** How long at most: milliseconds or `"10m"`. Goes on through restarts; then the answer is undefined. */
  readonly timeout: Duration;
}

/** What a person answered to a question. */
export interface Answer {
  /** What they wrote, or the label that they tapped; empty for a location and a form. */
  readonly text: string;
  /** What the suggestion sent back that they tapped, or whose label they wrote. */
  readonly data: string | PostbackObject | undefined;
  /** What they filled in, where a form was asked. */
  readonly values: FormValues | undefined;
  /** Where they are, where that was asked. */
  readonly location: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly event: BotEvent;
}

export interface RunOptions {
  /** How often the function is called until it succeeds, with growing waits in between; 1–10, once when not given. */
  readonly tries?: number | undefined;
}

/**
 * What a durable conversation does. Each call is a step: its result is written before the function goes on, and after
 * a restart the function is called again and is handed the results of the steps that are done. So whatever is not the
 * same every time (the clock, dice, the network) goes through a step, and each step is awaited before the next.
 */
export interface Conversation<Session = unknown, Input = unknown> {
  readonly conversationId: string;
  /** What `enter` was given. */
  readonly input: Input;
  readonly client: Client;
  /** Aborts when the bot stops or the time between two waits is up. Hand it to what you call. */
  readonly signal: AbortSignal;
  /** Sends a text or a message. Once, whatever happens in between. */
  reply(message: string | MessageContent, options?: ReplyOptions): Promise<SentReply>;
  /**
   * Sends a question and waits for its answer: a text, a tap of one of its replies or plain buttons, a location where
   * it asks for one, a form where it is one. What else the person does goes to the bot's other handlers meanwhile.
   */
  ask(message: string | MessageContent, options?: ReplyOptions): Promise<Answer>;
  ask(
    message: string | MessageContent,
    options: ReplyOptions & WaitOptions,
  ): Promise<Answer | undefined>;
  /** Waits for the person to do something. */
  wait<Kind extends PersonEventKind>(kind: Kind | readonly Kind[]): Promise<EventOfKind<Kind>>;
  wait<Kind extends PersonEventKind>(
    kind: Kind | readonly Kind[],
    options: WaitOptions,
  ): Promise<EventOfKind<Kind> | undefined>;
  /** Lets time pass, through restarts. */
  sleep(duration: Duration): Promise<void>;
  /**
   * Does something else, under a name. Its result must be JSON. When the process dies before the result is written, it
   * is done again: `key` is the same then, for an API that takes an idempotency key. What it throws is thrown as a
   * `StepError`.
   */
  run<Result>(
    name: string,
    task: (step: {
      readonly key: string;
      readonly signal: AbortSignal;
    }) => Promise<Result> | Result,
    options?: RunOptions,
  ): Promise<Result>;
  /** Epoch milliseconds. */
  now(): Promise<number>;
  /** At least 0, below 1. */
  random(): Promise<number>;
  /** What the gateway knows of the person; nothing when there is no contact. */
  contact(): Promise<Contact | undefined>;
  /** What the bot keeps of this conversation, as it is at this step. */
  readSession(): Promise<Session>;
  /** Puts a session in place of the one before. */
  writeSession(session: Session): Promise<void>;
  /** Shows that an answer is being written. Only a hint. */
  typing(): Promise<void>;
  /** Shows that what the person wrote was read. Only a hint. */
  read(): Promise<void>;
  /** Ends the conversation here. The promise does not resolve. */
  cancel(): Promise<never>;
}

/** A durable conversation, whatever its types. */
export type ConversationFunction = (c: Conversation) => Promise<unknown>;
