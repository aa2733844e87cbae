import type { LinkRow } from "./link-row.ts";
import type { NewEvent } from "./message-row.ts";

/** Somebody followed a link. */
export interface Click {
  readonly code: string;
  readonly atMs: number;
}

/** Most clicks of one link that are told of; beyond it they are only counted. Ours: a person clicks a few times, a program without end. */
export const clicksToldMax = 100;

/** The part of the store that keeps tracked links. */
export interface LinkStore {
  findLink(code: string): Promise<LinkRow | undefined>;
  /** The links of a message; none where none is tracked. */
  listLinks(messageUid: string): Promise<readonly LinkRow[]>;
  /** Counts clicks, each with its event, in one transaction; answers the events. */
  recordClicks(clicks: readonly Click[]): Promise<readonly NewEvent[]>;
}
