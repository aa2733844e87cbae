import type { Page } from "../store.ts";
import type { SqlRow } from "./session.ts";

/** A page of at most `limit` rows out of up to `limit + 1`: the one more tells that there is a next page. */
export function toPage<Item>(
  rows: readonly SqlRow[],
  limit: number,
  toItem: (row: SqlRow) => Item,
  toCursor: (item: Item) => string,
): Page<Item> {
  const items = rows.slice(0, limit).map(toItem);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last !== undefined ? toCursor(last) : undefined,
  };
}
