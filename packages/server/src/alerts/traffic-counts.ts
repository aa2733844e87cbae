import type { FailureCode } from "@richline/contract";
import { countsAsFailed } from "../domain/alert-rules.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ProviderMinute } from "../store/store.ts";

/** How a provider stands on this node. */
export type Standing = "healthy" | "degraded" | "suspended";

/**
 * What providers do on this node, by the minute. It is counted in memory and written every few seconds:
 * a crash loses what was not written, which no rule would notice.
 */
export interface TrafficCounts {
  /** A call has ended; no code: the provider has the message. */
  attempted(provider: string, code: FailureCode | undefined): void;
  /** A provider told us something, for the first time. */
  received(provider: string, what: "end_of_message" | "other"): void;
  stands(provider: string, standing: Standing): void;
  /** What was counted since it was taken last, and who does not stand well. */
  take(): readonly ProviderMinute[];
  /** What was taken and could not be written. */
  putBack(minutes: readonly ProviderMinute[]): void;
}

type Counted = { -readonly [Key in keyof ProviderMinute]: ProviderMinute[Key] };

/** Longest time without a store over which counts are kept, in milliseconds: an hour, which the longest look back needs. */
const heldMsMax = 3_600_000;

export function createTrafficCounts(clock: Clock, node: string): TrafficCounts {
  const standings = new Map<string, Standing>();
  /** Whose standing was written with anything but `healthy`, and may have to be written over. */
  const unwell = new Set<string>();
  let counted = new Map<string, Counted>();

  function minuteOf(provider: string, atMs: number): Counted {
    const minuteMs = atMs - (atMs % 60_000);
    const key = `${minuteMs} ${provider}`;
    const known = counted.get(key);
    if (known !== undefined) return known;
    const none = { sent: 0, failed: 0, reported: 0, received: 0 };
    const standing = { degraded: false, suspended: false };
    const made: Counted = { provider, minuteMs, node, ...none, ...standing };
    counted.set(key, made);
    return made;
  }

  return {
    attempted: (provider, code) => {
      const minute = minuteOf(provider, clock.now());
      if (code === undefined) minute.sent += 1;
      else if (countsAsFailed(code)) minute.failed += 1;
    },
    received: (provider, what) => {
      const minute = minuteOf(provider, clock.now());
      minute.received += 1;
      if (what === "end_of_message") minute.reported += 1;
    },
    stands: (provider, standing) => {
      standings.set(provider, standing);
      if (standing !== "healthy") unwell.add(provider);
    },
    take: () => {
      for (const provider of unwell) {
        minuteOf(provider, clock.now());
        if (standings.get(provider) === "healthy") unwell.delete(provider);
      }
      const taken = [...counted.values()].map((minute) => ({
        ...minute,
        degraded: standings.get(minute.provider) === "degraded",
        suspended: standings.get(minute.provider) === "suspended",
      }));
      counted = new Map();
      return taken;
    },
    putBack: (minutes) => {
      for (const one of minutes) {
        if (one.minuteMs < clock.now() - heldMsMax) continue;
        const minute = minuteOf(one.provider, one.minuteMs);
        minute.sent += one.sent;
        minute.failed += one.failed;
        minute.reported += one.reported;
        minute.received += one.received;
      }
    },
  };
}
