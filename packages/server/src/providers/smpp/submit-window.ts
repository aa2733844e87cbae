import { type Clock, pause } from "../../kernel/clock.ts";

/** Places for calls under way; who finds none waits in line, up to a bound of heads and for as long as it says. */
export interface SubmitWindow {
  /** Resolves with whether a place is ours; then `leave` must follow. */
  enter(waitMsMax: number, signal: AbortSignal): Promise<boolean>;
  leave(): void;
  /** Resolves when every place is free. */
  empty(): Promise<void>;
}

interface WindowOptions {
  readonly size: number;
  readonly waitingMax: number;
  readonly clock: Clock;
}

export function createSubmitWindow({ size, waitingMax, clock }: WindowOptions): SubmitWindow {
  const line = new Set<() => void>();
  const idle = new Set<() => void>();
  let taken = 0;

  /** A place that is left goes to the first in line without becoming free in between. */
  function leave(): void {
    const [next] = line;
    if (next !== undefined) next();
    else taken -= 1;
    if (taken === 0) for (const resolve of idle) resolve();
  }

  async function wait(waitMsMax: number, signal: AbortSignal): Promise<boolean> {
    const called = new AbortController();
    const call = () => {
      line.delete(call);
      called.abort();
    };
    line.add(call);
    await pause(clock, waitMsMax, AbortSignal.any([called.signal, signal]));
    if (called.signal.aborted) return true;
    line.delete(call);
    return false;
  }

  return {
    enter: (waitMsMax, signal) => {
      if (taken < size) {
        taken += 1;
        return Promise.resolve(true);
      }
      return line.size >= waitingMax ? Promise.resolve(false) : wait(waitMsMax, signal);
    },
    leave,
    empty: () =>
      new Promise((resolve) => {
        if (taken === 0) resolve();
        else idle.add(resolve);
      }),
  };
}
