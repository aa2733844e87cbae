/** One page of a list, and where the next begins; none after the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | undefined;
}

export interface PageRequest {
  /** Most rows, 1 to 200. */
  readonly limit: number;
  readonly cursor: string | undefined;
}
