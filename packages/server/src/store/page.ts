/** One page of rows, and where the next one begins. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | undefined;
}

export interface PageRequest {
  /** Most rows, 1 to 200; 1,000 for exports. */
  readonly limit: number;
  readonly cursor: string | undefined;
}
