import { Fifo } from "../fifo.ts";

/** The window over which a rate is counted, in milliseconds. Ours: rates are given per second. */
const windowMs = 1_000;

/** Counts sends over the last second: exactly, not by buckets, since it is there to catch who sends too fast. */
export class RateWindow {
  readonly #times = new Fifo<number>();

  /** Whether one more fits; if so it is counted. */
  take(max: number, nowMs: number): boolean {
    for (
      let oldest = this.#times.peek();
      oldest !== undefined && oldest <= nowMs - windowMs;
      oldest = this.#times.peek()
    ) {
      this.#times.shift();
    }
    if (this.#times.size >= max) return false;
    this.#times.push(nowMs);
    return true;
  }
}
