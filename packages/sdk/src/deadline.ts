import { RichlineConnectionError } from "./errors.ts";
import { abortReason } from "./timing.ts";

/** A signal that fires when too long a time passes without progress, or when the caller's own signal does. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Starts the time anew. */
  readonly restart: () => void;
  /** Stops the time until the next `restart`. */
  readonly pause: () => void;
  /** Forgets the timer and the caller's signal. Must be called. */
  readonly clear: () => void;
}

/**
 * Starts a deadline of `ms`. Made by hand because `AbortSignal.any` is missing in browsers of 2023, and Node 20 can
 * collect a combined timeout signal before it fires (nodejs/node#57736).
 */
export function startDeadline(ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const onOuterAbort = (): void => {
    if (outer !== undefined) controller.abort(abortReason(outer));
  };
  const start = (): ReturnType<typeof setTimeout> =>
    setTimeout(() => {
      controller.abort(new RichlineConnectionError("timeout", `No answer within ${ms} ms.`));
    }, ms);
  if (outer?.aborted === true) onOuterAbort();
  outer?.addEventListener("abort", onOuterAbort, { once: true });
  let timer = start();
  return {
    signal: controller.signal,
    restart: () => {
      clearTimeout(timer);
      timer = start();
    },
    pause: () => clearTimeout(timer),
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onOuterAbort);
    },
  };
}
