import { limits } from "@richline/contract";
import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, aReceipt, testStartMs } from "../testing/builders.ts";
import type { ConversationChange, NoteRow } from "./conversation-row.ts";
import type { ConversationQuery, ThreadQuery } from "./conversation-store.ts";
import type { NewInteraction, NewReceipt, Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const phoneNumber = "+12025550123";
const conversationId = "user_123";
const key = { mode: "test", agentId: "demo", conversationId } as const;

/** What every store guarantees about conversations. */
export function describeConversations(name: string, harness: StoreHarness): void {
  describe(`${name}: conversations`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const send = async (overrides: Parameters<typeof aMessage>[0] = {}) => {
      const message = aMessage({ phoneNumber, conversationId, ...overrides });
      expect(await store.acceptMessages([message])).toEqual([{ kind: "accepted" }]);
      return message.message;
    };
    const heard = (
      interaction: Partial<NewInteraction> = {},
      receipt: Partial<NewReceipt> = {},
      providerMessageId?: string,
    ): NewReceipt =>
      aReceipt("none", "delivered", {
        channel: "rcs",
        occurredAtMs: nowMs,
        receivedAtMs: nowMs,
        ...receipt,
        meaning: {
          kind: "interaction",
          phoneNumber,
          providerMessageId,
          interaction: { interactionType: "TEXT", text: "Hello", ...interaction },
        },
      });
    const hear = (...given: Parameters<typeof heard>) => store.recordReceipts([heard(...given)]);
    const find = async (which: { readonly agentId?: string } = {}) =>
      store.findConversation({ mode: "test", conversationId, ...which });
    const row = async () => (await find())?.conversation;
    const change = (changes: Partial<ConversationChange>) =>
      store.changeConversation({ key, atMs: nowMs + 10, actor: "key_1", ...changes });
    const list = (query: Partial<ConversationQuery> = {}) =>
      store.listConversations({ mode: "test", limit: 50, cursor: undefined, ...query });
    const idsOf = async (query: Partial<ConversationQuery> = {}) =>
      (await list(query)).items.map(({ conversation }) => conversation.conversationId);
    const updates = async () => {
      await harness.settle();
      const types = ["conversation.updated"] as const;
      const page = await store.listEvents({ mode: "test", limit: 200, cursor: undefined, types });
      return page.items.map((one) => JSON.parse(one.body));
    };
    const aNote = (overrides: Partial<NoteRow> = {}): NoteRow => ({
      ...key,
      id: `note_${String(noteCount++).padStart(6, "0")}`,
      text: "Wants the blue one",
      author: "Ana",
      actor: "key_1",
      createdAtMs: nowMs + 20,
      ...overrides,
    });
    let noteCount = 0;

    describe("what a person says", () => {
      it("makes the conversation, counts as unread, and is the newest thing in it", async () => {
        await send();
        expect(await list()).toEqual({ items: [], nextCursor: undefined });
        await hear();
        await hear({ text: "Anybody?" }, { receivedAtMs: nowMs + 1 });
        expect(await find()).toMatchObject({
          conversation: {
            ...key,
            phoneNumber,
            state: "open",
            unread: 2,
            assignee: null,
            labels: [],
            lastInboundAtMs: nowMs + 1,
            createdAtMs: nowMs,
            updatedAtMs: nowMs + 1,
          },
          last: { kind: "interaction", interactionType: "TEXT", data: { text: "Anybody?" } },
        });
        expect(await updates()).toEqual([]);
      });

      it("opens a closed conversation again, with one event in the same transaction", async () => {
        await hear();
        const closed = { ...key, conversationId: phoneNumber };
        await change({ key: closed, state: "closed", assignee: "ana", read: true });
        await store.recordReceipts([heard(), heard(), heard({ interactionType: "ACTION_TAPPED" })]);
        expect(await store.findConversation(closed)).toMatchObject({
          conversation: { state: "open", unread: 2, assignee: "ana" },
        });
        expect((await updates()).map((event) => event.conversation)).toEqual([
          {
            state: "closed",
            unread: 0,
            assignee: "ana",
            labels: [],
            changed: ["state", "assignee", "unread"],
            actor: "key_1",
          },
          { state: "open", unread: 2, assignee: "ana", labels: [], changed: ["state", "unread"] },
        ]);
      });

      it("is not a button that only opens something: it is in the thread, and asks for nothing", async () => {
        await send();
        await hear();
        await change({ state: "closed", read: true });
        await hear({ interactionType: "ACTION_TAPPED", postbackData: "x", text: undefined });
        expect(await row()).toMatchObject({ state: "closed", unread: 0 });
      });

      it("that the provider tells again counts once", async () => {
        const one = heard();
        await store.recordReceipts([one, one]);
        await store.recordReceipts([one]);
        expect(await store.findConversation({ ...key, conversationId: phoneNumber })).toMatchObject(
          {
            conversation: { unread: 1 },
          },
        );
      });

      it("counts all of it when it comes over many connections at once", async () => {
        await send();
        await Promise.all(Array.from({ length: 20 }, () => hear()));
        expect(await row()).toMatchObject({ unread: 20 });
      });

      it("has a name at its provider, by which it can be marked as read; the channel is the last one", async () => {
        await send();
        expect(await store.findLastInbound(key)).toBeUndefined();
        await hear({}, {}, "abc");
        await hear({ interactionType: "ACTION_TAPPED" }, { provider: "sms", channel: "sms" });
        expect(await store.findLastInbound(key)).toEqual({
          provider: "sms",
          channel: "sms",
          readable: { provider: "emulator", providerMessageId: "abc" },
        });
      });
    });

    describe("a change", () => {
      it("is one event, and none where nothing is new", async () => {
        await send();
        await hear();
        await change({ labels: ["vip", "refund"], assignee: "ana@example.com" });
        expect(await change({ labels: ["vip", "refund"], state: "open" })).toMatchObject({
          labels: ["vip", "refund"],
        });
        expect(await change({ assignee: null, labels: [] })).toMatchObject({ assignee: null });
        const [first, second] = await updates();
        expect(first).toMatchObject({
          agentId: "demo",
          conversationId,
          conversation: { changed: ["assignee", "labels"], actor: "key_1" },
        });
        expect(second.conversation).toEqual({
          state: "open",
          unread: 1,
          labels: [],
          changed: ["assignee", "labels"],
          actor: "key_1",
        });
      });

      it("of a conversation in which only we have written makes it one of the list; of none there is none", async () => {
        const message = await send();
        expect(await find()).toMatchObject({
          conversation: { state: "open", unread: 0, updatedAtMs: message.createdAtMs },
          last: { kind: "message", message: { id: message.id }, channel: "rcs" },
        });
        await change({ labels: ["vip"] });
        expect(await idsOf()).toEqual([conversationId]);
        const unknown = { ...key, conversationId: "nobody" };
        expect(await store.findConversation(unknown)).toBeUndefined();
        expect(await change({ key: unknown, state: "closed" })).toBeUndefined();
      });
    });

    describe("several agents in one conversation", () => {
      it("have one each; where none is named, it is that in which the person was active last", async () => {
        await send();
        await send({ agentId: "other" });
        expect((await find())?.conversation.agentId).toBe("other");
        await hear();
        expect((await find())?.conversation.agentId).toBe("demo");
        await hear({}, { agentId: "other", receivedAtMs: nowMs + 1 });
        expect((await find())?.conversation.agentId).toBe("other");
        expect((await find({ agentId: "demo" }))?.conversation.unread).toBe(1);
        expect(await store.findConversation({ ...key, mode: "live" })).toBeUndefined();
      });
    });

    describe("the list", () => {
      const people = ["a", "b", "c", "d", "e"] as const;
      beforeEach(async () => {
        for (const [index, id] of people.entries()) {
          const number = `+120255501${index}0`;
          await send({ conversationId: id, phoneNumber: number });
          await store.recordReceipts([
            {
              ...heard({}, { receivedAtMs: nowMs + index }),
              meaning: {
                kind: "interaction",
                phoneNumber: number,
                interaction: { interactionType: "TEXT", text: id },
              },
            },
          ]);
        }
      });

      it("has the newest activity first, page by page without gap or repeat", async () => {
        const read: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await list({ limit: 2, cursor });
          read.push(...page.items.map(({ conversation }) => conversation.conversationId));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        expect(read).toEqual(["e", "d", "c", "b", "a"]);
        await change({ key: { ...key, conversationId: "a" }, labels: ["x"], atMs: nowMs + 100 });
        expect((await idsOf({ limit: 1 }))[0]).toBe("a");
      });

      it("is narrowed by agent, state, assignee, label, unread and time, alone and together", async () => {
        await change({ key: { ...key, conversationId: "b" }, state: "closed", read: true });
        await change({
          key: { ...key, conversationId: "c" },
          assignee: "ana",
          labels: ["a_b", "z"],
        });
        expect(await idsOf({ state: "closed" })).toEqual(["b"]);
        expect(await idsOf({ unread: false })).toEqual(["b"]);
        expect(await idsOf({ unread: true, state: "open" })).toEqual(["c", "e", "d", "a"]);
        expect(await idsOf({ assignee: "ana" })).toEqual(["c"]);
        expect(await idsOf({ label: "a_b" })).toEqual(["c"]);
        // No pattern, and no part of a label.
        expect(await idsOf({ label: "axb" })).toEqual([]);
        expect(await idsOf({ label: "a" })).toEqual([]);
        expect(await idsOf({ updatedSinceMs: nowMs + 4 })).toEqual(["c", "b", "e"]);
        expect(await idsOf({ agentId: "other" })).toEqual([]);
        expect(await idsOf({ mode: "live" })).toEqual([]);
        expect(await idsOf({ agentId: "demo", assignee: "ana", label: "z", unread: true })).toEqual(
          ["c"],
        );
      });

      it("shows the newest thing in each, whoever said it, and nothing that is only planned", async () => {
        const late = { createdAtMs: nowMs + 50 };
        const later = await send({ ...late, conversationId: "e", phoneNumber: "+12025550140" });
        const planned = { conversationId: "d", phoneNumber: "+12025550130", sendAtMs: nowMs + 100 };
        await send({ ...late, ...planned, status: "SCHEDULED" });
        const { items } = await list({ limit: 2 });
        expect(items.map(({ last }) => last)).toMatchObject([
          { kind: "message", message: { id: later.id } },
          { kind: "interaction", data: { text: "d" } },
        ]);
      });
    });

    describe("the thread", () => {
      const thread = (query: Partial<ThreadQuery> = {}) =>
        store.listThread({
          mode: "test",
          conversationId,
          phoneNumber,
          notes: true,
          limit: 50,
          cursor: undefined,
          ...query,
        });
      /** Eight things, one after the other. */
      const talk = async () => {
        await send({ id: "one", createdAtMs: nowMs - 50 });
        await hear({ text: "two" }, { occurredAtMs: nowMs - 40 });
        await send({ id: "three", createdAtMs: nowMs - 30 });
        await store.addNote(aNote({ text: "four", createdAtMs: nowMs - 25 }));
        await send({ id: "five", agentId: "other", createdAtMs: nowMs - 20 });
        await hear({ text: "six" }, { occurredAtMs: nowMs - 15, channel: "sms" });
        await store.changeConsents([
          {
            mode: "test",
            agentId: "demo",
            phoneNumber,
            purpose: "all",
            said: {
              wants: "OPTED_OUT",
              atMs: nowMs - 10,
              method: "api",
              recordedAtMs: nowMs,
              words: null,
              provider: null,
              channel: null,
              receipt: null,
              actor: null,
              note: null,
            },
          },
        ]);
        await store.addNote(aNote({ text: "eight", createdAtMs: nowMs - 5 }));
      };
      const inBrief = (items: Awaited<ReturnType<typeof thread>>["items"]) =>
        items.map((entry) => {
          if (entry.kind === "message") return entry.message.id;
          if (entry.kind === "interaction") return entry.data.text;
          return entry.kind === "note" ? entry.note.text : entry.record.state;
        });

      it("merges what was sent, said, noted and decided, newest first", async () => {
        await talk();
        const { items, nextCursor } = await thread();
        expect(inBrief(items)).toEqual([
          "eight",
          "OPTED_OUT",
          "six",
          "five",
          "four",
          "three",
          "two",
          "one",
        ]);
        expect(nextCursor).toBeUndefined();
        expect(items[2]).toMatchObject({ kind: "interaction", channel: "sms", agentId: "demo" });
        expect(inBrief((await thread({ notes: false, agentId: "demo" })).items)).toEqual([
          "OPTED_OUT",
          "six",
          "three",
          "two",
          "one",
        ]);
      });

      it.each([1, 2, 3, 7])(
        "is the same read %i at a time, whatever comes meanwhile",
        async (limit) => {
          await talk();
          const whole = inBrief((await thread()).items);
          const read: unknown[] = [];
          let cursor: string | undefined;
          do {
            const page = await thread({ limit, cursor });
            read.push(...inBrief(page.items));
            cursor = page.nextCursor;
            await send({ createdAtMs: nowMs + 100 });
          } while (cursor !== undefined);
          expect(read).toEqual(whole);
        },
      );
    });

    describe("notes", () => {
      it("are added, listed newest first and deleted, each with an event that does not hold their words", async () => {
        await send();
        expect(await store.addNote(aNote({ id: "note_a" }))).toBe("added");
        expect(await store.addNote(aNote({ id: "note_b", text: "Second" }))).toBe("added");
        const query = { mode: "test", conversationId, limit: 1, cursor: undefined } as const;
        const page = await store.listNotes(query);
        expect(page).toMatchObject({ items: [{ id: "note_b" }], nextCursor: "note_b" });
        expect(await store.listNotes({ ...query, cursor: "note_b" })).toMatchObject({
          items: [{ id: "note_a", text: "Wants the blue one", author: "Ana" }],
          nextCursor: undefined,
        });
        const removal = { mode: "test", conversationId, actor: "key_2", atMs: nowMs + 30 } as const;
        expect(await store.deleteNote({ ...removal, noteId: "note_a" })).toBe(true);
        expect(await store.deleteNote({ ...removal, noteId: "note_a" })).toBe(false);
        expect(await store.deleteNote({ ...removal, noteId: "note_b", mode: "live" })).toBe(false);
        const told = await updates();
        expect(told.map(({ conversation }) => conversation.changed)).toEqual([
          ["notes"],
          ["notes"],
          ["notes"],
        ]);
        expect(JSON.stringify(told)).not.toContain("blue");
      });

      it("are of a conversation that is there, and no more than fit", async () => {
        expect(await store.addNote(aNote())).toBe("not_found");
        await send();
        const max = limits.notesPerConversationMax;
        for (let count = 0; count < max; count += 1) await store.addNote(aNote());
        expect(await store.addNote(aNote())).toBe("full");
      });
    });
  });
}
