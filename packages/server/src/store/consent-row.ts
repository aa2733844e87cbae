import type { ConsentMethod, ConsentState, Mode } from "@richline/contract";
import type { ConsentSignal } from "../domain/consent.ts";
import type { Channel } from "../domain/lifecycle.ts";

/** Whose will, towards whom, about what. */
export interface ConsentKey {
  readonly mode: Mode;
  readonly agentId: string;
  readonly phoneNumber: string;
  /** `all` for everything. */
  readonly purpose: string;
}

export interface ConsentRow extends ConsentKey {
  readonly state: ConsentState;
  /** When it was said last. */
  readonly atMs: number;
  readonly method: ConsentMethod;
}

/** What was said, with all that proves it. */
export interface NewConsent extends ConsentSignal {
  /** When we learnt of it. */
  readonly recordedAtMs: number;
  /** The person's own words. */
  readonly words: string | null;
  readonly provider: string | null;
  readonly channel: Channel | null;
  /** The provider's own id of what it told us. */
  readonly receipt: string | null;
  /** The id of the API key that asked. */
  readonly actor: string | null;
  readonly note: string | null;
}

export interface ConsentResult {
  /** The state from now on; undefined where nothing is stored still. */
  readonly row: ConsentRow | undefined;
  /** Whether it changed; then one event was logged. */
  readonly changed: boolean;
}

/** One line of the proof. */
export interface ConsentRecordRow extends ConsentKey, Omit<NewConsent, "wants"> {
  readonly id: string;
  readonly state: ConsentState | null;
  readonly changed: boolean;
}

/** A message's person and purpose; null for a message that names none. */
export interface ConsentSubject extends Omit<ConsentKey, "purpose"> {
  readonly purpose: string | null;
}

export interface ConsentFilter {
  readonly mode: Mode;
  readonly agentId?: string | undefined;
  readonly purpose?: string | undefined;
  readonly state?: ConsentState | undefined;
}

export interface ConsentHistoryFilter {
  readonly mode: Mode;
  readonly phoneNumber: string;
  readonly agentId?: string | undefined;
}
