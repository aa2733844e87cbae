import { type Client, createClient } from "../client.ts";
import type { JsonValue } from "../messages/postback-data.ts";
import { systemTiming } from "../timing.ts";
import type { Bot, EnterOptions } from "./bot.ts";
import type { BotCore, BotTiming } from "./bot-core.ts";
import { type BotLog, consoleLog } from "./bot-log.ts";
import { conversationKey, createConversationStates } from "./conversation-states.ts";
import { type Following, followStream } from "./receive/follow-stream.ts";
import { withItem } from "./receive/receive-events.ts";
import { createWebhookHandler } from "./receive/webhook-handler.ts";
import { createRegistering } from "./register.ts";
import { createRegistry } from "./registry.ts";
import type { ReplyOptions } from "./reply.ts";
import { type Runner, startRunner } from "./runner.ts";
import type { BotStorage } from "./storage/bot-storage.ts";
import { defaultStorage } from "./storage/default-storage.ts";

/** How long handlers have to end when the bot stops, in milliseconds. */
const stopGraceMs = 10_000;
/** How long after a start waits may not end, where events come by webhook, in milliseconds. */
const settleMs = 1_000;

const systemBotTiming: BotTiming = { ...systemTiming, now: () => Date.now() };

export interface BotOptions<Session> {
  /** A client of the gateway; or `apiKey`, and `baseUrl` where it is not `http://127.0.0.1:4400`. */
  readonly client?: Client | undefined;
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** Where the bot keeps what must outlive it. The SQLite file `.richline/bot.db` when not given. */
  readonly storage?: BotStorage | undefined;
  /**
   * Begins the ids of the bot's messages. `bot` when not given. Two bots that handle the same events need two names.
   * 1–20 letters, digits, `_` and `-`.
   */
  readonly name?: string | undefined;
  /** Only events of this agent; of all agents when not given. */
  readonly agentId?: string | undefined;
  /** The session of a conversation that has none. An empty object when not given. */
  readonly initialSession?: (() => Session) | undefined;
  /** What every reply says beside its content, unless it says otherwise: `{ trafficType: "SERVICEREQUEST" }`. */
  readonly replyDefaults?: ReplyOptions | undefined;
  /** How many conversations are handled side by side. 16 when not given; 1–1,000. */
  readonly concurrency?: number | undefined;
  /** How long one handler, or a durable conversation between two waits, may take, in milliseconds. 300,000 when not given. */
  readonly handlerTimeoutMs?: number | undefined;
  /** Where the bot tells about itself. Warnings and errors go to the console when not given. */
  readonly log?: BotLog | undefined;
}

/** Makes a bot. Nothing happens before `start`. */
export function createBot<Session = Record<string, JsonValue | undefined>>(
  options: BotOptions<Session>,
  timing: BotTiming = systemBotTiming,
): Bot<Session> {
  const stopping = new AbortController();
  const core = createCore(options, timing, stopping.signal);
  const life = createLife(core, stopping);
  const bot: Bot<unknown> = {
    client: core.client,
    ...createRegistering(core.registry, () => bot),
    start: ({ receive = "stream" } = {}) => life.start(receive),
    stop: life.stop,
    webhook: (webhook) =>
      createWebhookHandler(webhook, {
        start: async () => {
          await life.begin();
          return core;
        },
        onEvent: life.wake,
      }),
    enter: async (conversation, where, ...[input]) => {
      const name = typeof conversation === "string" ? conversation : conversation.name;
      if (!core.registry.conversations.has(name)) {
        throw new TypeError(
          `There is no conversation "${name}". Register it with bot.conversation.`,
        );
      }
      const id = readId(where.id);
      await life.begin();
      // SAFETY: inputs are JSON by their type.
      const item = { kind: "enter", id, name, input: input as JsonValue | undefined } as const;
      await core.states.update(keyOf(core, where), (state) => withItem(state, item));
      life.wake();
    },
    forget: async (where) => {
      await life.begin();
      await core.states.forget(keyOf(core, where));
    },
  };
  // SAFETY: what is stored as a session is what `initialSession` and handlers made, of the type that they say.
  return bot as unknown as Bot<Session>;
}

function createCore<Session>(
  options: BotOptions<Session>,
  timing: BotTiming,
  stopped: AbortSignal,
): BotCore {
  const { name = "bot", concurrency = 16, handlerTimeoutMs = 300_000 } = options;
  if (!/^[A-Za-z0-9_-]{1,20}$/.test(name)) {
    throw new TypeError("name must be 1 to 20 letters, digits, _ and -.");
  }
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 1_000)) {
    throw new RangeError(`concurrency is ${concurrency}; it must be a whole number of 1 to 1,000.`);
  }
  if (!(handlerTimeoutMs >= 1 && handlerTimeoutMs <= 3_600_000)) {
    throw new RangeError("handlerTimeoutMs must be 1 to 3,600,000.");
  }
  const storage = options.storage ?? defaultStorage();
  const onStopped = new Set<() => void>();
  stopped.addEventListener("abort", () => {
    for (const stop of onStopped) stop();
  });
  return {
    name,
    agentId: options.agentId,
    client: options.client ?? clientOf(options),
    storage,
    states: createConversationStates(storage),
    registry: createRegistry(),
    timing,
    log: options.log ?? consoleLog,
    initialSession: options.initialSession ?? (() => ({})),
    replyDefaults: options.replyDefaults ?? {},
    handlerTimeoutMs,
    concurrencyMax: concurrency,
    stopped,
    onStopped,
  };
}

function clientOf({ apiKey, baseUrl }: Pick<BotOptions<unknown>, "apiKey" | "baseUrl">): Client {
  if (apiKey === undefined || apiKey === "") {
    throw new TypeError(
      "createBot needs a client, or the gateway's apiKey (rl_test_… or rl_live_…).",
    );
  }
  return createClient({ apiKey, baseUrl });
}

/** Beginning and ending of a bot; each happens once. */
function createLife(core: BotCore, stopping: AbortController) {
  let opening: Promise<void> | undefined;
  let runner: Runner | undefined;
  let following: Following | undefined;
  let ending: Promise<void> | undefined;
  let openedAtMs = 0;
  const hasHeardAll = (): boolean =>
    following?.hasCaughtUp() ?? core.timing.now() - openedAtMs >= settleMs;
  const wake = (): void => runner?.wake();

  const checkNotEnded = (): void => {
    if (ending !== undefined) throw new Error("The bot was stopped. Make a new one.");
  };
  const open = async (): Promise<void> => {
    await core.storage.open();
    openedAtMs = core.timing.now();
  };
  /** Opens the storage; the work begins with it unless a stream has to be there first. */
  const begin = async (): Promise<void> => {
    checkNotEnded();
    opening ??= open();
    await opening;
    runner ??= startRunner(core, hasHeardAll);
  };
  const end = async (): Promise<void> => {
    const work = async (): Promise<void> => {
      await following?.stop();
      await runner?.stop();
    };
    const enough = new AbortController();
    const giveUp = async (): Promise<void> => {
      await core.timing.sleep(stopGraceMs, enough.signal);
      stopping.abort();
      // What was told to stop is given a moment; a storage that does not answer at all is not waited for.
      await core.timing.sleep(stopGraceMs, enough.signal);
    };
    await Promise.race([work(), giveUp().catch(() => undefined)]);
    enough.abort();
    stopping.abort();
    await opening?.then(() => core.storage.close());
  };
  return {
    wake,
    begin,
    start: async (receive: "stream" | "webhook"): Promise<void> => {
      checkNotEnded();
      if (receive === "stream") {
        if (core.registry.types.size === 0) {
          throw new TypeError("The bot has no handlers. Register them before start.");
        }
        opening ??= open();
        await opening;
        following ??= followStream(core, wake);
      }
      await begin();
      try {
        await following?.ready;
      } catch (error) {
        ending ??= end();
        await ending;
        throw error;
      }
    },
    stop: async (): Promise<void> => {
      ending ??= end();
      await ending;
    },
  };
}

function keyOf(core: BotCore, { conversationId, agentId }: EnterOptions): string {
  if (conversationId === "") throw new TypeError("conversationId is empty.");
  const agent = agentId ?? core.agentId;
  // Events always name their agent: a conversation without one would wait for answers that never come.
  if (agent === undefined)
    throw new TypeError(
      "agentId is missing. Give it here or to createBot: it says whose conversation is meant.",
    );
  return conversationKey(conversationId, agent);
}

function readId(id: string | undefined): string {
  if (id === undefined) return globalThis.crypto.randomUUID();
  if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  throw new TypeError("id must be 1 to 64 letters, digits, _ and -.");
}
