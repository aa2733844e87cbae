/** Stops a scheduled task; does nothing once it has run. */
export type Cancel = () => void;

/** Where the emulator takes time from, so that a test can make 15 days pass at once. */
export interface Clock {
  /** Now, in epoch milliseconds. */
  now(): number;
  /** What the clocks of others show, whose credentials do not age because this one is moved; `now()` when there is none. */
  wallNow?(): number;
  /** Runs `task` once after `delayMs` milliseconds. */
  schedule(delayMs: number, task: () => void): Cancel;
}

/** What the clocks of others show: their credentials do not age because the carrier's time is moved. */
export function wallNow(clock: Clock): number {
  return clock.wallNow?.() ?? clock.now();
}

/** Longest delay one timer of Node can hold, in milliseconds (24.8 days). Source: Node.js documentation, "setTimeout". */
export const timerMsMax = 2_147_483_647;

/** The real time. What is scheduled keeps no process alive: a carrier that was closed does not wait for a phone that is off. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, Math.min(delayMs, timerMsMax));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is told to advance. */
export interface ManualClock extends Clock {
  /** Moves time forward and runs what becomes due, in order. */
  advance(byMs: number): void;
}

interface Task {
  readonly dueAtMs: number;
  readonly run: () => void;
}

/** Makes a clock for tests. It starts at the real time, or at `startAtMs`. */
export function createManualClock(startAtMs: number = Date.now()): ManualClock {
  let nowMs = startAtMs;
  const tasks = new Set<Task>();
  return {
    now: () => nowMs,
    schedule(delayMs, run) {
      const task = { dueAtMs: nowMs + delayMs, run };
      tasks.add(task);
      return () => {
        tasks.delete(task);
      };
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let task = earliest(tasks, untilMs); task; task = earliest(tasks, untilMs)) {
        tasks.delete(task);
        nowMs = task.dueAtMs;
        task.run();
      }
      nowMs = untilMs;
    },
  };
}

function earliest(tasks: Set<Task>, untilMs: number): Task | undefined {
  let first: Task | undefined;
  for (const task of tasks) {
    if (task.dueAtMs > untilMs) continue;
    if (first === undefined || task.dueAtMs < first.dueAtMs) first = task;
  }
  return first;
}
