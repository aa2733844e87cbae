import { Fifo } from "../fifo.ts";

/** The window over which most rates are counted, in milliseconds. Ours: rates are given per second. */
const secondMs = 1_000;

/** Counts what happened over the last second, or another span: exactly, not by buckets, since it is there to catch who is too fast. */
export class RateWindow {
  readonly #windowMs: number;
  #times = new Fifo<number>();

  /** `windowMs`: the span in milliseconds; one second when not given. */
  constructor(windowMs: number = secondMs) {
    this.#windowMs = windowMs;
  }

  /** Forgets what was counted. */
  clear(): void {
    this.#times = new Fifo();
  }

  /** Whether one more fits; if so it is counted. */
  take(max: number, nowMs: number): boolean {
    for (
      let oldest = this.#times.peek();
      oldest !== undefined && oldest <= nowMs - this.#windowMs;
      oldest = this.#times.peek()
    ) {
      this.#times.shift();
    }
    if (this.#times.size >= max) return false;
    this.#times.push(nowMs);
    return true;
  }
}
