import type { Mode } from "@richline/contract";
import { PlatformError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { ConversationChange, NoteRow } from "../store/conversation-row.ts";
import type { ConversationView } from "../store/conversation-store.ts";
import type { ConversationsContext } from "./conversations-context.ts";
import { createSignals, type Signalled } from "./signals.ts";

/** Which conversation; that of the agent with the newest activity where none is named. */
export interface WhichConversation {
  readonly mode: Mode;
  readonly conversationId: string;
  readonly agentId?: string | undefined;
}

/** Who does something to a conversation. */
export interface Colleague {
  /** The id of the API key. */
  readonly keyId: string;
  /** Its name. */
  readonly keyName: string;
}

/** What is not given stays. */
export type ConversationChanges = Pick<ConversationChange, "state" | "assignee" | "labels">;

/** What people and bots do with conversations. Everything rejects with `not_found` where nobody has written anything. */
export interface Conversations {
  find(which: WhichConversation): Promise<ConversationView>;
  change(
    which: WhichConversation,
    who: Colleague,
    changes: ConversationChanges,
  ): Promise<ConversationView>;
  addNote(
    which: WhichConversation,
    who: Colleague,
    note: { readonly text: string; readonly author: string | undefined },
  ): Promise<NoteRow>;
  /** Shows on the person's phone that somebody types. */
  signalTyping(which: WhichConversation): Promise<Signalled>;
  /** Marks everything as read, and tells the person's phone where that is possible. */
  markRead(which: WhichConversation, who: Colleague): Promise<Signalled>;
}

export function createConversations(options: ConversationsContext): Conversations {
  const { store, clock } = options;
  const signals = createSignals(options);
  const find = async (which: WhichConversation): Promise<ConversationView> => {
    const found = await store.findConversation(which);
    if (found === undefined) throw new PlatformError("not_found");
    return found;
  };
  return {
    find,
    change: async (which, { keyId }, changes) => {
      const { conversation, last } = await find(which);
      const change = { ...changes, key: conversation, atMs: clock.now(), actor: keyId };
      const changed = await store.changeConversation(change);
      if (changed === undefined) throw new PlatformError("not_found");
      return { conversation: changed, last };
    },
    addNote: async (which, { keyId, keyName }, { text, author }) => {
      const { mode, conversationId, agentId } = (await find(which)).conversation;
      const note = {
        id: newId("note"),
        mode,
        conversationId,
        agentId,
        text,
        author: author ?? keyName,
        actor: keyId,
        createdAtMs: clock.now(),
      };
      const result = await store.addNote(note);
      if (result === "full") throw new PlatformError("limit_reached");
      if (result === "not_found") throw new PlatformError("not_found");
      return note;
    },
    signalTyping: async (which) => signals.typing(await find(which)),
    markRead: async (which, { keyId }) => {
      const view = await find(which);
      const { conversation } = view;
      if (conversation.unread > 0) {
        const atMs = clock.now();
        await store.changeConversation({ key: conversation, atMs, actor: keyId, read: true });
      }
      return signals.read(view);
    },
  };
}
