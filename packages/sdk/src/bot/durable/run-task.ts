import { backoffMs } from "../../backoff.ts";
import type { BotTiming } from "../bot-core.ts";

/** Longest wait between two tries of one task, in milliseconds. The process waits meanwhile, so it is short. */
const taskDelayMsMax = 10_000;
const taskTriesMax = 10;

interface TaskOptions {
  readonly tries?: number | undefined;
  readonly signal: AbortSignal;
}

/** Calls a task until it succeeds, as often as it may. */
export async function runTask<Result>(
  timing: BotTiming,
  task: () => Promise<Result> | Result,
  { tries = 1, signal }: TaskOptions,
): Promise<Result> {
  if (!(Number.isInteger(tries) && tries >= 1 && tries <= taskTriesMax)) {
    throw new RangeError(`tries is ${tries}; it must be a whole number of 1 to ${taskTriesMax}.`);
  }
  for (let retry = 0; ; retry += 1) {
    try {
      return await task();
    } catch (error) {
      if (retry + 1 >= tries || signal.aborted) throw error;
      await timing.sleep(backoffMs(retry, taskDelayMsMax, timing.random), signal);
    }
  }
}
