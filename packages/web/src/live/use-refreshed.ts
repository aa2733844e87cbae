import { useCallback, useEffect, useRef, useState } from "react";
import { createRefresher, type Refresher } from "./refresher.ts";

export interface Refreshed<Value> {
  /** The last good answer of the present `load`; undefined before the first. */
  readonly value: Value | undefined;
  /** Why the last try failed, if it did. */
  readonly error: Error | undefined;
  readonly refresh: () => void;
}

/** What `load` answers, read at once and again after each `refresh`. Another `load` starts anew: its predecessor's answer never shows. */
export function useRefreshed<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  gapMs: number,
): Refreshed<Value> {
  const [answer, setAnswer] = useState<{ load: unknown; value?: Value; error?: Error }>({ load });
  const refresher = useRef<Refresher>(null);
  useEffect(() => {
    const own = createRefresher(async (signal) => {
      try {
        const value = await load(signal);
        if (!signal.aborted) setAnswer({ load, value });
      } catch (reason) {
        const error = reason instanceof Error ? reason : new Error(String(reason));
        if (!signal.aborted) {
          setAnswer((before) => (before.load === load ? { ...before, error } : { load, error }));
        }
      }
    }, gapMs);
    refresher.current = own;
    own.request();
    return () => own.stop();
  }, [load, gapMs]);
  const refresh = useCallback(() => refresher.current?.request(), []);
  const isOwn = answer.load === load;
  return {
    value: isOwn ? answer.value : undefined,
    error: isOwn ? answer.error : undefined,
    refresh,
  };
}
