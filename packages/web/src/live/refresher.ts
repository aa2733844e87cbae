/**
 * Runs a reload when asked, never twice at once and never more often than every `gapMs`; what is asked meanwhile shares the
 * next run. After a run that took long there is a pause as long as it, so that reloading takes up at most half of the time.
 */
export interface Refresher {
  readonly request: () => void;
  /** Ends it: aborts a run under way and starts no other. */
  readonly stop: () => void;
}

/** `run` deals with its own failures; its signal aborts when the refresher stops. */
export function createRefresher(
  run: (signal: AbortSignal) => Promise<void>,
  gapMs: number,
): Refresher {
  const stopped = new AbortController();
  let isBusy = false;
  let isWanted = false;

  const start = async () => {
    isBusy = true;
    while (isWanted && !stopped.signal.aborted) {
      isWanted = false;
      const startMs = performance.now();
      await run(stopped.signal);
      const pauseMs = Math.max(gapMs, performance.now() - startMs);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    isBusy = false;
  };
  return {
    request: () => {
      isWanted = true;
      if (!isBusy) void start();
    },
    stop: () => stopped.abort(),
  };
}
