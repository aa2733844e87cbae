import { abortReason, type Timing } from "../timing.ts";

/** Waits that take no time and are written down. The dice always show 0, so that no jitter is added. */
export function recordedTiming(): Timing & { readonly sleepsMs: readonly number[] } {
  const sleepsMs: number[] = [];
  return {
    sleepsMs,
    random: () => 0,
    sleep: async (ms, signal) => {
      sleepsMs.push(ms);
      if (signal?.aborted === true) throw abortReason(signal);
    },
  };
}
