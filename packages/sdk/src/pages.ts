/** Which page of a list: how many rows (1–200, 50 when not given), and where the page before ended. */
export interface PageOptions {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | undefined;
}

/** All items of a list, page by page as they are asked for. A cursor that comes twice would never end, so it is an error. */
export async function* eachItem<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
  from?: string,
): AsyncGenerator<Item, void, undefined> {
  let cursor = from;
  do {
    const page = await read(cursor);
    yield* page.items;
    if (page.nextCursor !== undefined && page.nextCursor === cursor) {
      throw new Error("The list answered the same cursor twice.");
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
