import type { ConversationEntry, Event } from "@richline/sdk";
import { describe, expect, test } from "vitest";
import {
  agentId,
  ana,
  type Stack,
  smsProviderName,
  startStack,
  twilioSettings,
  untilStatus,
} from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const { conversationId, phoneNumber } = ana;
const start = (kind: StoreUnderTest) => startStack(kind, { sms: true });

/** The conversation once it is as the test wants it. */
function untilConversation(
  { client }: Stack,
  what: string,
  is: (one: Awaited<ReturnType<Stack["client"]["conversations"]["get"]>>) => boolean,
) {
  return until(`the conversation ${what}`, async () => {
    const [one] = (await client.conversations.list()).items;
    return one !== undefined && is(one) ? one : undefined;
  });
}

function untilEvent({ client }: Stack, type: Event["type"], is: (event: Event) => boolean) {
  return until(`an event ${type} is logged`, async () => {
    const { items } = await client.events.list({ type, limit: 200 });
    return items.find(is);
  });
}

async function say({ carrier }: Stack, text: string): Promise<void> {
  await carrier.personSends(phoneNumber, { text, agentId });
}

async function send({ client }: Stack, messageId: string, message: object) {
  await client.messages.send({ conversationId, messageId, message });
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`conversations, on ${kind.name}`, () => {
    test("are kept from the first word to the end, with everything that was said in between", async () => {
      const stack = await start(kind);
      const { client, carrier } = stack;
      await send(stack, "hello", { text: "How was it?" });
      await untilStatus(stack, "hello", "DELIVERED");
      expect((await client.conversations.list()).items).toEqual([]);
      await say(stack, "Too small");
      await untilConversation(stack, "has something unread", ({ unread }) => unread === 1);

      await client.conversations.update(conversationId, { assignee: "ana", labels: ["refund"] });
      await client.conversations.addNote(conversationId, { text: "Second time" });
      expect(await client.conversations.typing(conversationId)).toEqual({ sent: true });
      expect(await carrier.showsTyping(phoneNumber)).toBe(true);
      expect(await client.conversations.read(conversationId)).toEqual({ sent: true });
      const [said] = (await carrier.thread(phoneNumber)).filter(
        (one) => one.direction === "inbound",
      );
      expect(said).toMatchObject({ content: { text: "Too small" }, readAt: expect.any(String) });

      await client.conversations.update(conversationId, { state: "closed" });
      await say(stack, "One more thing");
      const opened = await untilConversation(stack, "is open again", (one) => one.unread === 1);
      expect(opened).toMatchObject({
        state: "open",
        assignee: "ana",
        labels: ["refund"],
        lastMessage: { direction: "inbound", preview: "One more thing", channel: "rcs" },
      });
      const entries: ConversationEntry[] = [];
      const query = { notes: true, limit: 2 };
      for await (const entry of client.conversations.threadAll(conversationId, query)) {
        entries.push(entry);
      }
      expect(entries.map((entry) => entry.kind).toSorted()).toEqual([
        "interaction",
        "interaction",
        "message",
        "note",
      ]);
      // The log shows an event once no earlier transaction is under way.
      const updates = await until("every change is logged", async () => {
        const { items } = await client.events.list({ type: "conversation.updated", limit: 200 });
        return items.length < 5 ? undefined : items;
      });
      expect(updates.map(({ conversation }) => conversation?.changed)).toEqual([
        ["assignee", "labels"],
        ["notes"],
        ["unread"],
        ["state"],
        ["state", "unread"],
      ]);
    });

    test("tell that the person types", async () => {
      const stack = await start(kind);
      await send(stack, "hello", { text: "How was it?" });
      await untilStatus(stack, "hello", "DELIVERED");
      await stack.carrier.personTypes(phoneNumber);
      await untilEvent(stack, "recipient.typing", (one) => one.conversationId === conversationId);
    });

    test("go on by SMS: its numbers are the replies of what was asked, and no signals are sent", async () => {
      const stack = await start(kind);
      const { client, carrier } = stack;
      await carrier.makePhone({ phoneNumber, rcs: "none" });
      const { from, accountSid, authToken } = twilioSettings;
      const inboundUrl = `${stack.url}/webhooks/${smsProviderName}`;
      await carrier.changeSender(from, { wire: "twilio", accountSid, authToken, inboundUrl });
      const suggestions = [
        { reply: { text: "Yes", postbackData: "coming" } },
        { reply: { text: "No", postbackData: "not_coming" } },
      ];
      await send(stack, "question", { text: "Still coming?", suggestions });
      await untilStatus(stack, "question", "DELIVERED");
      expect(await carrier.thread(phoneNumber)).toMatchObject([
        { channel: "sms", content: { text: "Still coming?\nReply 1 for Yes, 2 for No" } },
      ]);
      await carrier.personSends(phoneNumber, { text: "2", channel: "sms" });
      const tapped = await untilEvent(stack, "message.interacted", () => true);
      expect(tapped).toMatchObject({
        conversationId,
        messageId: "question",
        interactionType: "REPLY_TAPPED",
        action: { text: "No", postbackData: "not_coming" },
        text: "2",
        channel: "sms",
      });
      expect(await client.conversations.read(conversationId)).toMatchObject({
        sent: false,
        reason: { code: "signal_unsupported" },
      });
      expect(await client.conversations.get(conversationId)).toMatchObject({ unread: 0 });

      await carrier.personSends(phoneNumber, { text: "STOP", channel: "sms" });
      await untilEvent(stack, "recipient.opted_out", () => true);
      const { items } = await client.conversations.thread(conversationId);
      expect(items.map(({ kind: entry }) => entry).toSorted()).toEqual([
        "consent",
        "interaction",
        "interaction",
        "message",
      ]);
      expect(await client.conversations.typing(conversationId)).toMatchObject({ sent: false });
    });
  });
}
