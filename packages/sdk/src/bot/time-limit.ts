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

export function startTimeLimit({ handlerTimeoutMs, stopped, timing }: TimedCore): TimeLimit {
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
    timing.sleep(handlerTimeoutMs, timer.signal).then(up, () => undefined);
    return timer;
  };
  let timer = start();
  if (stopped.aborted) up();
  stopped.addEventListener("abort", up, { once: true });
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
      stopped.removeEventListener("abort", up);
      controller.abort();
      timer.abort();
    },
  };
}

type TimedCore = Pick<BotCore, "handlerTimeoutMs" | "stopped" | "timing">;
