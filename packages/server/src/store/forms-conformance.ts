import type { Form } from "@richline/contract";
import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, testStartMs } from "../testing/builders.ts";
import type { FormSubmission } from "./form-store.ts";
import type { NewMessage, Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const expiresAtMs = testStartMs + 60_000;
const token = "AAAAAAAAAAAAAAAAAAAAAA";

/** What every store guarantees about forms. */
export function describeForms(name: string, harness: StoreHarness): void {
  describe(`${name}: forms`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const accept = async (overrides: Partial<Form> = {}): Promise<NewMessage> => {
      const form: Form = {
        name: "booking",
        title: "Book a table",
        fields: [{ type: "number", name: "guests", label: "Guests" }],
        ...overrides,
      };
      const message = {
        ...aMessage({ messageType: "form", content: { form }, metadata: { order: "7" } }),
        form: { token, expiresAtMs },
      };
      await store.acceptMessages([message]);
      return message;
    };
    const submit = (overrides: Partial<FormSubmission> = {}) =>
      store.submitForm({
        token,
        values: { guests: 2 },
        nowMs,
        confirmation: undefined,
        ...overrides,
      });
    const submitted = async () => {
      await harness.settle();
      const page = await store.listEvents({ mode: "test", limit: 200, cursor: undefined });
      return page.items
        .filter(({ type }) => type === "message.interacted")
        .map(({ body }) => JSON.parse(body));
    };

    it("keeps the page of a message, and finds it by its token and by its message", async () => {
      const { message } = await accept();
      const other = aMessage();
      await store.acceptMessages([other]);
      expect(await store.findForm(token)).toMatchObject({
        token,
        expiresAtMs,
        messageUid: message.uid,
        messageId: message.id,
        messageStatus: "QUEUED",
        conversationId: message.conversationId,
        phoneNumber: message.phoneNumber,
        form: { name: "booking" },
        submissions: 0,
        submittedAtMs: null,
        values: null,
      });
      expect(await store.findForm("BAAAAAAAAAAAAAAAAAAAAA")).toBeUndefined();
      expect(await store.findFormLinks([message.uid, other.message.uid])).toEqual([
        { messageUid: message.uid, token, locale: null },
      ]);
      const { mode, conversationId } = message;
      const said = { locale: "pt-BR" } as const;
      await store.changeContacts([{ mode, conversationId, said, creates: false, nowMs }], true);
      expect(await store.findForm(token)).toMatchObject({ locale: "pt-BR" });
      expect(await store.findFormLinks([message.uid])).toMatchObject([{ locale: "pt-BR" }]);
    });

    it("keeps what was submitted, with its interaction and its event", async () => {
      const { message } = await accept();
      expect(await submit()).toBe("submitted");
      expect(await store.findForm(token)).toMatchObject({
        submissions: 1,
        submittedAtMs: nowMs,
        values: { guests: 2 },
      });
      expect(await submitted()).toMatchObject([
        {
          messageId: message.id,
          messageStatus: "INTERACTED",
          interactionType: "FORM_SUBMITTED",
          action: { postbackData: "booking" },
          form: { name: "booking", values: { guests: 2 }, submissions: 1 },
          metadata: { order: "7" },
        },
      ]);
      expect(await store.listInteractions(message.uid)).toMatchObject([
        { interactionType: "FORM_SUBMITTED", postbackData: "booking" },
      ]);
    });

    it("stands in the conversation, unread", async () => {
      const { message } = await accept();
      await submit();
      const { items } = await store.listConversations({
        mode: "test",
        limit: 5,
        cursor: undefined,
      });
      expect(items.map(({ conversation }) => conversation)).toMatchObject([
        { conversationId: message.conversationId, unread: 1, lastInboundAtMs: nowMs },
      ]);
    });

    it("takes a button that was pressed twice once, also when both come at the same time", async () => {
      await accept();
      expect((await Promise.all([submit(), submit()])).toSorted()).toEqual([
        "submitted",
        "unchanged",
      ]);
      expect(await submit()).toBe("unchanged");
      expect(await submitted()).toHaveLength(1);
    });

    it("takes other values only of a form that is editable", async () => {
      await accept();
      await submit();
      expect(await submit({ values: { guests: 3 } })).toBe("submitted_before");
      expect(await store.findForm(token)).toMatchObject({ values: { guests: 2 } });
    });

    it("takes other values of an editable form, each with an event", async () => {
      await accept({ editable: true });
      await submit();
      expect(await submit({ values: { guests: 3 } })).toBe("submitted");
      expect((await submitted()).map(({ form }) => form)).toEqual([
        { name: "booking", values: { guests: 2 }, submissions: 1 },
        { name: "booking", values: { guests: 3 }, submissions: 2 },
      ]);
    });

    it("takes nothing after its time, nor when its message was taken back", async () => {
      const { message } = await accept();
      expect(await submit({ nowMs: expiresAtMs })).toBe("closed");
      await store.cancelMessage({
        key: { mode: "test", id: message.id },
        reason: { code: "cancelled" },
        audit: {
          mode: "test",
          atMs: nowMs,
          actor: "key_1",
          action: "message.cancel",
          subject: message.id,
          detail: {},
        },
      });
      expect(await submit()).toBe("closed");
      expect(await submit({ token: "BAAAAAAAAAAAAAAAAAAAAA" })).toBe("not_found");
      expect(await submitted()).toEqual([]);
    });

    it("sends the confirmation with the first submission, and only then", async () => {
      await accept({ editable: true });
      const confirmation = aMessage();
      await submit({ confirmation });
      const second = aMessage();
      await submit({ values: { guests: 3 }, confirmation: second });
      expect(await store.getMessage("test", confirmation.message.id)).toBeDefined();
      expect(await store.getMessage("test", second.message.id)).toBeUndefined();
    });
  });
}
