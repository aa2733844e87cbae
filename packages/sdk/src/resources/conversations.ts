import type {
  Conversation,
  ConversationEntry,
  ConversationPage,
  ConversationState,
  ConversationThread,
  CreateNoteRequest,
  Note,
  NotePage,
  SignalResponse,
  UpdateConversationRequest,
} from "@richline/contract";
import { eachItem, type PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface ListConversationsOptions extends PageOptions {
  readonly agentId?: string | undefined;
  readonly state?: ConversationState | undefined;
  readonly assignee?: string | undefined;
  readonly label?: string | undefined;
  /** Only those with something unread, or only those without. */
  readonly unread?: boolean | undefined;
  /** Only those that changed at this time or later, RFC 3339. */
  readonly updatedSince?: string | undefined;
}

/** Where several agents have a conversation under one id: that with the newest activity when not given. */
export interface OfAgent {
  readonly agentId?: string | undefined;
}

export interface ThreadOptions extends PageOptions, OfAgent {
  /** Whether notes stand in it too. */
  readonly notes?: boolean | undefined;
}

export interface Conversations {
  /** One page, the newest activity first. */
  readonly list: (
    query?: ListConversationsOptions,
    options?: CallOptions,
  ) => Promise<ConversationPage>;
  /** All pages, fetched as they are read. */
  readonly listAll: (
    query?: ListConversationsOptions,
    options?: CallOptions,
  ) => AsyncIterable<Conversation>;
  readonly get: (
    conversationId: string,
    query?: OfAgent,
    options?: CallOptions,
  ) => Promise<Conversation>;
  /** Opens or closes it, gives it to somebody, labels it. */
  readonly update: (
    conversationId: string,
    changes: UpdateConversationRequest & OfAgent,
    options?: CallOptions,
  ) => Promise<Conversation>;
  /** One page of everything in it, newest first. */
  readonly thread: (
    conversationId: string,
    query?: ThreadOptions,
    options?: CallOptions,
  ) => Promise<ConversationThread>;
  /** Everything in it, newest first, fetched as it is read. */
  readonly threadAll: (
    conversationId: string,
    query?: ThreadOptions,
    options?: CallOptions,
  ) => AsyncIterable<ConversationEntry>;
  /** Shows on the person's phone that somebody types. Best effort. */
  readonly typing: (
    conversationId: string,
    query?: OfAgent,
    options?: CallOptions,
  ) => Promise<SignalResponse>;
  /** Marks everything as read, here and where possible on the person's phone. */
  readonly read: (
    conversationId: string,
    query?: OfAgent,
    options?: CallOptions,
  ) => Promise<SignalResponse>;
  readonly addNote: (
    conversationId: string,
    note: CreateNoteRequest & OfAgent,
    options?: CallOptions,
  ) => Promise<Note>;
  /** One page of the notes, newest first. */
  readonly listNotes: (
    conversationId: string,
    query?: PageOptions & OfAgent,
    options?: CallOptions,
  ) => Promise<NotePage>;
  readonly deleteNote: (
    conversationId: string,
    noteId: string,
    options?: CallOptions,
  ) => Promise<void>;
}

const root = "/v1/conversations";

export function createConversations({ request }: Transport): Conversations {
  const pathOf = (conversationId: string, what = "") => `${root}/${segment(conversationId)}${what}`;
  const list: Conversations["list"] = async (query, options) => {
    const asked = { ...query, unread: query?.unread?.toString() };
    return (
      await request<ConversationPage>({ ...options, method: "GET", path: root, query: asked })
    ).body;
  };
  const thread: Conversations["thread"] = async (conversationId, query, options) => {
    const path = pathOf(conversationId, "/thread");
    const asked = { ...query, notes: query?.notes?.toString() };
    return (await request<ConversationThread>({ ...options, method: "GET", path, query: asked }))
      .body;
  };
  const signal =
    (what: "/typing" | "/read"): Conversations["typing"] =>
    async (conversationId, query, options) => {
      const path = pathOf(conversationId, what);
      const call = { ...options, method: "POST", path, query: { ...query } } as const;
      return (await request<SignalResponse>(call)).body;
    };
  return {
    list,
    listAll: (query, options) =>
      eachItem((cursor) => list({ ...query, cursor }, options), query?.cursor),
    get: async (conversationId, query, options) => {
      const path = pathOf(conversationId);
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<Conversation>(call)).body;
    },
    update: async (conversationId, { agentId, ...body }, options) => {
      const path = pathOf(conversationId);
      const call = { ...options, method: "PATCH", path, query: { agentId }, body } as const;
      return (await request<Conversation>(call)).body;
    },
    thread,
    threadAll: (conversationId, query, options) =>
      eachItem((cursor) => thread(conversationId, { ...query, cursor }, options), query?.cursor),
    typing: signal("/typing"),
    read: signal("/read"),
    ...createNotes({ request, pathOf }),
  };
}

type Notes = Pick<Conversations, "addNote" | "listNotes" | "deleteNote">;

function createNotes({
  request,
  pathOf,
}: Pick<Transport, "request"> & {
  readonly pathOf: (conversationId: string, what: string) => string;
}): Notes {
  return {
    addNote: async (conversationId, { agentId, ...body }, options) => {
      const path = pathOf(conversationId, "/notes");
      const call = { ...options, method: "POST", path, query: { agentId }, body } as const;
      return (await request<Note>(call)).body;
    },
    listNotes: async (conversationId, query, options) => {
      const path = pathOf(conversationId, "/notes");
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<NotePage>(call)).body;
    },
    deleteNote: async (conversationId, noteId, options) => {
      const path = pathOf(conversationId, `/notes/${segment(noteId)}`);
      await request({ ...options, method: "DELETE", path });
    },
  };
}
