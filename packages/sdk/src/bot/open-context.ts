import type { Contact } from "@richline/contract";
import { RichlineError } from "../errors.ts";
import type { JsonValue } from "../messages/postback-data.ts";
import type { BotCore } from "./bot-core.ts";
import { BotEndedError } from "./bot-errors.ts";
import type { Context } from "./context.ts";
import type { ConversationState, Run } from "./conversation-state.ts";
import { partsOfKey } from "./conversation-states.ts";
import type { BotEvent, EventKind, EventOfKind } from "./event-kinds.ts";
import { sendReply } from "./send-reply.ts";

/** A context, and what its handler has asked for so far. */
export interface OpenContext {
  readonly context: Context<unknown>;
  /** The state with the session and the run as the handler left them. */
  apply(state: ConversationState): ConversationState;
  /** The run as it is now, changes of this handler included. */
  currentRun(): Run | undefined;
  /** Takes over what a durable conversation did meanwhile. */
  takeOver(state: ConversationState): void;
}

interface Opening {
  readonly key: string;
  readonly event: BotEvent;
  readonly state: ConversationState;
  readonly signal: AbortSignal;
}

export function openContext(core: BotCore, { key, event, state, signal }: Opening): OpenContext {
  const hints = createHints(core, key, signal);
  const session = createSession(core, state.session);
  const runs = createRuns(core, event, state.run);
  let replies = 0;
  const context: Context<unknown> = {
    // SAFETY: which kind the event is was found before a handler of that kind is called.
    event: event as EventOfKind<EventKind>,
    conversationId: event.conversationId,
    client: core.client,
    signal,
    ...hints,
    get session() {
      return session.value;
    },
    set session(value) {
      session.value = value;
    },
    get activeConversation() {
      return runs.current()?.name;
    },
    reply: (message, options = {}) => {
      replies += 1;
      const messageId = `${core.name}.${event.id}.${replies}`;
      return sendReply(core, key, { messageId, message, options }, signal);
    },
    enter: async (conversation, ...[input]) => {
      checkOpen(signal);
      const name = typeof conversation === "string" ? conversation : conversation.name;
      // SAFETY: inputs are JSON by their type; a state that cannot be written is refused.
      runs.enter(name, input as JsonValue | undefined);
    },
    leave: async () => {
      checkOpen(signal);
      runs.leave();
    },
  };
  return {
    context,
    apply: (before) => session.apply(runs.apply(before)),
    currentRun: runs.current,
    takeOver: (after) => {
      session.reset(after.session);
      runs.reset(after.run);
    },
  };
}

function checkOpen(signal: AbortSignal): void {
  if (signal.aborted) throw new BotEndedError("The handler has ended.");
}

function createSession(core: BotCore, stored: unknown) {
  const read = (value: unknown): unknown => value ?? core.initialSession();
  const session = {
    value: read(stored),
    before: "",
    apply: (state: ConversationState): ConversationState =>
      JSON.stringify(session.value) === session.before
        ? state
        : { ...state, session: session.value },
    reset: (value: unknown) => {
      session.value = read(value);
      session.before = JSON.stringify(session.value);
    },
  };
  session.before = JSON.stringify(session.value);
  return session;
}

function createRuns(core: BotCore, event: BotEvent, stored: Run | undefined) {
  let run = stored;
  let hasChanged = false;
  let entered = 0;
  return {
    current: () => run,
    enter: (name: string, input: JsonValue | undefined) => {
      if (!core.registry.conversations.has(name)) {
        throw new TypeError(
          `There is no conversation "${name}". Register it with bot.conversation.`,
        );
      }
      if (run !== undefined) {
        throw new Error(`The person is in "${run.name}". Call ctx.leave() before another enter.`);
      }
      entered += 1;
      run = { id: `${event.id}-${entered}`, name, input, journal: [] };
      hasChanged = true;
    },
    leave: () => {
      run = undefined;
      hasChanged = true;
    },
    apply: (state: ConversationState): ConversationState =>
      hasChanged ? { ...state, run } : state,
    reset: (value: Run | undefined) => {
      run = value;
      hasChanged = false;
    },
  };
}

/** What asks and shows, and changes nothing. */
export function createHints(
  core: BotCore,
  key: string,
  signal: AbortSignal,
): Pick<Context<unknown>, "typing" | "read" | "contact"> {
  const { agentId, conversationId } = partsOfKey(key);
  const hint = async (what: "typing" | "read"): Promise<void> => {
    if (conversationId === undefined || signal.aborted) return;
    try {
      await core.client.conversations[what](conversationId, { agentId }, { signal });
    } catch (error) {
      core.log({ level: "info", message: `The gateway did not take ${what}.`, error });
    }
  };
  let contact: Promise<Contact | undefined> | undefined;
  return {
    typing: () => hint("typing"),
    read: () => hint("read"),
    contact: () => {
      contact ??= readContact(core, conversationId, signal);
      return contact;
    },
  };
}

async function readContact(
  core: BotCore,
  conversationId: string | undefined,
  signal: AbortSignal,
): Promise<Contact | undefined> {
  if (conversationId === undefined) return undefined;
  try {
    return await core.client.contacts.get(conversationId, { signal });
  } catch (error) {
    if (error instanceof RichlineError && error.status === 404) return undefined;
    throw error;
  }
}
