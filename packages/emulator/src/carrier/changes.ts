import type { EmulatorChange } from "@richline/contract";

export type ChangeListener = (change: EmulatorChange) => void;

/** Tells who listens that something changed. Nobody listening costs a size check. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(type: EmulatorChange["type"], phoneNumber?: string): void {
    if (this.#listeners.size === 0) return;
    const change = phoneNumber === undefined ? { type } : { type, phoneNumber };
    for (const listener of this.#listeners) listener(change);
  }
}
