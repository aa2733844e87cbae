import type { ConversationState, Mode } from "@richline/contract";
import type { Channel } from "../domain/lifecycle.ts";

/** Whose conversation, with whom. */
export interface ConversationKey {
  readonly mode: Mode;
  readonly conversationId: string;
  readonly agentId: string;
}

export interface ConversationRow extends ConversationKey {
  readonly phoneNumber: string;
  readonly state: ConversationState;
  /** How much the person said since somebody read it last. */
  readonly unread: number;
  readonly assignee: string | null;
  readonly labels: readonly string[];
  /** When the person did something last; null where they never did. */
  readonly lastInboundAtMs: number | null;
  readonly createdAtMs: number;
  /** When the person did something last, or somebody changed it. */
  readonly updatedAtMs: number;
}

export interface ConversationFilter {
  readonly mode: Mode;
  readonly agentId?: string | undefined;
  readonly state?: ConversationState | undefined;
  readonly assignee?: string | undefined;
  readonly label?: string | undefined;
  readonly unread?: boolean | undefined;
  /** Changed then or later. */
  readonly updatedSinceMs?: number | undefined;
}

/** What somebody changes about a conversation; what is not given stays. */
export interface ConversationChange {
  readonly key: ConversationKey;
  readonly atMs: number;
  /** The id of the API key that asks. */
  readonly actor: string;
  readonly state?: ConversationState | undefined;
  readonly assignee?: string | null | undefined;
  readonly labels?: readonly string[] | undefined;
  /** Everything in it was read. */
  readonly read?: boolean;
}

export interface NoteRow extends ConversationKey {
  readonly id: string;
  readonly text: string;
  readonly author: string;
  /** The id of the API key that asked. */
  readonly actor: string;
  readonly createdAtMs: number;
}

/** How a person reached us last. */
export interface LastInbound {
  readonly provider: string;
  readonly channel: Channel | null;
  /** The newest thing that the person sent and that the provider has a name for, if there is one. */
  readonly readable: { readonly provider: string; readonly providerMessageId: string } | undefined;
}
