import type { Mode } from "@richline/contract";
import type {
  ConsentFilter,
  ConsentHistoryFilter,
  ConsentKey,
  ConsentRecordRow,
  ConsentResult,
  ConsentRow,
  ConsentSubject,
  NewConsent,
} from "./consent-row.ts";
import type { NewMessage } from "./message-row.ts";
import type { Page, PageRequest } from "./page.ts";

/** Messages that tell a person that their will is done; one of them goes out where the state changes to it. */
export type Confirmations = Readonly<Partial<Record<"OPTED_OUT" | "OPTED_IN", NewMessage>>>;

export interface ConsentChange extends ConsentKey {
  readonly said: NewConsent;
  /** Their conversation is filled in when they are stored. */
  readonly confirmations?: Confirmations | undefined;
}

/**
 * What a receipt says about a person's will, in the mode and to the agent that it is for. Of a notice that
 * somebody opted out or in, the event is logged where the state changes, and not by itself.
 */
export type ReceiptConsent = Omit<ConsentChange, "mode" | "agentId">;

export type ConsentQuery = PageRequest & ConsentFilter;
export type ConsentHistoryQuery = PageRequest & ConsentHistoryFilter;

/** The part of the store that knows what people want. */
export interface ConsentStore {
  /**
   * Writes what was said: a line of the proof each, and where the state changes (`domain/consent.ts`) the
   * state, its event and the confirmation, in one transaction. At most 500.
   */
  changeConsents(batch: readonly ConsentChange[]): Promise<readonly ConsentResult[]>;
  /** Whether these people opted out of the purpose or of all, or were asked and have not answered; in the order asked. */
  findOptOuts(subjects: readonly ConsentSubject[]): Promise<readonly boolean[]>;
  /** All that is stored of one number, by agent and purpose; at most 1,000. */
  findConsents(mode: Mode, phoneNumber: string): Promise<readonly ConsentRow[]>;
  /** By agent, number and purpose. */
  listConsents(query: ConsentQuery): Promise<Page<ConsentRow>>;
  /** The proof of one number, newest first. */
  listConsentHistory(query: ConsentHistoryQuery): Promise<Page<ConsentRecordRow>>;
}
