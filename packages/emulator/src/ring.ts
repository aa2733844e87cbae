/** Keeps the newest `capacity` items. Adding one overwrites the oldest in place, so it costs the same when full. */
export class Ring<Item> {
  readonly #capacity: number;
  #items: Item[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds an item; answers the one that it displaced. */
  push(item: Item): Item | undefined {
    const displaced = this.#items[this.#next];
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#capacity;
    return displaced;
  }

  /** All items, oldest first. */
  toArray(): Item[] {
    if (this.#items.length < this.#capacity) return [...this.#items];
    return [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)];
  }

  get size(): number {
    return this.#items.length;
  }

  clear(): void {
    this.#items = [];
    this.#next = 0;
  }
}
