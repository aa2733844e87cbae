import {
  atFullSpeed,
  nextDepartureMs,
  type Pace,
  refillPace,
  type SlowDown,
  slotHoldMs,
  slowDown,
  slowedSlots,
} from "./pacing.ts";

/**
 * The slots of one limit on one node.
 *
 * A limit of L a second is L slots. A call takes one when it departs and gives it back a second after its
 * answer. Wherever on its way the provider counts a call, it does so between departure and answer; so two
 * calls that it counts less than a second apart were out at the same time, and L + 1 of them within a
 * second would have needed L + 1 slots. That holds whatever the network's delays are. A token bucket,
 * which counts departures, does not: calls that leave in two seconds can arrive in one.
 *
 * The price is the round trip: L calls take a second and a round trip, not a second.
 */
export interface Slots {
  /** How many may be out from now on. What is out beyond that comes back as it is answered. */
  allow(slots: number): void;
  /** How many calls may depart now. */
  available(nowMs: number): number;
  /** When calls may depart again, as far as it is known: infinity while every slot waits for an answer. */
  roomAtMs(nowMs: number): number;
  /** Takes as many slots as were available. */
  take(count: number, nowMs: number): void;
  /** A slot whose call did not depart: free at once. */
  giveBack(): void;
  /** A slot whose call was answered, or was given up: free in a second. */
  release(nowMs: number): void;
  slowDown(nowMs: number, retryAfterMs: number | undefined): void;
  /** Nothing departs before. */
  pauseUntil(atMs: number): void;
  /** How many are not free. */
  out(nowMs: number): number;
}

export interface SlotsOptions {
  /** Whether departures are spread over the second; otherwise all slots can be taken at once. */
  readonly isPaced: boolean;
}

export function createSlots({ isPaced }: SlotsOptions): Slots {
  let allowed = 0;
  /** Taken and not answered yet. */
  let away = 0;
  const holds = createHolds();
  let pace: Pace = { budget: 1, atMs: 0 };
  let slowed: SlowDown = atFullSpeed;
  let quietUntilMs = 0;
  const usable = (nowMs: number) => slowedSlots(allowed, slowed, nowMs);
  const out = (nowMs: number) => away + holds.count(nowMs);
  function paced(nowMs: number): Pace {
    if (!isPaced) return { budget: Number.POSITIVE_INFINITY, atMs: nowMs };
    pace = refillPace(pace, usable(nowMs), nowMs);
    return pace;
  }
  const pausedUntilMs = () => Math.max(quietUntilMs, slowed.pausedUntilMs);
  return {
    allow: (slots) => {
      allowed = slots;
    },
    available: (nowMs) => {
      if (nowMs < pausedUntilMs()) return 0;
      const free = usable(nowMs) - out(nowMs);
      return Math.max(0, Math.min(free, Math.floor(paced(nowMs).budget)));
    },
    roomAtMs: (nowMs) => {
      const slots = usable(nowMs);
      if (slots === 0) return Number.POSITIVE_INFINITY;
      const excess = out(nowMs) - slots;
      const freeAtMs = excess < 0 ? nowMs : holds.endOf(excess);
      return Math.max(freeAtMs, nextDepartureMs(paced(nowMs), slots), pausedUntilMs());
    },
    take: (count, nowMs) => {
      away += count;
      if (isPaced) pace = { ...paced(nowMs), budget: paced(nowMs).budget - count };
    },
    giveBack: () => {
      away -= 1;
      pace = { ...pace, budget: pace.budget + 1 };
    },
    release: (nowMs) => {
      away -= 1;
      holds.add(nowMs + slotHoldMs);
    },
    slowDown: (nowMs, retryAfterMs) => {
      slowed = slowDown(slowed, nowMs, retryAfterMs);
    },
    pauseUntil: (atMs) => {
      quietUntilMs = Math.max(quietUntilMs, atMs);
    },
    out,
  };
}

/** When slots that are held come free, soonest first: every hold lasts the same, so they end in their order. */
function createHolds() {
  let ends: number[] = [];
  let first = 0;
  return {
    add: (endMs: number) => {
      // When the clock is set back, this one waits for those that were answered before it.
      ends.push(Math.max(endMs, ends.at(-1) ?? endMs));
    },
    count: (nowMs: number) => {
      while ((ends[first] ?? Number.POSITIVE_INFINITY) <= nowMs) first += 1;
      if (first > 1_024) {
        ends = ends.slice(first);
        first = 0;
      }
      return ends.length - first;
    },
    /** When the hold `index` places behind the first one ends. */
    endOf: (index: number) => ends[first + index] ?? Number.POSITIVE_INFINITY,
  };
}
