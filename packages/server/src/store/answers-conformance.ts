import { limits } from "@richline/contract";
import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, aReceipt, testStartMs } from "../testing/builders.ts";
import { type NewMessage, type NewReceipt, type Store, sendLane } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const phoneNumber = "+12025550123";
const question = {
  content: {
    text: "Still coming?",
    suggestions: [
      { reply: { text: "Yes", postbackData: "yes" } },
      { reply: { text: "No", postbackData: "no" } },
    ],
  },
  fallbackText: "Still coming?\nReply 1 for Yes, 2 for No",
};

/** What every store guarantees about numbers that answer the list of an SMS. */
export function describeAnswers(name: string, harness: StoreHarness): void {
  describe(`${name}: a number that answers an SMS`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    /** A message that went out, by SMS where nothing else is said. */
    const send = async (
      message: Partial<NewMessage["message"]> = {},
      { channel = "sms", atMs = nowMs }: { channel?: "rcs" | "sms"; atMs?: number } = {},
    ) => {
      const made = aMessage({ phoneNumber, conversationId: "user_123", ...question, ...message });
      const leg = { ...made.leg, channel, providerMessageId: null } as const;
      await store.acceptMessages([{ ...made, leg }]);
      const lane = sendLane("demo", "emulator");
      const [claimed] = await store.claimSends({ lane, nowMs: atMs, leaseMs: 30_000, limit: 1 });
      if (claimed === undefined) throw new Error("nothing was claimed");
      await store.settleSends([
        {
          ...claimed,
          messageUid: made.message.uid,
          agentId: "demo",
          legIndex: 0,
          providerMessageId: made.message.uid,
          change: { kind: "sent", occurredAtMs: atMs },
          reason: undefined,
          next: undefined,
          watchAtMs: undefined,
          nowMs: atMs,
          attempt: {
            messageUid: made.message.uid,
            legIndex: 0,
            number: 1,
            provider: "emulator",
            startedAtMs: atMs,
            endedAtMs: atMs,
            outcome: "accepted",
            code: null,
            detail: null,
          },
        },
      ]);
      return made.message;
    };
    /** What the person writes, and the event that it becomes. */
    const write = async (text: string, receipt: Partial<NewReceipt> = {}) => {
      await store.recordReceipts([
        aReceipt("none", "delivered", {
          channel: "sms",
          receivedAtMs: nowMs + 60_000,
          ...receipt,
          meaning: {
            kind: "interaction",
            phoneNumber,
            interaction: { interactionType: "TEXT", text },
          },
        }),
      ]);
      await harness.settle();
      const page = await store.listEvents({ mode: "test", limit: 200, cursor: undefined });
      return JSON.parse(
        page.items.findLast((one) => /interacted|received/.test(one.type))?.body ?? "",
      );
    };
    const asWords = { type: "message.received", interactionType: "TEXT" };

    it("is the tap on that reply, with the words as they were written", async () => {
      const { id, uid } = await send({ metadata: { order: "7" } });
      expect(await write(" 2. ")).toMatchObject({
        type: "message.interacted",
        conversationId: "user_123",
        messageId: id,
        messageStatus: "INTERACTED",
        interactionType: "REPLY_TAPPED",
        action: { text: "No", postbackData: "no" },
        text: " 2. ",
        channel: "sms",
        metadata: { order: "7" },
      });
      expect(await store.listInteractions(uid)).toMatchObject([
        { interactionType: "REPLY_TAPPED", postbackData: "no" },
      ]);
      expect(await write("yes")).toMatchObject({ messageId: id, action: { postbackData: "yes" } });
    });

    it("answers the SMS that went out last, also where it was accepted before another", async () => {
      const late = await send({}, { atMs: nowMs + 2_000 });
      await send({}, { atMs: nowMs + 1_000 });
      expect(await write("1")).toMatchObject({ messageId: late.id });
    });

    it("is words where the newest SMS shows no list, whatever an older one showed", async () => {
      await send();
      await send(
        { content: { text: "Thank you" }, fallbackText: "Thank you" },
        { atMs: nowMs + 1 },
      );
      expect(await write("1")).toMatchObject(asWords);
    });

    it("is words where the list went over RCS, where it is written over RCS, and to another agent or mode", async () => {
      await send({}, { channel: "rcs" });
      expect(await write("1")).toMatchObject(asWords);
      await send();
      expect(await write("1", { channel: "rcs" })).toMatchObject(asWords);
      expect(await write("1", { agentId: "other" })).toMatchObject(asWords);
      await store.recordReceipts([
        aReceipt("none", "delivered", {
          channel: "sms",
          mode: "live",
          meaning: {
            kind: "interaction",
            phoneNumber,
            interaction: { interactionType: "TEXT", text: "1" },
          },
        }),
      ]);
      await harness.settle();
      const live = await store.listEvents({ mode: "live", limit: 1, cursor: undefined });
      expect(live.items).toMatchObject([{ type: "message.received" }]);
    });

    it("is words when the SMS is more than a day old", async () => {
      await send();
      const end = nowMs + limits.numberedReplyMsMax;
      expect(await write("1", { receivedAtMs: end + 1 })).toMatchObject(asWords);
      expect(await write("1", { receivedAtMs: end })).toMatchObject({
        interactionType: "REPLY_TAPPED",
      });
    });

    it("is about consent where its word is, except for a yes to nothing that was asked", async () => {
      await send();
      const consent = (wants: "OPTED_OUT" | "CONFIRMED") => ({
        phoneNumber,
        purpose: "all",
        said: {
          wants,
          atMs: nowMs,
          method: "keyword" as const,
          recordedAtMs: nowMs,
          words: "Yes",
          provider: "emulator",
          channel: "sms" as const,
          receipt: null,
          actor: null,
          note: null,
        },
      });
      expect(await write("Yes", { consent: consent("CONFIRMED") })).toMatchObject({
        action: { postbackData: "yes" },
      });
      expect(await write("No", { consent: consent("OPTED_OUT") })).toMatchObject(asWords);
      const asked = { ...consent("CONFIRMED").said, wants: "PENDING" as const, atMs: nowMs + 1 };
      const key = { mode: "test", agentId: "demo", phoneNumber, purpose: "all" } as const;
      await store.changeConsents([{ ...key, said: asked }]);
      expect((await store.findConsents("test", phoneNumber))[0]?.state).toBe("PENDING");
      expect(await write("Yes", { consent: consent("CONFIRMED") })).toMatchObject(asWords);
    });
  });
}
