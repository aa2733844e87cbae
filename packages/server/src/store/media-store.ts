import type { MediaState, Mode } from "@richline/contract";

/** The one queue of files to fetch. */
export const mediaLane = "media";

/** A file that a person shared. */
export interface MediaRow {
  readonly id: string;
  readonly mode: Mode;
  readonly agentId: string;
  readonly conversationId: string;
  readonly provider: string;
  /** Where the provider has it. */
  readonly sourceUri: string;
  readonly state: MediaState;
  /** As the provider serves it once it is stored, as it was announced before. */
  readonly mimeType: string | null;
  readonly fileName: string | null;
  readonly sizeBytes: number | null;
  /** Which chunks are its content; null until it is stored. */
  readonly content: string | null;
  readonly reason: { readonly code: string; readonly detail: string } | null;
  readonly createdAtMs: number;
}

export interface ClaimedMedia {
  readonly jobId: number;
  readonly leaseToken: string;
  /** Tries made before. */
  readonly tries: number;
  readonly media: MediaRow;
}

/** A part of a file. `content` is the lease of who fetches it: what two write at once does not mix. */
export interface MediaChunk {
  readonly mediaId: string;
  readonly content: string;
  /** 0 for the first. */
  readonly place: number;
  /** In base64. */
  readonly bytes: string;
}

export interface MediaSettlement {
  readonly jobId: number;
  readonly leaseToken: string;
  readonly mediaId: string;
  readonly outcome:
    | { readonly kind: "stored"; readonly mimeType: string; readonly sizeBytes: number }
    | { readonly kind: "failed"; readonly reason: NonNullable<MediaRow["reason"]> }
    /** To be tried again. */
    | {
        readonly kind: "later";
        readonly dueAtMs: number;
        readonly tries: number;
        readonly reason: NonNullable<MediaRow["reason"]>;
      };
}

interface MediaClaim {
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly limit: number;
}

/** The part of the store that keeps people's files. They are announced with what the person did (`recordReceipts`). */
export interface MediaStore {
  /** Leases files that are due to be fetched. */
  claimMedia(request: MediaClaim): Promise<readonly ClaimedMedia[]>;
  putMediaChunk(chunk: MediaChunk): Promise<void>;
  /** Writes what came of a try. Of a lost lease, and of a try that did not store, no chunk stays. */
  settleMedia(settlement: MediaSettlement): Promise<void>;
  findMedia(id: string): Promise<MediaRow | undefined>;
  /** A part of a stored file, in base64; none behind the last. */
  readMediaChunk(which: Omit<MediaChunk, "bytes">): Promise<string | undefined>;
  /** How many bytes are stored, over both modes. */
  sumMediaBytes(): Promise<number>;
  /** Deletes files that were announced before `beforeMs`, the oldest first, at most `limit`; answers how many. */
  forgetMedia(beforeMs: number, limit: number): Promise<number>;
}
