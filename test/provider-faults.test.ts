import { describe, expect, test } from "vitest";
import {
  ana,
  type Stack,
  type StoppedTimeStack,
  startStack,
  startStoppedTimeStack,
  untilEvents,
  untilStatus,
} from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const { conversationId, phoneNumber } = ana;
const messageId = "msg_456";

function send({ client }: Stack, overrides: { messageId?: string; conversationId?: string } = {}) {
  return client.messages.send({
    conversationId,
    messageId,
    message: { text: "Your order has shipped" },
    ...overrides,
  });
}

/** Every attempt of a message: when it began, after the first, and what came of it. */
async function attemptsOf({ client }: Stack, id = messageId) {
  const { entries } = await client.messages.timeline(id);
  const attempts = entries.filter(({ kind }) => kind === "attempt");
  const startMs = Date.parse(attempts[0]?.at ?? "");
  return attempts.map(({ at, detail }) => {
    // SAFETY: the API's timeline says this of an attempt; anything else fails the expectations.
    const { number, outcome, code } = detail as { number: number; outcome: string; code: string };
    return { afterMs: Date.parse(at) - startMs, number, outcome, code };
  });
}

function untilAttempts(stack: Stack, count: number, id = messageId) {
  return until(`attempt ${count} of ${id} has ended`, async () => {
    const attempts = await attemptsOf(stack, id);
    const ended = attempts.filter(({ outcome }) => outcome !== "started");
    return ended.length < count ? undefined : attempts;
  });
}

/** Goes to the last millisecond of a wait, looks, and then to its end. */
async function waitOut(stack: StoppedTimeStack, delayMs: number): Promise<void> {
  await stack.advance(delayMs - 1);
  await stack.advance(1);
}

/** What the phone shows of the agent's messages, by text. */
async function shownTexts({ carrier }: Stack, number: string = phoneNumber) {
  return (await carrier.thread(number)).map(({ content }) => content["text"]);
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`on ${kind.name}`, () => {
    describe("a passing failure", () => describePassingFailures(kind));
    describe("a final failure", () => describeFinalFailures(kind));
    describe("a lost answer", () => describeLostAnswers(kind));
    describe("refused credentials", () => describeRefusedCredentials(kind));
    describe("a stop", () => describeStops(kind));
  });
}

function describePassingFailures(kind: StoreUnderTest): void {
  test("is retried after 5 s, 30 s and 5 min, as the guide asks, and then goes to review", async () => {
    const stack = await startStoppedTimeStack(kind);
    await stack.carrier.setFaults([{ on: "send", action: "error", status: 503, phoneNumber }]);
    await send(stack);
    for (const [index, delayMs] of [5_000, 30_000, 300_000].entries()) {
      await untilAttempts(stack, index + 1);
      await waitOut(stack, delayMs);
    }
    expect(await untilStatus(stack, messageId, "NEEDS_REVIEW")).toMatchObject({
      reason: { code: "provider_unavailable" },
    });
    const failure = { outcome: "deferred", code: "provider_unavailable" };
    expect(await attemptsOf(stack)).toEqual([
      { afterMs: 0, number: 1, ...failure },
      { afterMs: 5_000, number: 2, ...failure },
      { afterMs: 35_000, number: 3, ...failure },
      { afterMs: 335_000, number: 4, ...failure },
    ]);
    await stack.advance(86_400_000);
    expect(await attemptsOf(stack)).toHaveLength(4);
    expect(await shownTexts(stack)).toEqual([]);
  });

  test("that passes in time delivers the message once, and each retry names the next", async () => {
    const stack = await startStoppedTimeStack(kind);
    const fault = { on: "send", action: "error", status: 503, phoneNumber, count: 2 } as const;
    await stack.carrier.setFaults([fault]);
    const startMs = stack.clock.now();
    await send(stack);
    await untilAttempts(stack, 1);
    await waitOut(stack, 5_000);
    await untilAttempts(stack, 2);
    await waitOut(stack, 30_000);
    await untilStatus(stack, messageId, "DELIVERED");
    const events = await untilEvents(stack, messageId, 5);
    const retried = events.filter(({ type }) => type === "message.retried");
    expect(retried).toMatchObject(
      [5_000, 35_000].map((afterMs, index) => ({
        messageStatus: "QUEUED",
        attempt: index + 1,
        reason: { code: "provider_unavailable" },
        nextAttemptAt: new Date(startMs + afterMs).toISOString(),
      })),
    );
    expect(await shownTexts(stack)).toEqual(["Your order has shipped"]);
  });

  test("of too many requests waits as told and uses up no retry", async () => {
    const stack = await startStoppedTimeStack(kind);
    const limited = { action: "error", status: 429, retryAfterSeconds: 7 } as const;
    await stack.carrier.setFaults([
      { on: "send", phoneNumber, ...limited, count: 5 },
      { on: "send", phoneNumber, action: "error", status: 503 },
    ]);
    await send(stack);
    for (let attempts = 1; attempts <= 5; attempts += 1) {
      await untilAttempts(stack, attempts);
      await waitOut(stack, 7_000);
    }
    // The whole schedule is still there.
    for (const [index, delayMs] of [5_000, 30_000, 300_000].entries()) {
      await untilAttempts(stack, 6 + index);
      await waitOut(stack, delayMs);
    }
    await untilStatus(stack, messageId, "NEEDS_REVIEW");
    const attempts = await attemptsOf(stack);
    expect(attempts.map(({ afterMs }) => afterMs)).toEqual([
      0, 7_000, 14_000, 21_000, 28_000, 35_000, 40_000, 70_000, 370_000,
    ]);
    expect(attempts.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 5 }, () => "rate_limited"),
      ...Array.from({ length: 4 }, () => "provider_unavailable"),
    ]);
  });

  test("in numbers, of promotions, does not hold up a one-time code", async () => {
    const stack = await startStoppedTimeStack(kind);
    const slow = "+12025550124";
    // As many as a gateway calls at once.
    const count = 64;
    await stack.carrier.setFaults([
      { on: "send", action: "delay", delayMs: 60_000, phoneNumber: slow, count },
    ]);
    for (let index = 0; index < count; index += 1) {
      await stack.client.messages.send({
        conversationId: `slow_${index}`,
        to: slow,
        messageId: `offer_${index}`,
        trafficType: "PROMOTION",
        message: { text: "Ten per cent off" },
      });
    }
    await until("the calls hang", async () =>
      (await stack.carrier.faults()).length === 0 ? true : undefined,
    );
    await stack.client.messages.send({
      conversationId,
      messageId: "code",
      trafficType: "AUTHENTICATION",
      message: { text: "Your code is 481516" },
    });
    await untilStatus(stack, "code", "DELIVERED");
    // The carrier answers, so that nothing is left to wait for.
    stack.clock.advance(60_000);
  });

  test("of one person delays nobody else", async () => {
    const stack = await startStack(kind);
    await stack.carrier.setFaults([{ on: "send", action: "error", status: 503, phoneNumber }]);
    await send(stack);
    await untilAttempts(stack, 1);
    await send(stack, { messageId: "msg_other", conversationId: "+12025550124" });
    await untilStatus(stack, "msg_other", "DELIVERED");
    expect(await stack.client.messages.get(messageId)).toMatchObject({ status: "QUEUED" });
  });
}

function describeFinalFailures(kind: StoreUnderTest): void {
  test.each([
    ["no RCS", "+12025550190", "not_rcs_capable"],
    ["RCS switched off", "+12025550191", "not_rcs_capable"],
    ["a number that is none", "+12025550192", "invalid_number"],
    ["an agent that may not write to it", "+12025550188", "policy_rejected"],
  ])("of a phone with %s is told at once, after one attempt", async (_what, number, code) => {
    const stack = await startStoppedTimeStack(kind);
    await send(stack, { conversationId: number });
    expect(await untilStatus(stack, messageId, "FAILED")).toMatchObject({ reason: { code } });
    await stack.advance(86_400_000);
    const events = await untilEvents(stack, messageId, 2);
    expect(events.map(({ type }) => type)).toEqual(["message.queued", "message.failed"]);
    expect(events[1]).toMatchObject({ messageStatus: "FAILED", reason: { code }, attempt: 1 });
    expect(await attemptsOf(stack)).toMatchObject([{ outcome: "rejected", code }]);
  });
}

function describeLostAnswers(kind: StoreUnderTest): void {
  const lost = { on: "send", action: "accept_then_reset", phoneNumber, count: 1 } as const;

  test("is followed by the same message under the same id, which the person sees once", async () => {
    // Offline, so that no receipt tells the gateway what became of the first attempt.
    const stack = await startStoppedTimeStack(kind, { phones: [{ phoneNumber, online: false }] });
    await stack.carrier.setFaults([lost]);
    await send(stack);
    expect(await untilAttempts(stack, 1)).toMatchObject([
      { outcome: "unknown", code: "outcome_unknown" },
    ]);
    await waitOut(stack, 5_000);
    await untilStatus(stack, messageId, "SENT");
    await stack.carrier.changePhone(phoneNumber, { online: true });
    await untilStatus(stack, messageId, "DELIVERED");
    expect(await shownTexts(stack)).toEqual(["Your order has shipped"]);
    const sends = (await stack.carrier.sends()).filter(({ url }) => url.includes(phoneNumber));
    expect(sends.map(({ status }) => status)).toEqual([0, 200]);
    expect(new Set(sends.map(({ url }) => url)).size).toBe(1);
  });

  test("is not followed by anything when a receipt has told the outcome", async () => {
    const stack = await startStoppedTimeStack(kind);
    await stack.carrier.setFaults([lost]);
    await send(stack);
    await untilAttempts(stack, 1);
    await untilStatus(stack, messageId, "DELIVERED");
    await waitOut(stack, 5_000);
    await stack.advance(86_400_000);
    expect(await shownTexts(stack)).toEqual(["Your order has shipped"]);
    expect(await attemptsOf(stack)).toHaveLength(1);
    expect(await stack.client.messages.get(messageId)).toMatchObject({ status: "DELIVERED" });
  });

  test("that never stops coming is seen once by the person all the same", async () => {
    const stack = await startStoppedTimeStack(kind, { phones: [{ phoneNumber, online: false }] });
    await stack.carrier.setFaults([{ ...lost, count: 100 }]);
    await send(stack);
    for (const [index, delayMs] of [5_000, 30_000, 300_000].entries()) {
      await untilAttempts(stack, index + 1);
      await waitOut(stack, delayMs);
    }
    await untilStatus(stack, messageId, "NEEDS_REVIEW");
    await stack.carrier.changePhone(phoneNumber, { online: true });
    await untilStatus(stack, messageId, "DELIVERED");
    expect(await shownTexts(stack)).toEqual(["Your order has shipped"]);
  });
}

function describeRefusedCredentials(kind: StoreUnderTest): void {
  const refused = { on: "send", action: "error", status: 401 } as const;

  async function providerEvents({ client }: Stack) {
    const { items } = await client.events.list({ limit: 200 });
    return items.filter(({ type }) => type.startsWith("provider."));
  }

  test("take the provider out of service, and no message is lost by it", async () => {
    const stack = await startStoppedTimeStack(kind);
    await stack.carrier.setFaults([refused]);
    const ids = ["msg_1", "msg_2", "msg_3"];
    for (const id of ids) {
      await send(stack, { messageId: id });
      await until(`${id} waits`, async () =>
        (await providerEvents(stack)).length > 0 ? true : undefined,
      );
    }
    expect(await providerEvents(stack)).toMatchObject([
      { type: "provider.suspended", provider: "emulator", reason: { code: "auth_failed" } },
    ]);
    await stack.carrier.setFaults([]);
    // It is tried again after a minute, and so is whatever waited for it.
    await stack.pass(65_000);
    for (const id of ids) await untilStatus(stack, id, "DELIVERED");
    expect(await shownTexts(stack)).toHaveLength(ids.length);
    const told = await until("the provider's return is told", async () => {
      const events = await providerEvents(stack);
      return events.length < 2 ? undefined : events.map(({ type }) => type);
    });
    expect(told).toEqual(["provider.suspended", "provider.resumed"]);
  });

  test("leave what a message has been through as it was", async () => {
    const stack = await startStoppedTimeStack(kind);
    await stack.carrier.setFaults([
      { on: "send", action: "error", status: 503, phoneNumber, count: 1 },
    ]);
    await send(stack);
    await untilAttempts(stack, 1);
    // Somebody else's message takes the provider out of service; ours comes due meanwhile.
    await stack.carrier.setFaults([refused]);
    await send(stack, { messageId: "msg_other", conversationId: "+12025550124" });
    await untilAttempts(stack, 1, "msg_other");
    await stack.carrier.setFaults([]);
    await stack.pass(50_000);
    expect(await attemptsOf(stack)).toHaveLength(1);
    await stack.pass(15_000);
    await untilStatus(stack, messageId, "DELIVERED");
    expect(await untilAttempts(stack, 2)).toMatchObject([
      { number: 1, code: "provider_unavailable" },
      { number: 2, outcome: "accepted" },
    ]);
  });
}

function describeStops(kind: StoreUnderTest): void {
  test("in the middle of a call is no failed attempt: the message goes out once when the gateway is back", async () => {
    const stack = await startStoppedTimeStack(kind);
    const slow = { on: "send", action: "delay", delayMs: 60_000, count: 1 } as const;
    await stack.carrier.setFaults([{ ...slow, phoneNumber }]);
    await send(stack);
    await until("the call is under way", async () =>
      (await stack.carrier.faults()).length === 0 ? true : undefined,
    );
    const stopped = stack.stopGateway();
    let isStopped = false;
    void stopped.then(() => {
      isStopped = true;
    });
    await until("the time given to calls under way is over", () => {
      stack.clock.advance(1_000);
      return isStopped ? true : undefined;
    });
    await stack.startGateway();
    await untilStatus(stack, messageId, "DELIVERED");
    expect(await attemptsOf(stack)).toMatchObject([{ number: 1, outcome: "accepted" }]);
    expect(await shownTexts(stack)).toEqual(["Your order has shipped"]);
  });
}
