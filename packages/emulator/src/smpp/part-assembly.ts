import type { SmppReceiptWish } from "../carrier/model.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";

/** Where a part stands in its message. Numbers count from 1. */
export interface PartPlace {
  readonly reference: number;
  readonly total: number;
  readonly number: number;
}

/** One part of a message. */
export interface SmsPart {
  readonly text: string;
  readonly receipt: SmppReceiptWish;
}

/** Puts messages together that come in parts. A message that never becomes whole is forgotten in time, as on a handset. */
export class PartAssembly {
  readonly #unfinished = new RecentMap<Map<number, SmsPart>>(retention.smsPartsMax);

  /** Adds a part; answers all of them, in order, when this was the last one missing. */
  add(conversation: string, place: PartPlace, part: SmsPart): readonly SmsPart[] | undefined {
    const { reference, total, number } = place;
    const key = `${conversation} ${reference} ${total}`;
    const parts = this.#unfinished.get(key) ?? new Map<number, SmsPart>();
    parts.set(number, part);
    if (parts.size < total) {
      this.#unfinished.set(key, parts);
      return undefined;
    }
    this.#unfinished.delete(key);
    return [...parts].sort(([one], [other]) => one - other).map(([, found]) => found);
  }

  clear(): void {
    this.#unfinished.clear();
  }
}
