import { createSlots, type Slots } from "../domain/pacing-slots.ts";
import type { Share } from "../domain/rate-shares.ts";
import type { Clock } from "../kernel/clock.ts";

/** What has a limit, as this node sees it: its share, who waits for it, and what it asks for. */
export interface Bucket {
  readonly name: string;
  /** The limit of the configuration, calls a second; null for none. */
  readonly configured: number | null;
  /** The limit in force, calls a second; null for none. */
  readonly limit: number | null;
  readonly slots: Slots;
  /** Whether what goes through it is spread over the second. */
  readonly isPaced: boolean;
  /** Whether a slot can be taken now. */
  isReady(nowMs: number): boolean;
  take(count: number, nowMs: number): void;
  /** There is something to send. True when the share has to be renewed before any of it can go. */
  noteDemand(nowMs: number): boolean;
  /** There is more to send than the share allows. True when a larger share may be had now. */
  noteBacklog(nowMs: number): boolean;
  /** Calls back once, when there may be room. */
  wait(onRoom: () => void): void;
  /** Waits no longer. */
  leave(onRoom: () => void): void;
  /** Lets the next who waits look, when there is room, and else later. */
  pass(): void;
  /** The limit that came to be by what somebody set; `undefined` when nobody did. */
  override(perSecond: number | null | undefined): void;
  /** What to ask the store for. */
  ask(nowMs: number): Pick<Share, "perSecond"> & { readonly wanted: number; readonly kept: number };
  /** Takes in what the store granted to what was asked at `askedAtMs`. */
  apply(share: Share, askedAtMs: number): void;
  /** Nothing departs any more. */
  close(): void;
  /** Whether the store has a share of this node written down, or should have. */
  isListed(nowMs: number): boolean;
  /** Whether the store has more written down than this node may use: the rest is to be given up as it comes free. */
  isGivingUp(): boolean;
}

/**
 * How long a share stays this node's own without being renewed, in milliseconds: the longest call (a token
 * exchange and a call of 10 s each), the second after it, what clocks of nodes may differ (5 s, which the
 * PostgreSQL store checks at start), and the 4 s in which it is used. Others take it over after that.
 */
export const shareLeaseMs = 30_000;

/** How long after it was asked for a share lets calls go, in milliseconds: a call that departs later could still be counted by the provider when the share is another node's. */
const usableMs = 4_000;

/** A node that had nothing to send for this long wants no share, in milliseconds. Ours: four renewals. */
const idleMs = 2_000;

/**
 * Shortest time between two looks of those who wait, in milliseconds. Each look is a claim, and a claim a
 * commit: one for every slot that comes free would be a commit a message. Slots are free for half of it on
 * average, which costs 1 % of the throughput.
 */
const lookMs = 20;

/** Shortest time between two renewals that a backlog asks for, in milliseconds. */
const backlogRenewalMs = 100;

/**
 * How long nothing goes after a limit was put where there was none, in milliseconds: until every node has
 * seen it (a renewal, 500 ms) and what they sent before is a second old.
 */
const quietMs = 2_000;

interface BucketOptions {
  readonly name: string;
  readonly configured: number | null;
  readonly isPaced: boolean;
  readonly clock: Clock;
}

export function createBucket({ name, configured, isPaced, clock }: BucketOptions): Bucket {
  const slots = createSlots({ isPaced });
  let overridden: number | null | undefined;
  let granted = 0;
  let held = 0;
  let usableUntilMs = 0;
  let askedAtMs = 0;
  const demand = createDemand();
  let nextLookAtMs = 0;
  const limit = () => (overridden === undefined ? configured : overridden);

  const isReady = (nowMs: number) =>
    nowMs >= nextLookAtMs && nowMs < usableUntilMs && slots.available(nowMs) > 0;

  function setLimit(perSecond: number | null | undefined): void {
    const wasUnlimited = limit() === null;
    overridden = perSecond;
    if (wasUnlimited && limit() !== null) slots.pauseUntil(clock.now() + quietMs);
  }

  const line = createLine(clock, {
    isOpen: (nowMs) => limit() === null || isReady(nowMs),
    opensAtMs: (nowMs) => Math.max(slots.roomAtMs(nowMs), nextLookAtMs),
  });

  return {
    ...line,
    name,
    configured,
    get limit() {
      return limit();
    },
    slots,
    isPaced,
    isReady,
    take: (count, nowMs) => {
      slots.take(count, nowMs);
      if (isPaced) nextLookAtMs = nowMs + lookMs;
      demand.noteOut(slots.out(nowMs));
    },
    noteDemand: (nowMs) => {
      demand.note(nowMs);
      return nowMs >= usableUntilMs || (granted === 0 && nowMs - askedAtMs >= backlogRenewalMs);
    },
    noteBacklog: (nowMs) => {
      demand.noteBacklog(nowMs);
      return granted < (limit() ?? 0) && nowMs - askedAtMs >= backlogRenewalMs;
    },
    override: setLimit,
    ask: (nowMs) => {
      askedAtMs = nowMs;
      const wanted = demand.wanted(nowMs, limit() ?? 0, granted === 0);
      // What is usable may be taken while the store answers; what is not any more may be another node's by now.
      const takable = nowMs < usableUntilMs ? granted : 0;
      return { perSecond: configured, wanted, kept: Math.max(slots.out(nowMs), takable) };
    },
    apply: (share, atMs) => {
      if (share.perSecond !== limit()) setLimit(share.perSecond);
      granted = share.granted;
      held = share.held;
      slots.allow(granted);
      usableUntilMs = atMs + usableMs;
      demand.restart(slots.out(clock.now()));
      line.pass();
    },
    close: () => {
      line.close();
      granted = 0;
      demand.end();
      slots.allow(0);
    },
    isListed: (nowMs) => held > 0 || demand.isAny(nowMs),
    isGivingUp: () => held > granted,
  };
}

/** What a node could use of a limit, by what it had to send since it asked last. */
function createDemand() {
  let atMs = Number.NEGATIVE_INFINITY;
  let isBacklogged = false;
  let mostOut = 0;
  const isAny = (nowMs: number) => nowMs - atMs <= idleMs;
  return {
    isAny,
    note: (nowMs: number) => {
      atMs = nowMs;
    },
    noteBacklog: (nowMs: number) => {
      atMs = nowMs;
      isBacklogged = true;
    },
    noteOut: (out: number) => {
      mostOut = Math.max(mostOut, out);
    },
    /** Everything while there is a backlog, or nothing to judge by yet; else twice what was out at most, so that a burst finds room. */
    wanted: (nowMs: number, limit: number, isNew: boolean) => {
      if (!isAny(nowMs)) return 0;
      return isBacklogged || isNew ? limit : Math.min(limit, Math.max(1, 2 * mostOut));
    },
    /** The next question begins. */
    restart: (out: number) => {
      isBacklogged = false;
      mostOut = out;
    },
    end: () => {
      atMs = Number.NEGATIVE_INFINITY;
    },
  };
}

interface Door {
  readonly isOpen: (nowMs: number) => boolean;
  /** When it opens by itself, as far as that is known. */
  readonly opensAtMs: (nowMs: number) => number;
}

/** Those who wait for room, in the order in which they came: one looks at a time, and who was there stands behind. */
function createLine(clock: Clock, door: Door) {
  const waiters = new Set<() => void>();
  let cancelTimer: () => void = () => undefined;
  function pass(): void {
    cancelTimer();
    const [first] = waiters;
    if (first === undefined) return;
    const nowMs = clock.now();
    if (door.isOpen(nowMs)) {
      waiters.delete(first);
      first();
      if (waiters.size > 0) cancelTimer = clock.after(lookMs, pass);
      return;
    }
    const opensInMs = Math.max(1, door.opensAtMs(nowMs) - nowMs);
    if (Number.isFinite(opensInMs)) cancelTimer = clock.after(opensInMs, pass);
  }
  return {
    pass,
    wait: (onRoom: () => void) => {
      waiters.add(onRoom);
      if (waiters.size === 1) pass();
    },
    leave: (onRoom: () => void) => {
      waiters.delete(onRoom);
    },
    close: () => {
      cancelTimer();
      waiters.clear();
    },
  };
}
