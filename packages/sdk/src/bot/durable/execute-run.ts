import type { BotCore } from "../bot-core.ts";
import { BotEndedError, BotLimitError, ConversationChangedError } from "../bot-errors.ts";
import type { ConversationState } from "../conversation-state.ts";
import { reportFailure } from "../report-failure.ts";
import { startTimeLimit } from "../time-limit.ts";
import { openConversation } from "./open-conversation.ts";
import { createRunSteps, type Pause, type RunSteps } from "./run-steps.ts";

/** Why a run is left for now, or how it ended. */
type End =
  | Pause
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly error: unknown };

/** Goes on with the run of a conversation, from its first step, until it waits, ends or fails. Does not reject. */
export async function executeRun(core: BotCore, key: string): Promise<void> {
  const { run, retry } = await core.states.read(key);
  if (run === undefined || run.wait !== undefined) return;
  const walk = core.registry.conversations.get(run.name);
  if (walk === undefined) {
    const error = new ConversationChangedError(run.name, "it is not registered any more");
    return endRun(core, key, { id: run.id, name: run.name, error });
  }
  const limit = startTimeLimit(core);
  const progress = { core, key, run, tries: retry?.tries ?? 0, signal: limit.signal };
  const steps = createRunSteps(progress);
  const walked = settle(() => walk(openConversation(progress, steps)), steps);
  const tooLong = limit.whenUp.then((): End => {
    if (core.stopped.aborted) return { kind: "retrying" };
    const message = `"${run.name}" took longer than ${core.handlerTimeoutMs} ms between two waits.`;
    return { kind: "failed", error: new BotLimitError(message, core.handlerTimeoutMs) };
  });
  const end = await Promise.race([steps.paused, walked, tooLong]);
  limit.end();
  if (core.stopped.aborted && end.kind !== "finished") return;
  switch (end.kind) {
    case "waiting":
    case "retrying":
      return;
    case "finished":
    case "cancelled":
      return endRun(core, key, { id: run.id, name: run.name });
    case "broken":
    case "failed":
      return endRun(core, key, { id: run.id, name: run.name, error: end.error });
  }
}

async function settle(walk: () => Promise<unknown>, steps: RunSteps): Promise<End> {
  try {
    await walk();
    steps.checkFinished();
    return { kind: "finished" };
  } catch (error) {
    return { kind: "failed", error };
  }
}

interface EndedRun {
  readonly id: string;
  readonly name: string;
  readonly error?: unknown;
}

/** Takes the run away before anybody is told: an error that is told may not come again with the next event. */
async function endRun(core: BotCore, key: string, { id, name, error }: EndedRun): Promise<void> {
  const without = (state: ConversationState): ConversationState =>
    state.run?.id === id ? { ...state, run: undefined, retry: undefined } : state;
  await core.states.update(key, without);
  if (error === undefined || error instanceof BotEndedError) return;
  try {
    await reportFailure(core, error, { key, id, conversation: name });
  } catch (thrown) {
    core.log({ level: "error", message: "bot.catch failed.", error: thrown });
  }
}
