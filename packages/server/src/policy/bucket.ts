import { createSlots, type Slots } from "../domain/pacing-slots.ts";
import type { Share } from "../domain/rate-shares.ts";
import type { Clock } from "../kernel/clock.ts";
import { createLine, type Line, lookMs } from "./line.ts";

/** What has a limit, as this node sees it: its share, who waits for it, and what it asks for. */
export interface Bucket extends Omit<Line, "close"> {
  readonly name: string;
  /** The limit of the configuration, calls a second; null for none. */
  readonly configured: number | null;
  /** The limit in force, calls a second; null for none. */
  readonly limit: number | null;
  readonly slots: Slots;
  /** Whether what goes through it is spread over the second. */
  readonly isPaced: boolean;
  /** Whether those who would begin anew can take a slot now. */
  isReady(nowMs: number): boolean;
  /** How many slots they can take: some are kept for what is urgent. */
  commonRoom(nowMs: number): number;
  take(count: number, nowMs: number): void;
  /** A call was answered, or may have been made: its slot is free in a second, and it was wanted. */
  release(nowMs: number): void;
  /** Whether a job under way can take another slot now. */
  hasRoom(nowMs: number): boolean;
  takeAhead(nowMs: number): void;
  /** There is something to send. True when the share has to be renewed before any of it can go. */
  noteDemand(nowMs: number): boolean;
  /** There is more to send than the share allows. True when a larger share may be had now. */
  noteBacklog(nowMs: number): boolean;
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
 * How long a share stays this node's own without being renewed, in milliseconds: the longest call (10 s for a
 * token, or for a place in a window, and 10 s for an answer), the second after it, what clocks of nodes may
 * differ (5 s, which the PostgreSQL store checks at start), and the 4 s in which it is used. Others take it
 * over after that.
 */
export const shareLeaseMs = 30_000;

/** How long after it was asked for a share lets calls go, in milliseconds: a call that departs later could still be counted by the provider when the share is another node's. */
const usableMs = 4_000;

/** A node that had nothing to send for this long wants no share, in milliseconds. Ours: four renewals. */
const idleMs = 2_000;

/**
 * From how many slots on some are kept for what is urgent, so that a one-time code departs at once and not at the
 * next look. Measured with 50: three nodes that shared a limit of 200 kept three of it, and sent 0.943 of it
 * instead of 0.976.
 */
const urgentSlotMin = 100;

/**
 * The part that is kept. Slots come free in clumps, a look apart, as they were taken; what is kept must last from
 * one to the next. Measured with 40 codes a second beside a backlog at 200: from its commit to its claim one in a
 * hundred took 17 to 46 ms with one slot, 10 to 25 with two, 5 with three.
 */
const urgentPart = 0.015;

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

export function createBucket(options: BucketOptions): Bucket {
  const { name, configured, isPaced, clock } = options;
  const slots = createSlots({ isPaced });
  const held = createHeldShare();
  const demand = createDemand();
  const { limit, override } = createLimit(options, slots);
  let nextLookAtMs = 0;

  const { hasRoom, commonRoom, roomAtMs } = createRoom(held, slots, isPaced);
  const isReady = (nowMs: number) =>
    nowMs >= nextLookAtMs && commonRoom(nowMs) > 0 && !line.isAwaited();

  const line = createLine(clock, {
    hasRoom: (nowMs) => limit() === null || hasRoom(nowMs),
    isOpen: (nowMs) => limit() === null || isReady(nowMs),
    roomAtMs,
    opensAtMs: (nowMs) => Math.max(roomAtMs(nowMs), nextLookAtMs),
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
    commonRoom,
    take: (count, nowMs) => {
      slots.take(count, nowMs);
      if (isPaced) nextLookAtMs = nowMs + lookMs;
    },
    hasRoom,
    takeAhead: (nowMs) => slots.take(1, nowMs),
    release: (nowMs) => {
      // Not when it was taken: whoever looks for work takes more than it needs.
      demand.note(nowMs);
      demand.noteOut(slots.out(nowMs));
      slots.release(nowMs);
    },
    noteDemand: (nowMs) => {
      demand.note(nowMs);
      return !held.isUsable(nowMs) || (held.slots() === 0 && held.mayAskAgain(nowMs));
    },
    noteBacklog: (nowMs) => {
      demand.noteBacklog(nowMs);
      return held.slots() < (limit() ?? 0) && held.mayAskAgain(nowMs);
    },
    override,
    ask: (nowMs) => {
      const wanted = demand.wanted(nowMs, limit() ?? 0, held.slots() === 0);
      const kept = Math.max(slots.out(nowMs), held.ask(nowMs));
      return { perSecond: configured, wanted, kept };
    },
    apply: (share, atMs) => {
      if (share.perSecond !== limit()) override(share.perSecond);
      held.apply(share, atMs);
      slots.allow(held.slots());
      demand.restart(slots.out(clock.now()));
      line.pass();
    },
    close: () => {
      line.close();
      held.end();
      demand.end();
      slots.allow(0);
    },
    isListed: (nowMs) => held.isWrittenDown() || demand.isAny(nowMs),
    isGivingUp: held.isGivingUp,
  };
}

/** What a usable share has room for. */
function createRoom(held: ReturnType<typeof createHeldShare>, slots: Slots, isPaced: boolean) {
  return {
    hasRoom: (nowMs: number) => held.isUsable(nowMs) && slots.available(nowMs) > 0,
    commonRoom: (nowMs: number) => {
      const isLarge = isPaced && held.slots() >= urgentSlotMin;
      const kept = isLarge ? Math.floor(held.slots() * urgentPart) : 0;
      return held.isUsable(nowMs) ? Math.max(0, slots.available(nowMs) - kept) : 0;
    },
    /** A share that is not usable is made so by the store's answer, which passes by itself. */
    roomAtMs: (nowMs: number) =>
      held.isUsable(nowMs) ? slots.roomAtMs(nowMs) : Number.POSITIVE_INFINITY,
  };
}

/** The limit in force: that of the configuration, or what somebody has put in its place. */
function createLimit({ configured, clock }: BucketOptions, slots: Slots) {
  let overridden: number | null | undefined;
  const limit = () => (overridden === undefined ? configured : overridden);
  return {
    limit,
    override: (perSecond: number | null | undefined) => {
      const wasUnlimited = limit() === null;
      overridden = perSecond;
      if (wasUnlimited && limit() !== null) slots.pauseUntil(clock.now() + quietMs);
    },
  };
}

/** What the store has granted this node, and how long it may be used. */
function createHeldShare() {
  let granted = 0;
  let written = 0;
  let usableUntilMs = 0;
  let askedAtMs = 0;
  const isUsable = (nowMs: number) => nowMs < usableUntilMs;
  return {
    slots: () => granted,
    isUsable,
    mayAskAgain: (nowMs: number) => nowMs - askedAtMs >= backlogRenewalMs,
    /**
     * The store is asked; answers how many slots may be taken while it answers. Those of a share that is not usable
     * any more may be another node's by now.
     */
    ask: (nowMs: number) => {
      askedAtMs = nowMs;
      return isUsable(nowMs) ? granted : 0;
    },
    apply: (share: Share, atMs: number) => {
      granted = share.granted;
      written = share.held;
      usableUntilMs = atMs + usableMs;
    },
    end: () => {
      granted = 0;
    },
    isWrittenDown: () => written > 0,
    isGivingUp: () => written > granted,
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
