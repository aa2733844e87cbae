import { describe, expect, test } from "vitest";
import {
  ana,
  eventsOf,
  type StoppedTimeStack,
  smppSender,
  smsProviderName,
  startStoppedTimeStack,
  untilStatus,
} from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const { conversationId, phoneNumber } = ana;
const messageId = "msg_456";
const text = "Your order has shipped";

/** An agent whose messages fall back to SMS over SMPP, and a person whose phone has no RCS. */
async function start(kind: StoreUnderTest): Promise<StoppedTimeStack> {
  const stack = await startStoppedTimeStack(kind, { sms: "smpp" });
  await stack.carrier.makePhone({ phoneNumber, rcs: "none" });
  return stack;
}

function send({ client }: StoppedTimeStack, more: object = {}) {
  return client.messages.send({ conversationId, messageId, message: { text }, ...more });
}

/** The message once it has this status; time passes on the way. */
function untilPassed(stack: StoppedTimeStack, status: string, id = messageId) {
  return until(`${id} is ${status}`, async () => {
    await stack.pass(250);
    const message = await stack.client.messages.get(id);
    return message.status === status ? message : undefined;
  });
}

/** The SMSC breaks the session off while it is handed a message to somebody else, which it does not take. */
async function breakSession(stack: StoppedTimeStack): Promise<void> {
  const somebody = "+12025550161";
  await stack.carrier.makePhone({ phoneNumber: somebody, rcs: "none" });
  const reset = { on: "sms_send", action: "reset", phoneNumber: somebody, count: 1 } as const;
  await stack.carrier.setFaults([reset]);
  await send(stack, { conversationId: somebody, messageId: "broken" });
  await untilStatus(stack, "broken", "UNCERTAIN");
}

async function eventsWith({ client }: StoppedTimeStack, type: string) {
  const { items } = await client.events.list({ limit: 200 });
  return items.filter((event) => event.type === type);
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`SMS over SMPP, on ${kind.name}`, () => {
    test("follows for a phone without RCS, and is delivered when its receipt says so", async () => {
      const stack = await start(kind);
      await send(stack);
      const message = await untilPassed(stack, "DELIVERED");
      expect(message.deviceSupport).toBe("sms_fallback");
      expect(await stack.carrier.thread(phoneNumber)).toMatchObject([
        { channel: "sms", sender: smppSender.address, parts: 1, content: { text } },
      ]);
      const types = (await eventsOf(stack, messageId)).map(({ type }) => type);
      expect(types).toEqual([
        "message.queued",
        "message.fallback",
        "message.sending",
        "message.sent",
        "message.delivered",
      ]);
    });

    test("tells why the network could not deliver it", async () => {
      const stack = await start(kind);
      const undeliverable = "+12025550182";
      await send(stack, { conversationId: undeliverable });
      const { reason } = await untilPassed(stack, "FAILED");
      expect(reason).toMatchObject({ code: "provider_unavailable", detail: "UNDELIV, error 001" });
    });

    test.each([
      ["in the default alphabet", "Größe {42}: 5 € off. ".repeat(30), 5],
      ["in another script, with emoji", "Ваш заказ 🚚 отправлен. ".repeat(20), 8],
    ])(
      "of a long text %s goes in parts, and the phone shows it whole, once",
      async (_name, words, parts) => {
        const stack = await start(kind);
        const long = words.trim();
        await send(stack, { message: { text: long } });
        await untilPassed(stack, "DELIVERED");
        expect(await stack.carrier.submits()).toHaveLength(parts);
        expect(await stack.carrier.thread(phoneNumber)).toMatchObject([
          { channel: "sms", parts, content: { text: long } },
        ]);
      },
    );

    test("brings back what the person answers, once", async () => {
      const stack = await start(kind);
      await send(stack);
      await untilPassed(stack, "DELIVERED");
      await stack.carrier.personSends(phoneNumber, { text: "Где он? 📦" });
      const [answer] = await until("the answer is logged", async () => {
        const answers = await eventsWith(stack, "message.received");
        return answers.length > 0 ? answers : undefined;
      });
      expect(answer).toMatchObject({
        conversationId,
        interactionType: "TEXT",
        text: "Где он? 📦",
      });
      await stack.pass(5_000);
      expect(await eventsWith(stack, "message.received")).toHaveLength(1);
    });

    describe("when the session breaks", () => {
      test("goes on over the next one: what was sent gets its receipt, what waits is sent, once", async () => {
        const stack = await start(kind);
        await stack.carrier.changePhone(phoneNumber, { online: false });
        await send(stack);
        await untilPassed(stack, "SENT");
        await breakSession(stack);
        // No session stands now, and time stands still: the receipt and the next message have to wait for one.
        await stack.carrier.changePhone(phoneNumber, { online: true });
        await send(stack, { messageId: "next" });
        await untilPassed(stack, "DELIVERED");
        await untilPassed(stack, "DELIVERED", "next");
        expect(await stack.carrier.thread(phoneNumber)).toHaveLength(2);
      });

      test("leaves what was being handed over uncertain, and sends it again to nobody", async () => {
        const stack = await start(kind);
        await stack.carrier.setFaults([
          { on: "sms_send", action: "accept_then_reset", phoneNumber, count: 1 },
        ]);
        await send(stack);
        await untilStatus(stack, messageId, "UNCERTAIN");
        await send(stack, { messageId: "next" });
        await untilPassed(stack, "DELIVERED", "next");
        // SMPP brings nothing of ours back: only a person can settle it.
        await stack.advance(601_000);
        await untilPassed(stack, "NEEDS_REVIEW");
        expect(await stack.carrier.thread(phoneNumber)).toHaveLength(2);
      });
    });

    test("waits while the SMSC refuses our password, uses up no retry, and goes once it takes it", async () => {
      const stack = await start(kind);
      const { address, wire } = smppSender;
      await stack.stopGateway();
      await stack.carrier.changeSender(address, { ...wire, password: "changed" });
      await stack.startGateway();
      await send(stack);
      await until(
        "the provider is out of service",
        async () => (await eventsWith(stack, "provider.suspended"))[0],
      );
      await stack.pass(10_000);
      expect((await stack.client.messages.get(messageId)).status).toBe("QUEUED");
      expect(await stack.carrier.thread(phoneNumber)).toEqual([]);
      await stack.carrier.changeSender(address, wire);
      // The session is tried again within a minute, and so is the provider.
      await stack.pass(125_000);
      await untilPassed(stack, "DELIVERED");
      expect(await eventsWith(stack, "provider.suspended")).toMatchObject([
        { provider: smsProviderName, reason: { code: "auth_failed" } },
      ]);
      expect(await eventsWith(stack, "provider.resumed")).toHaveLength(1);
      expect(await stack.carrier.thread(phoneNumber)).toHaveLength(1);
    });
  });
}
