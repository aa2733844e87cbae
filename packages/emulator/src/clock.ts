/** Stops a scheduled task; does nothing once it has run. */
export type Cancel = () => void;

/** Where the emulator takes time from, so that a test can make 15 days pass at once. */
export interface Clock {
  /** Now, in epoch milliseconds. */
  now(): number;
  /** Runs `task` once after `delayMs` milliseconds. */
  schedule(delayMs: number, task: () => void): Cancel;
}

/** Longest delay one timer of Node can hold, in milliseconds (24.8 days). Source: Node.js documentation, "setTimeout". */
const timerMsMax = 2_147_483_647;

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
