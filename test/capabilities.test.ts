import { describe, expect, test } from "vitest";
import { ana, type Stack, startStack, untilEvents, untilStatus } from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";

const { conversationId, phoneNumber } = ana;
const textOnly = "+12025550187";

const start = (kind: StoreUnderTest) => startStack(kind, { sms: true });
const card = {
  richCard: {
    standaloneCard: {
      cardOrientation: "VERTICAL",
      cardContent: { title: "Running shoes", description: "40 % off" },
    },
  },
} as const;

function send({ client }: Stack, messageId: string) {
  return client.messages.send({ conversationId, messageId, message: { text: "Hello" } });
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`what a phone can do, on ${kind.name}`, () => {
    test("is asked before the first message and remembered for the next", async () => {
      const stack = await start(kind);
      await stack.carrier.makePhone({ phoneNumber, rcs: "none" });
      for (const id of ["msg_1", "msg_2"]) {
        await send(stack, id);
        await untilStatus(stack, id, "DELIVERED");
      }
      expect(await stack.carrier.lookups()).toHaveLength(1);
      const rcsSends = (await stack.carrier.sends()).filter(({ url }) =>
        url.includes("agentMessages"),
      );
      expect(rcsSends).toEqual([]);
    });

    test("is learnt anew from a delivery, although it was unknown before", async () => {
      const stack = await start(kind);
      await stack.carrier.setFaults([{ on: "capabilities", action: "error", status: 503 }]);
      await send(stack, "msg_1");
      await untilStatus(stack, "msg_1", "DELIVERED");
      const [known] = (await stack.client.capabilities.check({ phoneNumbers: [phoneNumber] }))
        .items;
      expect(known).toMatchObject({ phoneNumber, provider: "emulator", reachable: true });
    });

    test("is learnt from a refused send, when the look-up fails", async () => {
      const stack = await start(kind);
      await stack.carrier.makePhone({ phoneNumber, rcs: "none" });
      await stack.carrier.setFaults([{ on: "capabilities", action: "error", status: 503 }]);
      await send(stack, "msg_1");
      await untilStatus(stack, "msg_1", "DELIVERED");
      const sendsBefore = (await stack.carrier.sends()).length;
      await send(stack, "msg_2");
      await untilStatus(stack, "msg_2", "DELIVERED");
      const added = (await stack.carrier.sends()).slice(sendsBefore);
      expect(added.map(({ url }) => url.includes("Messages.json"))).toEqual([true]);
    });

    test("decides how a card is shown: its words, on a phone that has text alone", async () => {
      const stack = await start(kind);
      await stack.client.messages.send({
        conversationId: textOnly,
        messageId: "msg_1",
        message: card,
      });
      await untilStatus(stack, "msg_1", "DELIVERED");
      const [shown] = await stack.carrier.thread(textOnly);
      expect(shown).toMatchObject({
        channel: "rcs",
        content: { text: "Running shoes\n40 % off" },
      });
      const events = await untilEvents(stack, "msg_1", 3);
      expect(events.find(({ type }) => type === "message.sent")).toMatchObject({
        degraded: ["RICHCARD_STANDALONE"],
      });
    });

    test("is answered for many numbers in one bulk call", async () => {
      const stack = await start(kind);
      const phoneNumbers = Array.from({ length: 600 }, (_, index) => `+1303555${1000 + index}`);
      await stack.carrier.makePhone({ phoneNumber: "+13035551000", rcs: "none" });
      const { items } = await stack.client.capabilities.check({ phoneNumbers });
      expect(items).toHaveLength(600);
      expect(items.filter(({ reachable }) => reachable === false)).toMatchObject([
        { phoneNumber: "+13035551000" },
      ]);
      expect(await stack.carrier.lookups()).toHaveLength(1);
    });
  });
}
