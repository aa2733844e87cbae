import { describe, expect, test } from "vitest";
import {
  ana,
  pick,
  type StoppedTimeStack,
  startStoppedTimeStack,
  untilEvents,
  untilStatus,
} from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const { conversationId, phoneNumber } = ana;
const messageId = "msg_456";

async function startTwoRouteStack(kind: StoreUnderTest) {
  const stack = await startStoppedTimeStack(kind, { carrierCount: 2 });
  return { ...stack, first: pick(stack.carriers, 0), second: pick(stack.carriers, 1) };
}

function send({ client }: StoppedTimeStack, id = messageId) {
  return client.messages.send({ conversationId, messageId: id, message: { text: id } });
}

/** How many messages the agent has on the person's phone, over each carrier. */
async function shownByCarrier({ carriers }: StoppedTimeStack): Promise<readonly number[]> {
  return Promise.all(carriers.map(async (one) => (await one.thread(phoneNumber)).length));
}

/** Which provider each attempt of a message went to, and what came of it. */
function untilAttempts({ client }: StoppedTimeStack, count: number, id = messageId) {
  return until(`attempt ${count} of ${id} has ended`, async () => {
    const { entries } = await client.messages.timeline(id);
    const attempts = entries.filter(({ kind }) => kind === "attempt");
    return attempts.length < count ? undefined : attempts.map(({ provider }) => provider);
  });
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`a second route, on ${kind.name}`, () => {
    test("is taken at once for a person whom the first cannot reach", async () => {
      const stack = await startTwoRouteStack(kind);
      await stack.first.makePhone({ phoneNumber, rcs: "none" });
      await send(stack);
      await untilStatus(stack, messageId, "DELIVERED");
      expect(await shownByCarrier(stack)).toEqual([0, 1]);
      expect(await untilAttempts(stack, 2)).toEqual(["emulator", "emulator-2"]);
      const events = await untilEvents(stack, messageId, 4);
      expect(events.map(({ type }) => type).toSorted()).toEqual([
        "message.delivered",
        "message.queued",
        "message.retried",
        "message.sent",
      ]);
    });

    test("is taken when the retries of the first have run out", async () => {
      const stack = await startTwoRouteStack(kind);
      await stack.first.setFaults([{ on: "send", action: "error", status: 503, phoneNumber }]);
      await send(stack);
      for (const [index, delayMs] of [5_000, 30_000, 300_000].entries()) {
        await untilAttempts(stack, index + 1);
        await stack.advance(delayMs);
      }
      await untilStatus(stack, messageId, "DELIVERED");
      expect(await shownByCarrier(stack)).toEqual([0, 1]);
      expect(await untilAttempts(stack, 5)).toEqual([
        ...Array.from({ length: 4 }, () => "emulator"),
        "emulator-2",
      ]);
    });

    test("is taken while the first refuses our credentials, and the first again afterwards", async () => {
      const stack = await startTwoRouteStack(kind);
      await stack.first.setFaults([{ on: "send", action: "error", status: 401 }]);
      await send(stack, "msg_1");
      await untilStatus(stack, "msg_1", "DELIVERED");
      const callsBefore = (await stack.first.sends()).length;
      await send(stack, "msg_2");
      await untilStatus(stack, "msg_2", "DELIVERED");
      expect(await stack.first.sends()).toHaveLength(callsBefore);

      await stack.first.setFaults([]);
      await stack.pass(60_000);
      await send(stack, "msg_3");
      await untilStatus(stack, "msg_3", "DELIVERED");
      expect(await shownByCarrier(stack)).toEqual([1, 2]);
      const told = await until("the first is back in service", async () => {
        const { items } = await stack.client.events.list({ limit: 200 });
        const types = items
          .filter(({ provider }) => provider === "emulator")
          .map(({ type }) => type);
        return types.includes("provider.resumed") ? types : undefined;
      });
      expect(told.filter((type) => type === "provider.suspended")).toHaveLength(1);
    });

    /** The first carrier takes the message, loses the answer, and then fails; its person's phone is off. */
    async function loseTheAnswer(
      stack: Awaited<ReturnType<typeof startTwoRouteStack>>,
      status: number,
    ) {
      await stack.first.makePhone({ phoneNumber, online: false });
      await stack.first.setFaults([
        { on: "send", action: "accept_then_reset", phoneNumber, count: 1 },
        { on: "send", action: "error", status, phoneNumber },
      ]);
      await send(stack);
    }

    test("is taken after the first may have the message only once that has given it back", async () => {
      const stack = await startTwoRouteStack(kind);
      await loseTheAnswer(stack, 503);
      for (const [index, delayMs] of [5_000, 30_000, 300_000].entries()) {
        await untilAttempts(stack, index + 1);
        await stack.advance(delayMs);
      }
      await untilStatus(stack, messageId, "DELIVERED");
      await stack.first.changePhone(phoneNumber, { online: true });
      expect(await shownByCarrier(stack)).toEqual([0, 1]);
    });

    test("is not taken, nor the message failed, when the first can neither deliver nor give back", async () => {
      const stack = await startTwoRouteStack(kind);
      await loseTheAnswer(stack, 404);
      await stack.first.addFaults([{ on: "revoke", action: "error", status: 503, phoneNumber }]);
      await untilAttempts(stack, 1);
      await stack.advance(5_000);
      await untilAttempts(stack, 2);
      // In steps: when it is to be asked again is written after it was asked, by the clock of that moment.
      for (const [index, delayMs] of [0, 5_000, 30_000, 300_000].entries()) {
        await until("it was asked to give the message back", async () => {
          if ((await stack.first.revocations()).length > index) return true;
          await stack.advance(delayMs / 5);
          return undefined;
        });
      }
      await untilStatus(stack, messageId, "NEEDS_REVIEW");
      await stack.first.changePhone(phoneNumber, { online: true });
      await untilStatus(stack, messageId, "DELIVERED");
      expect(await shownByCarrier(stack)).toEqual([1, 0]);
    });

    test("that fails as well leaves the message failed, with the last reason", async () => {
      const stack = await startTwoRouteStack(kind);
      for (const one of stack.carriers) await one.makePhone({ phoneNumber, rcs: "none" });
      await send(stack);
      const failed = await untilStatus(stack, messageId, "FAILED");
      expect(failed.reason).toMatchObject({ code: "not_rcs_capable" });
      expect(await shownByCarrier(stack)).toEqual([0, 0]);
    });
  });
}
