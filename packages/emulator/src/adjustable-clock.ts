import TinyQueue from "tinyqueue";
import { type Cancel, type Clock, timerMsMax } from "./clock.ts";

/** A clock that runs at real speed, and can be moved forward, stopped, and put back to the real time. */
export interface AdjustableClock extends Clock {
  /** How far it is ahead of the real time, in milliseconds; negative once it stood still. */
  readonly offsetMs: number;
  readonly running: boolean;
  /** Moves time forward and runs what becomes due, in order. */
  advance(byMs: number): void;
  /** Stands still until `start`. */
  stop(): void;
  start(): void;
  /** Back to the real time, running. What is scheduled keeps the time that it has left. */
  reset(): void;
}

interface Task {
  dueAtMs: number;
  readonly order: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Makes a clock that shows the real time until it is moved. What it schedules keeps no process alive. */
export function createAdjustableClock(): AdjustableClock {
  return new MovableClock();
}

/** Whether a clock can be moved from outside. */
export function isAdjustable(clock: Clock): clock is AdjustableClock {
  return clock instanceof MovableClock;
}

class MovableClock implements AdjustableClock {
  readonly #tasks = new Set<Task>();
  #offsetMs = 0;
  /** When it stopped, by itself; nothing while it runs. */
  #stoppedAtMs: number | undefined;
  #order = 0;
  /** What becomes due while time is moved, the earliest first; nothing at other times. */
  #moving: DueTasks | undefined;

  now(): number {
    return this.#stoppedAtMs ?? Date.now() + this.#offsetMs;
  }

  wallNow(): number {
    return Date.now();
  }

  get offsetMs(): number {
    return this.now() - Date.now();
  }

  get running(): boolean {
    return this.#moving === undefined
      ? this.#stoppedAtMs === undefined
      : this.#moving.runsAfterwards;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    this.#order += 1;
    const task: Task = {
      dueAtMs: this.now() + delayMs,
      order: this.#order,
      run,
      timer: undefined,
    };
    this.#tasks.add(task);
    if (this.#moving !== undefined) this.#moving.add(task);
    else if (this.#stoppedAtMs === undefined) this.#arm(task, delayMs);
    return () => this.#forget(task);
  }

  advance(byMs: number): void {
    // Moved from within a task that runs because time is being moved: that move goes on to the later of both ends.
    if (this.#moving !== undefined) {
      this.#moving.untilMs = Math.max(this.#moving.untilMs, this.now() + byMs);
      this.#moving.addAll(this.#tasks);
      return;
    }
    const runsAfterwards = this.#stoppedAtMs === undefined;
    this.stop();
    const moving = new DueTasks(this.now() + byMs, runsAfterwards);
    this.#moving = moving;
    moving.addAll(this.#tasks);
    try {
      this.#runDue(moving);
    } finally {
      this.#moving = undefined;
      if (moving.runsAfterwards) this.start();
    }
  }

  stop(): void {
    if (this.#moving !== undefined) this.#moving.runsAfterwards = false;
    if (this.#stoppedAtMs !== undefined) return;
    this.#stoppedAtMs = this.now();
    for (const task of this.#tasks) disarm(task);
  }

  start(): void {
    if (this.#moving !== undefined) {
      this.#moving.runsAfterwards = true;
      return;
    }
    if (this.#stoppedAtMs === undefined) return;
    this.#offsetMs = this.#stoppedAtMs - Date.now();
    this.#stoppedAtMs = undefined;
    const nowMs = this.now();
    for (const task of this.#tasks) this.#arm(task, task.dueAtMs - nowMs);
  }

  reset(): void {
    this.stop();
    const backMs = this.now() - Date.now();
    for (const task of this.#tasks) task.dueAtMs -= backMs;
    this.#stoppedAtMs = Date.now();
    this.start();
    this.#offsetMs = 0;
  }

  #runDue(moving: DueTasks): void {
    for (let task = moving.take(); task !== undefined; task = moving.take()) {
      // Cancelled by one that ran before it.
      if (!this.#tasks.delete(task)) continue;
      this.#stoppedAtMs = Math.max(this.now(), task.dueAtMs);
      task.run();
    }
    this.#stoppedAtMs = moving.untilMs;
  }

  #arm(task: Task, delayMs: number): void {
    task.timer = setTimeout(() => this.#fire(task), Math.min(Math.max(0, delayMs), timerMsMax));
    task.timer.unref();
  }

  #fire(task: Task): void {
    const leftMs = task.dueAtMs - this.now();
    // A timer may be a millisecond early; only one that could not hold the whole delay is set again.
    if (leftMs > 1_000) {
      this.#arm(task, leftMs);
      return;
    }
    this.#tasks.delete(task);
    task.run();
  }

  #forget(task: Task): void {
    this.#tasks.delete(task);
    disarm(task);
  }
}

function disarm(task: Task): void {
  if (task.timer !== undefined) clearTimeout(task.timer);
  task.timer = undefined;
}

/** The tasks that become due while time is moved; a full emulator has 100,000 of them. */
class DueTasks {
  #queue = new TinyQueue<Task>([], compareTasks);
  untilMs: number;
  /** Whether the clock runs once it has been moved. */
  runsAfterwards: boolean;

  constructor(untilMs: number, runsAfterwards: boolean) {
    this.untilMs = untilMs;
    this.runsAfterwards = runsAfterwards;
  }

  addAll(tasks: Iterable<Task>): void {
    const due = [...tasks].filter((task) => task.dueAtMs <= this.untilMs);
    this.#queue = new TinyQueue(due, compareTasks);
  }

  add(task: Task): void {
    if (task.dueAtMs <= this.untilMs) this.#queue.push(task);
  }

  /** Takes the earliest. */
  take(): Task | undefined {
    return this.#queue.pop();
  }
}

/** Of two that are due at once, the one that was scheduled first comes first. */
function compareTasks(one: Task, other: Task): number {
  return one.dueAtMs - other.dueAtMs || one.order - other.order;
}
