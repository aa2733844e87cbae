import type { Clock } from "../clock.ts";
import { retention } from "../retention.ts";

/** Longest that a call is left without an answer, in milliseconds (2 min). Ours: clients give up after a minute at most. */
export const stalledMsMax = 120_000;

/** The calls that are never answered, so that they do not stay open for ever. */
export class StalledCalls {
  readonly #clock: Clock;
  /** What ends each, oldest first. */
  readonly #ends = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Holds a call until its time is over, everything is forgotten, or too many newer ones came; `end` is run then.
   * Answers what to call when the client has given up before.
   */
  hold(end: () => void): () => void {
    const [oldest] = this.#ends;
    if (this.#ends.size >= retention.stalledCallsMax) oldest?.();
    const forget = () => {
      cancel();
      this.#ends.delete(endNow);
    };
    const endNow = () => {
      forget();
      end();
    };
    const cancel = this.#clock.schedule(stalledMsMax, endNow);
    this.#ends.add(endNow);
    return forget;
  }

  get size(): number {
    return this.#ends.size;
  }

  /** Ends all of them. */
  clear(): void {
    for (const end of [...this.#ends]) end();
  }
}
