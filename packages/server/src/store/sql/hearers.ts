import type { Hint } from "../store.ts";

/** Those who hear what transactions hinted at. */
export interface Hearers {
  /** Answers how to stop hearing. */
  readonly add: (listener: (hint: Hint) => void) => () => void;
  readonly tell: (hints: Iterable<Hint>) => void;
}

export function createHearers(): Hearers {
  const listeners = new Set<(hint: Hint) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: (hints) => {
      for (const hint of hints) for (const listener of listeners) listener(hint);
    },
  };
}

const known: readonly string[] = [
  "send",
  "urgent",
  "watchdog",
  "webhook",
  "media",
  "event",
] satisfies Hint[];

/** Another node may be of another version, and know more hints. */
export function isHint(text: string): text is Hint {
  return known.includes(text);
}
