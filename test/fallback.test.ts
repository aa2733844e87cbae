import type { ThreadMessage } from "@richline/contract";
import { describe, expect, test } from "vitest";
import {
  ana,
  type StoppedTimeStack,
  startStoppedTimeStack,
  untilEvents,
  untilStatus,
} from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const { conversationId, phoneNumber } = ana;
const messageId = "msg_456";
const text = "Your order has shipped";
type TrafficType = "AUTHENTICATION" | "TRANSACTION" | "PROMOTION";

/** How long after the end of its time a message waits for the provider's own word, in milliseconds. */
const graceMs = 5_000;

const start = (kind: StoreUnderTest) => startStoppedTimeStack(kind, { sms: true });

function send({ client }: StoppedTimeStack, more: object = {}) {
  return client.messages.send({ conversationId, messageId, message: { text }, ...more });
}

/** Over which channels the person has the message. */
async function channels({ carrier }: StoppedTimeStack): Promise<readonly string[]> {
  return (await carrier.thread(phoneNumber)).map(({ channel }) => channel);
}

function untilShown({ carrier }: StoppedTimeStack, channel: ThreadMessage["channel"]) {
  return until(`the phone shows an ${channel}`, async () =>
    (await carrier.thread(phoneNumber)).find((one) => one.channel === channel),
  );
}

/** Lets time pass on the way: a receipt that meets the write of its own message is applied by the next sweep. */
function untilDelivered(stack: StoppedTimeStack) {
  return until(`${messageId} is delivered`, async () => {
    await stack.pass(250);
    const { status } = await stack.client.messages.get(messageId);
    return status === "DELIVERED" ? true : undefined;
  });
}

/** Lets the time of RCS, and the grace for the provider's word of it, pass. */
async function outlast(stack: StoppedTimeStack, ttlMs: number): Promise<void> {
  await stack.pass(ttlMs + graceMs + 1_000);
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`fallback to SMS, on ${kind.name}`, () => {
    describe("comes at once", () => {
      test("for a phone without RCS, and is told as the guide tells it", async () => {
        const stack = await start(kind);
        await stack.carrier.makePhone({ phoneNumber, rcs: "none" });
        await send(stack, { fallbackText: "Your order has shipped: https://example.com/1" });
        await untilDelivered(stack);
        const { deviceSupport } = await stack.client.messages.get(messageId);
        expect(deviceSupport).toBe("sms_fallback");
        expect(await untilShown(stack, "sms")).toMatchObject({
          content: { text: "Your order has shipped: https://example.com/1" },
        });
        const events = await untilEvents(stack, messageId, 4);
        const fallback = events.find(({ type }) => type === "message.fallback");
        expect(fallback).toMatchObject({
          messageStatus: "FALLBACK",
          reason: { code: "not_rcs_capable" },
        });
        expect(await channels(stack)).toEqual(["sms"]);
      });

      test("with the words of a card, when no others are given", async () => {
        const stack = await start(kind);
        await stack.carrier.makePhone({ phoneNumber, rcs: "none" });
        const cardContent = { title: "Running shoes", description: "40 % off" };
        const message = {
          richCard: { standaloneCard: { cardOrientation: "VERTICAL", cardContent } },
        } as const;
        await stack.client.messages.send({ conversationId, messageId, message });
        const { content } = await untilShown(stack, "sms");
        expect(content).toEqual({ text: "Running shoes\n40 % off" });
      });
    });

    describe("does not come", () => {
      test("when RCS delivers", async () => {
        const stack = await start(kind);
        await send(stack, { ttl: "30s" });
        await untilStatus(stack, messageId, "DELIVERED");
        await outlast(stack, 30_000);
        expect(await channels(stack)).toEqual(["rcs"]);
      });

      test("when nobody wants it: the message fails", async () => {
        const stack = await start(kind);
        await stack.carrier.makePhone({ phoneNumber, rcs: "none" });
        await send(stack, { fallback: "never" });
        await untilStatus(stack, messageId, "FAILED");
        expect(await channels(stack)).toEqual([]);
      });

      test("when RCS delivered and only the receipt is lost: taking back is refused", async () => {
        const stack = await start(kind);
        await stack.carrier.setFaults([{ on: "webhook", action: "drop", phoneNumber }]);
        await send(stack, { ttl: "30s" });
        await untilStatus(stack, messageId, "SENT");
        await outlast(stack, 30_000);
        await until(
          "the message was asked back",
          async () => (await stack.carrier.revocations())[0],
        );
        await stack.pass(10_000);
        expect(await channels(stack)).toEqual(["rcs"]);
        expect((await stack.client.messages.get(messageId)).status).toBe("SENT");
      });
    });

    describe("comes when RCS has not delivered in time", () => {
      test("once the provider has said that the message expired", async () => {
        const stack = await start(kind);
        await stack.carrier.makePhone({ phoneNumber, online: false });
        await send(stack, { ttl: "30s" });
        await untilStatus(stack, messageId, "SENT");
        await stack.pass(31_000);
        await stack.carrier.changePhone(phoneNumber, { online: true });
        await untilDelivered(stack);
        expect(await channels(stack)).toEqual(["sms"]);
        const events = await untilEvents(stack, messageId, 6);
        expect(events.map(({ type }) => type)).toEqual([
          "message.queued",
          "message.sent",
          "message.fallback",
          // Twilio knows no repeats: the intent is on record before the call.
          "message.sending",
          "message.sent",
          "message.delivered",
        ]);
      });

      test("once it was taken back, when the provider says nothing", async () => {
        const stack = await start(kind);
        await stack.carrier.makePhone({ phoneNumber, online: false });
        await stack.carrier.setFaults([{ on: "webhook", action: "drop", phoneNumber }]);
        await send(stack, { ttl: "30s" });
        await untilStatus(stack, messageId, "SENT");
        await outlast(stack, 30_000);
        await stack.carrier.changePhone(phoneNumber, { online: true });
        await untilShown(stack, "sms");
        await stack.pass(5_000);
        expect(await channels(stack)).toEqual(["sms"]);
      });

      test("after the agent's time for its traffic, when the message names none", async () => {
        const stack = await start(kind);
        await stack.carrier.makePhone({ phoneNumber, online: false });
        await send(stack, { trafficType: "AUTHENTICATION" });
        await untilStatus(stack, messageId, "SENT");
        await stack.pass(61_000);
        await stack.carrier.changePhone(phoneNumber, { online: true });
        await untilShown(stack, "sms");
        expect(await channels(stack)).toEqual(["sms"]);
      });
    });

    test("a one-time code whose RCS provider fails comes by SMS when its minute is over, not after its last retry", async () => {
      const stack = await start(kind);
      await stack.carrier.setFaults([{ on: "send", action: "error", status: 503, phoneNumber }]);
      await send(stack, { trafficType: "AUTHENTICATION" });
      await stack.pass(59_000);
      expect(await channels(stack)).toEqual([]);
      await stack.pass(2_000);
      await untilShown(stack, "sms");
      expect(await channels(stack)).toEqual(["sms"]);
    });

    describe("after an end that nobody is sure of", () => {
      /** The provider cannot say whether RCS will deliver. */
      const sendInconclusive = async (stack: StoppedTimeStack, trafficType: TrafficType) => {
        await stack.client.contacts.put("user_186", { phoneNumber: "+12025550186" });
        await stack.client.messages.send({
          conversationId: "user_186",
          messageId,
          trafficType,
          ttl: "30s",
          message: { text },
        });
        await untilStatus(stack, messageId, "SENT");
        await stack.pass(31_000);
      };

      test("comes for a one-time code: it is worth a second copy", async () => {
        const stack = await start(kind);
        await sendInconclusive(stack, "AUTHENTICATION");
        await untilDelivered(stack);
        const { deviceSupport } = await stack.client.messages.get(messageId);
        expect(deviceSupport).toBe("sms_fallback");
      });

      test("is a person's decision for an order update", async () => {
        const stack = await start(kind);
        await sendInconclusive(stack, "TRANSACTION");
        await untilStatus(stack, messageId, "NEEDS_REVIEW");
      });

      test("does not come for a promotion, of which nobody says that it was not delivered", async () => {
        const stack = await start(kind);
        await sendInconclusive(stack, "PROMOTION");
        await untilStatus(stack, messageId, "UNCERTAIN");
      });

      test("of a promotion on the phone, every answer and receipt of which was lost, is not called expired", async () => {
        const stack = await start(kind);
        await stack.carrier.setFaults([
          { on: "send", action: "accept_then_reset", phoneNumber },
          { on: "webhook", action: "drop", phoneNumber },
        ]);
        await send(stack, { trafficType: "PROMOTION" });
        await untilShown(stack, "rcs");
        for (const passMs of [6_000, 31_000, 301_000]) await stack.pass(passMs);
        await untilStatus(stack, messageId, "UNCERTAIN");
        expect(await channels(stack)).toEqual(["rcs"]);
      });
    });

    test("messages of one conversation arrive in the order in which they were accepted", async () => {
      const stack = await start(kind);
      const ids = Array.from({ length: 20 }, (_, index) => `msg_${index}`);
      for (const id of ids) {
        await stack.client.messages.send({ conversationId, messageId: id, message: { text: id } });
      }
      const shown = await until("all have arrived", async () => {
        const thread = await stack.carrier.thread(phoneNumber);
        return thread.length < ids.length ? undefined : thread;
      });
      expect(shown.map(({ content }) => content["text"])).toEqual(ids);
    });
  });
}
