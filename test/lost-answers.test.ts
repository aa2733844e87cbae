import { describe, expect, test } from "vitest";
import { readMetric } from "./audit.ts";
import {
  eventsOf,
  type StoppedTimeStack,
  startStoppedTimeStack,
  untilStatus,
} from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const messageId = "msg_456";
const text = "Your order has shipped";

/** A phone without RCS whose SMS are delivered while each answer to their send is lost. */
const phoneNumber = "+12025550179";

/** How long receipts may take to tell what became of a send, in milliseconds; then a person has to. */
const uncertainMs = 600_000;

const start = (kind: StoreUnderTest) => startStoppedTimeStack(kind, { sms: true });

const send = ({ client }: StoppedTimeStack, to = phoneNumber) =>
  client.messages.send({ conversationId: to, messageId, message: { text } });

/** What the person has, over which channels. */
async function shown({ carrier }: StoppedTimeStack, to = phoneNumber) {
  return (await carrier.thread(to)).map(({ channel, content }) => [channel, content["text"]]);
}

/** The message once it has this status; time passes on the way. */
function untilPassed(stack: StoppedTimeStack, status: string) {
  return until(`${messageId} is ${status}`, async () => {
    await stack.pass(250);
    const message = await stack.client.messages.get(messageId);
    return message.status === status ? message : undefined;
  });
}

/** Nobody sends it again, and nobody has to decide, also when the time for receipts is over. */
async function outlast(stack: StoppedTimeStack, status: string): Promise<void> {
  await stack.advance(uncertainMs + 1_000);
  await stack.pass(1_000);
  expect((await stack.client.messages.get(messageId)).status).toBe(status);
}

/** A `fetch` that keeps errors to itself until they are released. */
function holdErrors() {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const heldFetch: typeof fetch = async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      await released;
      throw error;
    }
  };
  return { release: () => release(), heldFetch };
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`an SMS whose answer was lost, on ${kind.name}`, () => {
    test("is uncertain until the carrier calls back, then delivered: the person has it once", async () => {
      const stack = await start(kind);
      await stack.carrier.setFaults([{ on: "sms_webhook", action: "delay", delayMs: 30_000 }]);
      await send(stack);
      await untilStatus(stack, messageId, "UNCERTAIN");
      await stack.pass(29_000);
      expect((await stack.client.messages.get(messageId)).status).toBe("UNCERTAIN");
      await untilPassed(stack, "DELIVERED");
      await outlast(stack, "DELIVERED");
      expect(await shown(stack)).toEqual([["sms", text]]);
      const types = (await eventsOf(stack, messageId)).map(({ type }) => type);
      expect(types.slice(0, 4)).toEqual([
        "message.queued",
        "message.fallback",
        "message.sending",
        "message.uncertain",
      ]);
      expect(types.slice(4)).toEqual(["message.sent", "message.delivered"]);
    });

    test("is delivered all the same when the carrier calls back before we know that it was lost", async () => {
      const stack = await start(kind);
      await send(stack);
      await untilPassed(stack, "DELIVERED");
      await outlast(stack, "DELIVERED");
      expect(await shown(stack)).toEqual([["sms", text]]);
    });

    test("that waits for its phone stays sent, however long: no second one, and nobody has to decide", async () => {
      const stack = await start(kind);
      const number = "+12025550160";
      await stack.carrier.makePhone({ phoneNumber: number, rcs: "none", online: false });
      await stack.carrier.setFaults([{ on: "sms_send", action: "accept_then_reset", count: 1 }]);
      await send(stack, number);
      await untilPassed(stack, "SENT");
      await outlast(stack, "SENT");
      await stack.carrier.changePhone(number, { online: true });
      await untilPassed(stack, "DELIVERED");
      expect(await shown(stack, number)).toEqual([["sms", text]]);
    });

    test("that the carrier told of while we waited for its answer stays sent when the answer is lost", async () => {
      const { release, heldFetch } = holdErrors();
      const stack = await startStoppedTimeStack(kind, { sms: true, fetch: heldFetch });
      const number = "+12025550160";
      await stack.carrier.makePhone({ phoneNumber: number, rcs: "none", online: false });
      await stack.carrier.setFaults([{ on: "sms_send", action: "accept_then_reset", count: 1 }]);
      await send(stack, number);
      await untilStatus(stack, messageId, "SENT");
      release();
      await until("somebody is to look after it", async () =>
        (await readMetric(stack.url, "richline_jobs", 'kind="watchdog"')) === 1 ? true : undefined,
      );
      await outlast(stack, "SENT");
    });

    test("fails when the carrier says that it could not deliver it, with the carrier's reason", async () => {
      const stack = await start(kind);
      const number = "+12025550182";
      await stack.carrier.setFaults([{ on: "sms_send", action: "accept_then_reset", count: 1 }]);
      await send(stack, number);
      const { reason } = await untilPassed(stack, "FAILED");
      expect(reason).toMatchObject({
        code: "provider_unavailable",
        detail: expect.stringContaining("30003"),
      });
      await outlast(stack, "FAILED");
      expect(await shown(stack, number)).toEqual([]);
    });
  });
}
