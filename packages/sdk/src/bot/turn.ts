import { backoffMs } from "../backoff.ts";
import type { BotCore } from "./bot-core.ts";
import { BotEndedError, BotLimitError } from "./bot-errors.ts";
import {
  type ConversationState,
  type InboxItem,
  type Run,
  withoutItem,
} from "./conversation-state.ts";
import { isAwaited } from "./durable/answer-wait.ts";
import { executeRun } from "./durable/execute-run.ts";
import { retryDelayMsMax, triesMax } from "./durable/run-steps.ts";
import { openContext } from "./open-context.ts";
import { callMiddlewares, callRoutes } from "./registry.ts";
import { reportFailure } from "./report-failure.ts";
import { isPassing } from "./send-reply.ts";
import { startTimeLimit } from "./time-limit.ts";

/** Most pieces of work of one conversation before others get their turn. */
const piecesPerTurnMax = 20;
/** How often an event is handled again because `bot.catch` itself failed. */
const catchTriesMax = 5;

type Work =
  | { readonly kind: "run" }
  | { readonly kind: "timeout" }
  | { readonly kind: "item"; readonly item: InboxItem };

/** Does what is to be done in a conversation, one piece after the other. `mayTimeOut`: waits whose time is up end. */
export async function takeTurn(core: BotCore, key: string, mayTimeOut: boolean): Promise<void> {
  for (let pieces = 0; pieces < piecesPerTurnMax && !core.stopped.aborted; pieces += 1) {
    const state = await core.states.read(key);
    const work = nextWork(state, core.timing.now(), mayTimeOut);
    if (work === undefined) {
      // The storage said that there is something, and there is not: it is told better.
      if (pieces === 0) await core.states.refresh(key);
      return;
    }
    await doWork(core, key, work, state);
  }
}

function nextWork(
  { inbox: [item], run, retry }: ConversationState,
  nowMs: number,
  mayTimeOut: boolean,
): Work | undefined {
  if (retry !== undefined && retry.atMs > nowMs) return undefined;
  if (run !== undefined && run.wait === undefined) return { kind: "run" };
  const untilMs = run?.wait?.untilMs;
  const isUp = untilMs !== undefined && untilMs <= nowMs && mayTimeOut;
  // What the person did in time counts, however late we hear of it.
  const isInTime = item?.kind === "event" && !(Date.parse(item.event.timestamp) > (untilMs ?? 0));
  if (item !== undefined && (!isUp || isInTime)) return { kind: "item", item };
  return isUp ? { kind: "timeout" } : undefined;
}

async function doWork(
  core: BotCore,
  key: string,
  work: Work,
  state: ConversationState,
): Promise<void> {
  switch (work.kind) {
    case "run":
      return executeRun(core, key);
    case "timeout":
      await core.states.update(key, (before) => endWait(before, {}));
      return executeRun(core, key);
    case "item":
      if (work.item.kind === "event") return handleEvent(core, key, work.item, state);
      await core.states.update(key, (before) => enterFrom(core, before, work.item));
  }
}

/** The state in which the run's wait has ended, with the event that ended it or with nothing. */
function endWait(
  state: ConversationState,
  outcome: { readonly value?: unknown },
): ConversationState {
  const { run } = state;
  if (run?.wait === undefined) return state;
  const journal = [...run.journal, { step: run.wait.step, outcome }];
  return { ...state, run: { ...run, journal, wait: undefined } };
}

/** A run that was asked for from outside. It takes the place of one that is there. */
function enterFrom(core: BotCore, state: ConversationState, item: InboxItem): ConversationState {
  const rest = withoutItem(state, item.id);
  if (item.kind !== "enter") return rest;
  if (state.run !== undefined) {
    core.log({ level: "info", message: `"${state.run.name}" made way for "${item.name}".` });
  }
  const run: Run = { id: item.id, name: item.name, input: item.input, journal: [] };
  return { ...rest, run };
}

type EventItem = Extract<InboxItem, { kind: "event" }>;

async function handleEvent(
  core: BotCore,
  key: string,
  item: EventItem,
  state: ConversationState,
): Promise<void> {
  const limit = startTimeLimit(core);
  const { event } = item;
  const opened = openContext(core, { key, event, state, signal: limit.signal });
  // Nobody who does not want messages is asked the next question.
  if (event.type === "recipient.opted_out") await opened.context.leave();
  const innermost = async (): Promise<void> => {
    if (limit.signal.aborted) throw new BotEndedError("next() after the handler had ended.");
    const { run } = await core.states.read(key);
    if (!isFor(opened.currentRun(), run, item))
      return callRoutes(core.registry.routes, opened.context);
    await core.states.update(key, (before) =>
      endWait(opened.apply(withoutItem({ ...before, retry: undefined }, item.id)), {
        value: event,
      }),
    );
    await limit.without(() => executeRun(core, key));
    opened.takeOver(await core.states.read(key));
  };
  const tooLong = limit.whenUp.then(() => {
    const message = `A handler took longer than ${core.handlerTimeoutMs} ms.`;
    throw new BotLimitError(message, core.handlerTimeoutMs);
  });
  try {
    const handled = callMiddlewares(core.registry.middlewares, opened.context, innermost);
    await Promise.race([handled, tooLong]);
    await core.states.update(key, (before) => opened.apply(done(before, item.id)));
  } catch (error) {
    // A stop is not a failure: the event is handled again after the next start.
    if (!core.stopped.aborted) await fail(core, key, item, error);
  } finally {
    limit.end();
    tooLong.catch(() => undefined);
  }
}

/** Whether the person's run waits for this, and the handlers around it have not ended or replaced it. */
function isFor(current: Run | undefined, stored: Run | undefined, { event }: EventItem): boolean {
  if (stored?.wait === undefined || current?.id !== stored.id) return false;
  return isAwaited(stored.wait, event);
}

/** The state in which the event is done. What a durable conversation took is done already, and may wait for a retry. */
function done(state: ConversationState, id: string): ConversationState {
  const isThere = state.inbox.some((item) => item.id === id);
  return isThere ? withoutItem({ ...state, retry: undefined }, id) : state;
}

async function fail(core: BotCore, key: string, item: EventItem, error: unknown): Promise<void> {
  const { inbox, retry } = await core.states.read(key);
  const isThere = inbox.some(({ id }) => id === item.id);
  const tries = isThere ? (retry?.tries ?? 0) : 0;
  if (isThere && isPassing(error) && tries < triesMax) return putOff(core, key, tries);
  try {
    await reportFailure(core, error, { key, id: item.id, event: item.event });
  } catch (thrown) {
    if (core.stopped.aborted) return;
    if (isThere && tries < (isPassing(thrown) ? triesMax : catchTriesMax)) {
      return putOff(core, key, tries);
    }
    core.log({ level: "error", message: "bot.catch failed.", eventId: item.id, error: thrown });
  }
  await core.states.update(key, (before) => done(before, item.id));
}

async function putOff(core: BotCore, key: string, tries: number): Promise<void> {
  const delayMs = backoffMs(tries, retryDelayMsMax, core.timing.random);
  const retry = { tries: tries + 1, atMs: core.timing.now() + delayMs };
  await core.states.update(key, (before) => ({ ...before, retry }));
}
