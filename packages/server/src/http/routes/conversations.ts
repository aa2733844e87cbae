import {
  type Conversation,
  type ConversationEntry,
  type EventData,
  limits,
  type Note,
} from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { NoteRow } from "../../store/conversation-row.ts";
import type { ConversationView, ThreadEntryRow } from "../../store/conversation-store.ts";
import { defineRoute, type RouteInput } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";
import { toListItem } from "../message-view.ts";
import { previewOf } from "../preview.ts";

export function registerConversations(server: FastifyInstance, context: HttpContext): void {
  const { store, conversations } = context;
  defineRoute(server, context, "listConversations", async ({ caller, query }) => {
    const { cursor, unread, updatedSince, ...filter } = query;
    if (cursor !== undefined && !/^[0-9]{1,15} \S{1,64} \S{1,128}$/.test(cursor))
      throw new PlatformError("invalid_cursor");
    const page = await store.listConversations({
      ...filter,
      cursor,
      mode: caller.mode,
      unread: unread === undefined ? undefined : unread === "true",
      updatedSinceMs: updatedSince === undefined ? undefined : Date.parse(updatedSince),
    });
    return { items: page.items.map(toConversation), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "getConversation", async (input) =>
    toConversation(await conversations.find(which(input))),
  );
  defineRoute(server, context, "updateConversation", async (input) =>
    toConversation(await conversations.change(which(input), input.caller, input.body)),
  );
  defineRoute(server, context, "sendTyping", async (input) => {
    const signalled = await conversations.signalTyping(which(input));
    return input.reply.code(202).send(signalled);
  });
  defineRoute(server, context, "markRead", async (input) => {
    const signalled = await conversations.markRead(which(input), input.caller);
    return input.reply.code(202).send(signalled);
  });
  registerThread(server, context);
  registerNotes(server, context);
}

function registerThread(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "getThread", async (input) => {
    const { cursor, limit, notes } = input.query;
    if (cursor !== undefined && !isThreadCursor(cursor)) throw new PlatformError("invalid_cursor");
    const { conversation } = await context.conversations.find(which(input));
    const page = await context.store.listThread({
      ...which(input),
      phoneNumber: conversation.phoneNumber,
      notes: notes === "true",
      limit,
      cursor,
    });
    const items = page.items.map((entry) => toEntry(context, entry));
    return { items, nextCursor: page.nextCursor };
  });
}

/** A place in each kind of entries, in the store's order; that of consent is the number of a line. */
function isThreadCursor(cursor: string): boolean {
  return /^(\.|=?[\w-]{1,80}) (\.|=?[\w-]{1,80}) (\.|=?[0-9]{1,15})( (\.|=?[\w-]{1,80}))?$/.test(
    cursor,
  );
}

function registerNotes(server: FastifyInstance, context: HttpContext): void {
  const { store, conversations, clock } = context;
  defineRoute(server, context, "createNote", async (input) => {
    const { text, author } = input.body;
    const note = await conversations.addNote(which(input), input.caller, { text, author });
    input.reply.code(201);
    return toNote(note);
  });
  defineRoute(server, context, "listNotes", async (input) => {
    const { cursor, limit } = input.query;
    if (cursor !== undefined && !/^[\w-]{1,80}$/.test(cursor))
      throw new PlatformError("invalid_cursor");
    const page = await store.listNotes({ ...which(input), limit, cursor });
    if (page.items.length === 0) await conversations.find(which(input));
    return { items: page.items.map(toNote), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "deleteNote", async ({ caller, parameter, reply }) => {
    const deleted = await store.deleteNote({
      mode: caller.mode,
      conversationId: parameter("conversationId"),
      noteId: parameter("noteId"),
      actor: caller.keyId,
      atMs: clock.now(),
    });
    if (!deleted) throw new PlatformError("not_found");
    return reply.code(204).send();
  });
}

/** Whose conversation a request is about. */
function which({
  caller,
  parameter,
  query,
}: Pick<RouteInput<"getConversation">, "caller" | "parameter" | "query">) {
  return {
    mode: caller.mode,
    conversationId: parameter("conversationId"),
    agentId: query.agentId,
  };
}

function toConversation({ conversation, last }: ConversationView): Conversation {
  const { mode, agentId: ofAgent, conversationId, phoneNumber, state, unread } = conversation;
  return {
    conversationId,
    agentId: ofAgent,
    mode,
    phoneNumber,
    state,
    unread,
    ...(conversation.assignee === null ? {} : { assignee: conversation.assignee }),
    labels: [...conversation.labels],
    ...toLast(last),
    ...(conversation.lastInboundAtMs === null
      ? {}
      : { lastInboundAt: toTimestamp(conversation.lastInboundAtMs) }),
    createdAt: toTimestamp(conversation.createdAtMs),
    updatedAt: toTimestamp(conversation.updatedAtMs),
  };
}

function toLast(last: ThreadEntryRow | undefined): Pick<Conversation, "lastMessage"> {
  if (last === undefined) return {};
  const preview = previewOf(last);
  const inBrief = { at: toTimestamp(last.atMs), ...(preview === undefined ? {} : { preview }) };
  if (last.kind === "message") {
    const { id: messageId, status } = last.message;
    const { channel } = last;
    return { lastMessage: { direction: "outbound", ...inBrief, channel, messageId, status } };
  }
  if (last.kind !== "interaction") return {};
  const { channel, interactionType, data } = last;
  return {
    lastMessage: {
      direction: "inbound",
      ...inBrief,
      ...(channel === null ? {} : { channel }),
      ...(data.messageId === undefined ? {} : { messageId: data.messageId }),
      interactionType,
    },
  };
}

function toEntry(context: HttpContext, entry: ThreadEntryRow): ConversationEntry {
  const at = toTimestamp(entry.atMs);
  switch (entry.kind) {
    case "message": {
      const { message, channel } = entry;
      const { id, agentId: ofAgent } = message;
      const what = { id, at, agentId: ofAgent, channel, message: toListItem(message) };
      return { kind: "message", direction: "outbound", ...what };
    }
    case "interaction": {
      const { id, agentId: ofAgent, channel, interactionType, data } = entry;
      const { messageId, action, text, location, form } = data;
      const file = withFreshLink(context, data.file);
      return {
        kind: "interaction",
        direction: "inbound",
        id,
        at,
        agentId: ofAgent,
        ...(channel === null ? {} : { channel }),
        interactionType,
        ...given({ messageId, action, text, location, form, file }),
      };
    }
    case "consent": {
      const { id, agentId: ofAgent, state, purpose, method } = entry.record;
      if (state === null) throw new Error("A consent that changed has no state.");
      return { kind: "consent", id, at, agentId: ofAgent, state, purpose, method };
    }
    case "note": {
      const { id, agentId: ofAgent, text, author } = entry.note;
      return { kind: "note", id, at, agentId: ofAgent, text, author };
    }
  }
}

type SharedFile = EventData["file"];

/** The link of the event has an end, and may be past it. */
function withFreshLink({ mediaLinks }: HttpContext, file: SharedFile): SharedFile {
  if (file?.mediaId === undefined) return file;
  return { ...file, fileUri: mediaLinks.make(file.mediaId, limits.mediaLinkMsMax).link };
}

/** Without the fields that say nothing. */
function given<Fields extends object>(fields: Fields): Fields {
  // SAFETY: only fields that are undefined are left out, and those may be missing.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Fields;
}

function toNote({ id, agentId: ofAgent, text, author, actor, createdAtMs }: NoteRow): Note {
  return { id, agentId: ofAgent, text, author, actor, createdAt: toTimestamp(createdAtMs) };
}
