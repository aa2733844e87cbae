import type { BotCore } from "./bot-core.ts";

/** The time that a handler has. */
export interface TimeLimit {
  /** Aborts when the time is up, when the bot stops, and when the handler has ended: what it does later has no effect. */
  readonly signal: AbortSignal;
  /** Resolves when the time is up or the bot stops. */
  readonly whenUp: Promise<void>;
  /** Stops the time while something with a limit of its own runs; afterwards it begins anew. */
  without<Result>(task: () => Promise<Result>): Promise<Result>;
  /** Must be called. */
  end(): void;
}

export function startTimeLimit(core: BotCore): TimeLimit {
  const controller = new AbortController();
  let resolveUp: () => void = () => undefined;
  const whenUp = new Promise<void>((resolve) => {
    resolveUp = resolve;
  });
  const up = (): void => {
    controller.abort();
    resolveUp();
  };
  const start = (): AbortController => {
    const timer = new AbortController();
    core.timing.sleep(core.handlerTimeoutMs, timer.signal).then(up, () => undefined);
    return timer;
  };
  let timer = start();
  if (core.stopped.aborted) up();
  core.onStopped.add(up);
  return {
    signal: controller.signal,
    whenUp,
    without: async (task) => {
      timer.abort();
      try {
        return await task();
      } finally {
        if (!controller.signal.aborted) timer = start();
      }
    },
    end: () => {
      core.onStopped.delete(up);
      controller.abort();
      timer.abort();
    },
  };
}
