/**
 * A map that forgets what was not touched for long: it holds at least the last `capacity` and at most
 * twice as many entries.
 *
 * Two generations instead of one map whose oldest key is deleted: in V8 each deleted key leaves a hole
 * that the next search for the oldest key must step over.
 */
export class RecentMap<Value> {
  readonly #capacity: number;
  #current = new Map<string, Value>();
  #previous = new Map<string, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Finds an entry and counts it as touched. */
  get(key: string): Value | undefined {
    const value = this.#current.get(key);
    if (value !== undefined) return value;
    const older = this.#previous.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: Value): void {
    if (this.#current.size >= this.#capacity) {
      this.#previous = this.#current;
      this.#current = new Map();
    }
    this.#current.set(key, value);
  }

  delete(key: string): void {
    this.#current.delete(key);
    this.#previous.delete(key);
  }

  /** At most `count` entries, those touched last first. */
  newest(count: number): Value[] {
    const found = [...this.#current.values()].reverse().slice(0, count);
    const missing = count - found.length;
    if (missing === 0) return found;
    const older = [...this.#previous].filter(([key]) => !this.#current.has(key)).reverse();
    return [...found, ...older.slice(0, missing).map(([, value]) => value)];
  }

  clear(): void {
    this.#current.clear();
    this.#previous.clear();
  }
}
