import type { EventData, InteractionType } from "@richline/contract";
import type { Channel } from "../domain/lifecycle.ts";
import type { ConsentRecordRow } from "./consent-row.ts";
import type {
  ConversationChange,
  ConversationFilter,
  ConversationKey,
  ConversationRow,
  LastInbound,
  NoteRow,
} from "./conversation-row.ts";
import type { MessageRow } from "./message-row.ts";
import type { Page, PageRequest } from "./page.ts";

export type ConversationQuery = PageRequest & ConversationFilter;

/** A conversation with the newest thing in it. */
export interface ConversationView {
  readonly conversation: ConversationRow;
  readonly last: ThreadEntryRow | undefined;
}

export interface ThreadQuery extends PageRequest, Omit<ConversationKey, "agentId"> {
  /** All agents when not given. */
  readonly agentId?: string | undefined;
  /** Whose consent stands in it. */
  readonly phoneNumber: string;
  /** Whether notes stand in it too. */
  readonly notes: boolean;
}

/** One entry of a thread. */
export type ThreadEntryRow =
  | {
      readonly kind: "message";
      readonly atMs: number;
      readonly message: MessageRow;
      /** What it goes over, or went over last. */
      readonly channel: Channel;
    }
  | {
      readonly kind: "interaction";
      readonly atMs: number;
      readonly id: string;
      readonly agentId: string;
      readonly interactionType: InteractionType;
      /** Null for what was stored before channels were. */
      readonly channel: Channel | null;
      /** What its event says. */
      readonly data: EventData;
    }
  | { readonly kind: "consent"; readonly atMs: number; readonly record: ConsentRecordRow }
  | { readonly kind: "note"; readonly atMs: number; readonly note: NoteRow };

export interface NoteQuery extends PageRequest, Omit<ConversationKey, "agentId"> {
  readonly agentId?: string | undefined;
}

export interface NoteRemoval extends Omit<ConversationKey, "agentId"> {
  readonly noteId: string;
  /** The id of the API key that asks. */
  readonly actor: string;
  readonly atMs: number;
}

/**
 * The part of the store that knows conversations. What people do changes them in the transaction that records
 * it; what we send changes none, and is read from the messages.
 */
export interface ConversationStore {
  /** Of the agent with the newest activity where none is named; also one in which only we have written. */
  findConversation(
    key: Omit<ConversationKey, "agentId"> & { readonly agentId?: string | undefined },
  ): Promise<ConversationView | undefined>;
  /** Those in which the person did or somebody changed something, the newest activity first. */
  listConversations(query: ConversationQuery): Promise<Page<ConversationView>>;
  /** Changes what is given, with one event where something is new; `undefined` where nobody has written anything. */
  changeConversation(change: ConversationChange): Promise<ConversationRow | undefined>;
  /** Newest first. */
  listThread(query: ThreadQuery): Promise<Page<ThreadEntryRow>>;
  /** How the person reached us last; none where they never did. */
  findLastInbound(key: ConversationKey): Promise<LastInbound | undefined>;
  /** Writes a note and an event; a conversation holds `limits.notesPerConversationMax`. */
  addNote(note: NoteRow): Promise<"added" | "not_found" | "full">;
  /** Newest first. */
  listNotes(query: NoteQuery): Promise<Page<NoteRow>>;
  deleteNote(removal: NoteRemoval): Promise<boolean>;
}
