/**
 * How long a slot stays out after its call was answered, in milliseconds. One second, as limits are per
 * second, and one millisecond more: instants are whole milliseconds, rounded down, and so a difference
 * of 1,000 can be 999.1 in truth.
 */
export const slotHoldMs = 1_001;

/**
 * How much faster than its limit a node may let calls go. The limit itself is kept by the slots, whatever
 * the pace is: at exactly the limit's rate, slots that a pause of the process kept waiting would never
 * catch up, and their share of the throughput would be lost for good.
 */
const paceHeadroom = 1.05;

/**
 * How much pace may gather while nothing departs, in milliseconds of it, and in calls at least. What comes
 * on top is lost, so it must outlast the usual way from one claim to the next. Measured with three nodes on
 * two busy cores: with 20 ms and one call they sent 0.78 of the limit, since a node's share of 67 a second
 * gathered one call and lost the rest whenever a claim took longer than 15 ms.
 */
const paceGatheredMsMax = 50;
const paceGatheredCallsMin = 2;

/** Calls that may depart now; fractions are on their way. */
export interface Pace {
  readonly budget: number;
  readonly atMs: number;
}

/** The pace at `nowMs`, for `slots` slots. It gathers 50 ms worth, and at least two calls. */
export function refillPace(pace: Pace, slots: number, nowMs: number): Pace {
  const perMs = (slots * paceHeadroom) / 1_000;
  const gathered = pace.budget + Math.max(0, nowMs - pace.atMs) * perMs;
  return {
    budget: Math.min(gathered, Math.max(paceGatheredCallsMin, perMs * paceGatheredMsMax)),
    atMs: nowMs,
  };
}

/** When the next call may depart. */
export function nextDepartureMs({ budget, atMs }: Pace, slots: number): number {
  if (budget >= 1) return atMs;
  if (slots === 0) return Number.POSITIVE_INFINITY;
  return atMs + Math.ceil(((1 - budget) * 1_000) / (slots * paceHeadroom));
}

/** What a provider's 429 made of a node's share. */
export interface SlowDown {
  /** The part of the share that may be used, as of `atMs`. */
  readonly part: number;
  readonly atMs: number;
  readonly pausedUntilMs: number;
}

export const atFullSpeed: SlowDown = { part: 1, atMs: 0, pausedUntilMs: 0 };

/** What a 429 leaves of the share. Ours: halving is what TCP does when it meets congestion (RFC 5681, 3.1). */
const slowDownPart = 0.5;
/** Least part of a share that repeated 429s leave. Ours: from here full speed is 20 s away. */
const slowDownPartMin = 0.01;
/** What comes back each second without another 429, in parts of the share. Ours: half a share is back after 10 s. */
const recoveryPerSecond = 0.05;
/** Pause when the provider names no time, in milliseconds: the span over which rates are counted. */
const pauseMsDefault = 1_000;
/** Longest pause that a provider may ask for, in milliseconds; as for retries (`retry-policy.ts`). */
const pauseMsMax = 3_600_000;

/**
 * After a 429: nothing until the provider wants to hear from us again, and then half of what it was. Calls
 * that were under way together are refused together, so those that come during a pause only lengthen it.
 */
export function slowDown(
  state: SlowDown,
  nowMs: number,
  retryAfterMs: number = pauseMsDefault,
): SlowDown {
  const pausedUntilMs = Math.max(state.pausedUntilMs, nowMs + Math.min(retryAfterMs, pauseMsMax));
  if (nowMs < state.pausedUntilMs) return { ...state, pausedUntilMs, atMs: pausedUntilMs };
  const part = Math.max(slowDownPartMin, usablePart(state, nowMs) * slowDownPart);
  return { part, atMs: pausedUntilMs, pausedUntilMs };
}

/** The part of the share that may be used at `nowMs`, 0.01 to 1. It recovers from the end of the pause on. */
export function usablePart({ part, atMs }: SlowDown, nowMs: number): number {
  return Math.min(1, part + (Math.max(0, nowMs - atMs) / 1_000) * recoveryPerSecond);
}

/** Slots of a share that may be used after 429s: at least one, so that we hear when the provider has room again. */
export function slowedSlots(slots: number, state: SlowDown, nowMs: number): number {
  return Math.min(slots, Math.max(1, Math.floor(slots * usablePart(state, nowMs))));
}
