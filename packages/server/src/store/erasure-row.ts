import type { ErasureState, Mode } from "@richline/contract";
import type { Page, PageRequest } from "./page.ts";

/** A person who is to be erased. */
export interface NewErasure {
  readonly id: string;
  readonly mode: Mode;
  readonly phoneNumber: string;
  /** The id of the API key that asked. */
  readonly actor: string;
  /** What was accepted or heard later is not touched. */
  readonly requestedAtMs: number;
}

/** What was done about one person, without saying about whom. */
export interface ErasureRow {
  readonly id: string;
  readonly mode: Mode;
  readonly actor: string;
  readonly state: ErasureState;
  readonly requestedAtMs: number;
  readonly completedAtMs: number | null;
  readonly counts: Readonly<Record<string, number>>;
}

/** What one piece of work on an erasure came to. */
export interface ErasureStep {
  readonly erasure: ErasureRow;
  /** Whether there is more that can be done now. */
  readonly hasMore: boolean;
}

export interface ErasureQuery extends PageRequest {
  readonly mode: Mode;
}

/** The part of the store that forgets people. */
export interface ErasureStore {
  /** Notes that a person is to be erased; answers the erasure that runs already where there is one. */
  startErasure(erasure: NewErasure): Promise<ErasureRow>;
  /**
   * Does one bounded piece of an erasure, of this one or of any that is due, and answers what it came to;
   * `undefined` when there is none. What a person did or was sent after the request is left as it is. Of who is
   * erased nothing is left but what `store/sql/personal-data.ts` says, and what comes late of their messages is
   * erased as it is written.
   */
  erasePiece(id: string | undefined, nowMs: number): Promise<ErasureStep | undefined>;
  findErasure(mode: Mode, id: string): Promise<ErasureRow | undefined>;
  /** The newest first. */
  listErasures(query: ErasureQuery): Promise<Page<ErasureRow>>;
}
