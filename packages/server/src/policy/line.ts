import type { Clock } from "../kernel/clock.ts";

/**
 * Shortest time between two looks of those who would begin anew, in milliseconds. Each look is a claim, and a
 * claim a commit: one for every slot that comes free would be a commit a message. Slots are free for half of it
 * on average, which costs 1 % of the throughput.
 */
export const lookMs = 20;

/** When a bucket has room, for those who wait for it. */
export interface Door {
  /** Whether a call of a job under way may depart now. */
  readonly hasRoom: (nowMs: number) => boolean;
  /** Whether those who would begin anew may look now. */
  readonly isOpen: (nowMs: number) => boolean;
  /** When each of these comes by itself, as far as that is known. */
  readonly roomAtMs: (nowMs: number) => number;
  readonly opensAtMs: (nowMs: number) => number;
}

/**
 * Those who wait for room, in the order in which they came. Jobs under way stand ahead: a message that is half
 * sent is finished before another one begins. Of those who would begin anew one looks at a time, and who was
 * there stands behind.
 */
export interface Line {
  /** Lets the next who waits look, when there is room, and else later. */
  pass(): void;
  /** Calls back once, when there may be room. */
  wait(onRoom: () => void): void;
  /** Waits no longer. */
  leave(onRoom: () => void): void;
  /** Calls back once there is room, before all who `wait`; who is called takes its slot at once, or never. */
  waitAhead(onRoom: () => void): void;
  leaveAhead(onRoom: () => void): void;
  /** Whether somebody stands ahead. */
  isAwaited(): boolean;
  close(): void;
}

export function createLine(clock: Clock, door: Door): Line {
  const waiters = new Set<() => void>();
  const ahead = new Set<() => void>();
  let cancelTimer: () => void = () => undefined;

  function pass(): void {
    cancelTimer();
    const nowMs = clock.now();
    for (const first of ahead) {
      if (!door.hasRoom(nowMs)) break;
      ahead.delete(first);
      first();
    }
    if (ahead.size > 0) passAt(door.roomAtMs(nowMs), nowMs);
    else passOne(nowMs);
  }

  function passOne(nowMs: number): void {
    const [first] = waiters;
    if (first === undefined) return;
    if (door.isOpen(nowMs)) {
      waiters.delete(first);
      first();
      if (waiters.size > 0) cancelTimer = clock.after(lookMs, pass);
    } else {
      passAt(door.opensAtMs(nowMs), nowMs);
    }
  }

  function passAt(atMs: number, nowMs: number): void {
    const inMs = Math.max(1, atMs - nowMs);
    if (Number.isFinite(inMs)) cancelTimer = clock.after(inMs, pass);
  }

  return {
    pass,
    wait: (onRoom) => {
      waiters.add(onRoom);
      if (waiters.size === 1) pass();
    },
    leave: (onRoom) => void waiters.delete(onRoom),
    waitAhead: (onRoom) => {
      ahead.add(onRoom);
      if (ahead.size === 1) pass();
    },
    leaveAhead: (onRoom) => {
      if (ahead.delete(onRoom)) pass();
    },
    isAwaited: () => ahead.size > 0,
    close: () => {
      cancelTimer();
      waiters.clear();
      ahead.clear();
    },
  };
}
