import { createClient, RichlineError } from "@richline/sdk";
import { describe, expect, test } from "vitest";
import {
  ana,
  apiKey,
  eventsOf,
  type StoppedTimeStack,
  startStoppedTimeStack,
  untilStatus,
} from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const { conversationId, phoneNumber } = ana;
const messageId = "msg_456";
const text = "Your order has shipped";
const retryDelaysMs = [5_000, 30_000, 300_000];

const start = (kind: StoreUnderTest) => startStoppedTimeStack(kind, { sms: true });

function send({ client }: StoppedTimeStack, more: object = {}) {
  return client.messages.send({ conversationId, messageId, message: { text }, ...more });
}

/** What the person has, and over which channels. */
async function shown({ carrier }: StoppedTimeStack, number: string = phoneNumber) {
  return (await carrier.thread(number)).map(({ channel, content }) => [channel, content["text"]]);
}

/** The code and the words of a refusal. */
async function refusalOf(call: Promise<unknown>) {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof RichlineError)) throw new Error("The call was not refused.");
  return { status: thrown.status, code: thrown.code, detail: thrown.detail };
}

/** RCS answers 503 to whatever is sent to these numbers. */
function refuseRcs({ carrier }: StoppedTimeStack, numbers: readonly string[] = [phoneNumber]) {
  const fault = { on: "send", action: "error", status: 503 } as const;
  return carrier.setFaults(numbers.map((number) => ({ ...fault, phoneNumber: number })));
}

/** Lets all retries of these messages fail, until they are in review; each had so many retries before. */
async function exhaust(
  stack: StoppedTimeStack,
  ids: readonly string[],
  retriesBefore = 0,
): Promise<void> {
  for (const [index, delayMs] of retryDelaysMs.entries()) {
    for (const id of ids) {
      await until(`attempt ${index + 1} of ${id} has failed`, async () => {
        const events = await eventsOf(stack, id);
        const retries = events.filter(({ type }) => type === "message.retried");
        return retries.length > retriesBefore + index ? true : undefined;
      });
    }
    await stack.advance(delayMs);
  }
  for (const id of ids) await untilStatus(stack, id, "NEEDS_REVIEW");
}

/** A message that came into review after its last retry; SMS was not wanted. */
async function sendInVain(stack: StoppedTimeStack): Promise<void> {
  await refuseRcs(stack);
  await send(stack, { fallback: "never" });
  await exhaust(stack, [messageId]);
}

/** Of several people, each with a message that came into review. */
async function sendSeveralInVain(stack: StoppedTimeStack): Promise<readonly string[]> {
  const numbers = ["+12025550131", "+12025550132", "+12025550133"];
  await refuseRcs(stack, numbers);
  const ids = numbers.map((_, index) => `msg_${index}`);
  for (const [index, number] of numbers.entries()) {
    await send(stack, { messageId: ids[index], conversationId: number, fallback: "never" });
  }
  await exhaust(stack, ids);
  return ids;
}

/** A message that RCS took, of which no receipt comes, and that the carrier does not take back. */
async function sendUnrevoked(stack: StoppedTimeStack, online: boolean): Promise<void> {
  const unavailable = { on: "revoke", action: "error", status: 503, phoneNumber } as const;
  await stack.carrier.makePhone({ phoneNumber, online });
  await stack.carrier.setFaults([{ on: "webhook", action: "drop", phoneNumber }, unavailable]);
  await send(stack, { ttl: "3600s" });
  await untilStatus(stack, messageId, "SENT");
  await stack.advance(3_606_000);
  for (const [index, delayMs] of [...retryDelaysMs, 0].entries()) {
    await until(`the carrier was asked ${index + 1} times`, async () =>
      (await stack.carrier.revocations()).length > index ? true : undefined,
    );
    await stack.pass(500);
    await stack.advance(delayMs);
  }
  await untilStatus(stack, messageId, "NEEDS_REVIEW");
  await stack.carrier.setFaults([{ on: "webhook", action: "drop", phoneNumber }]);
}

async function auditOf({ client }: StoppedTimeStack, subject = messageId) {
  return (await client.auditLog.list({ subject })).items;
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`decided by people, on ${kind.name}`, () => {
    describe("a message in review", () => describeReview(kind));
    describe("sending as SMS", () => describeSms(kind));
    describe("deciding on many", () => describeBulk(kind));
    describe("cancelling", () => describeCancelling(kind));
    describe("revoking", () => describeRevoking(kind));
  });
}

function describeReview(kind: StoreUnderTest): void {
  test("is listed with its reason and its attempts, retried, and delivered once", async () => {
    const stack = await start(kind);
    await sendInVain(stack);
    const { items } = await stack.client.reviews.list({ code: "provider_unavailable" });
    expect(items).toMatchObject([
      {
        id: messageId,
        status: "NEEDS_REVIEW",
        reason: { code: "provider_unavailable" },
        attempts: 4,
        provider: "emulator",
        channel: "rcs",
        mayHaveBeenTaken: false,
      },
    ]);
    await stack.carrier.setFaults([]);
    expect(await stack.client.reviews.retry(messageId)).toMatchObject({ status: "QUEUED" });
    await untilStatus(stack, messageId, "DELIVERED");
    expect(await shown(stack)).toEqual([["rcs", text]]);
    expect((await stack.client.reviews.list()).items).toEqual([]);
  });

  test("has all its retries again, and comes back when they fail", async () => {
    const stack = await start(kind);
    await sendInVain(stack);
    await stack.client.reviews.retry(messageId);
    await exhaust(stack, [messageId], retryDelaysMs.length);
    const sends = (await stack.carrier.sends()).filter(({ url }) => url.includes(phoneNumber));
    expect(sends).toHaveLength(8);
    expect(new Set(sends.map(({ url }) => url)).size).toBe(1);
    expect((await stack.client.reviews.list()).items).toMatchObject([{ attempts: 8 }]);
  });

  test("that is dismissed is FAILED for good, and the log names the key and the note", async () => {
    const stack = await start(kind);
    await sendInVain(stack);
    const note = "The order was cancelled.";
    expect(await stack.client.reviews.dismiss(messageId, { note })).toMatchObject({
      status: "FAILED",
      reason: { code: "dismissed", detail: note },
    });
    const [key] = (await stack.client.apiKeys.list()).items;
    expect(await auditOf(stack)).toMatchObject([
      {
        actor: key?.id,
        action: "review.dismiss",
        subject: messageId,
        detail: { note, reason: "provider_unavailable", provider: "emulator" },
      },
    ]);
    expect(await refusalOf(stack.client.reviews.retry(messageId))).toMatchObject({
      status: 409,
      code: "not_in_review",
      detail: "The message is FAILED.",
    });
  });

  test("that does not exist, or was never in review, is told apart", async () => {
    const stack = await start(kind);
    await send(stack);
    await untilStatus(stack, messageId, "DELIVERED");
    const { reviews } = stack.client;
    expect(await refusalOf(reviews.dismiss("unknown"))).toMatchObject({ status: 404 });
    expect(await refusalOf(reviews.dismiss(messageId))).toMatchObject({ code: "not_in_review" });
    expect(await auditOf(stack)).toEqual([]);
  });
}

function describeSms(kind: StoreUnderTest): void {
  test("takes RCS back first: the person gets the SMS alone", async () => {
    const stack = await start(kind);
    await sendUnrevoked(stack, false);
    await stack.client.reviews.sendAsSms(messageId);
    await stack.carrier.changePhone(phoneNumber, { online: true });
    await until("the phone shows it", async () => (await shown(stack))[0]);
    await stack.pass(5_000);
    expect(await shown(stack)).toEqual([["sms", text]]);
    expect(await auditOf(stack)).toMatchObject([{ action: "review.send_as_sms" }]);
  });

  test("of what RCS has delivered needs a person's word, and that person gets both", async () => {
    const stack = await start(kind);
    await sendUnrevoked(stack, true);
    const refusal = await refusalOf(stack.client.reviews.sendAsSms(messageId));
    expect(refusal).toMatchObject({ status: 409, code: "outcome_unknown_needs_force" });
    expect(refusal.detail).toContain("may get it twice");
    expect(await shown(stack)).toEqual([["rcs", text]]);
    await stack.client.reviews.sendAsSms(messageId, { force: true });
    await until("the SMS is there", async () => (await shown(stack))[1]);
    expect(await shown(stack)).toEqual([
      ["rcs", text],
      ["sms", text],
    ]);
    expect(await auditOf(stack)).toMatchObject([{ detail: { force: true } }]);
  });

  test("is not done against the sender's wish", async () => {
    const stack = await start(kind);
    await sendInVain(stack);
    expect(await refusalOf(stack.client.reviews.sendAsSms(messageId))).toMatchObject({
      status: 409,
      code: "no_sms_route",
    });
    expect((await stack.client.messages.get(messageId)).status).toBe("NEEDS_REVIEW");
  });

  test("cannot follow SMS; its retry over a wire without repeats needs force", async () => {
    const stack = await start(kind);
    await stack.client.contacts.put("user_179", { phoneNumber: "+12025550179" });
    // Each answer is lost, and no receipt tells what became of it.
    await stack.carrier.setFaults([{ on: "sms_webhook", action: "drop" }]);
    await send(stack, { conversationId: "user_179" });
    await untilStatus(stack, messageId, "UNCERTAIN");
    await stack.advance(601_000);
    await stack.pass(2_000);
    await untilStatus(stack, messageId, "NEEDS_REVIEW");
    const { reviews } = stack.client;
    expect(await refusalOf(reviews.sendAsSms(messageId))).toMatchObject({ code: "no_sms_route" });
    expect(await refusalOf(reviews.retry(messageId))).toMatchObject({
      status: 409,
      code: "outcome_unknown_needs_force",
    });
    expect(await reviews.retry(messageId, { force: true })).toMatchObject({ status: "QUEUED" });
    await until("it is sent again", async () =>
      (await shown(stack, "+12025550179")).length === 2 ? true : undefined,
    );
  });
}

function describeBulk(kind: StoreUnderTest): void {
  test("gives each its own result, also those that are refused", async () => {
    const stack = await start(kind);
    const ids = await sendSeveralInVain(stack);
    await stack.client.reviews.dismiss(ids[1] ?? "");
    await stack.carrier.setFaults([]);
    const answer = await stack.client.reviews.decideAll({
      action: "retry",
      ids: [...ids, "unknown"],
    });
    expect(answer).toMatchObject({
      done: 2,
      refused: 2,
      results: [
        { id: ids[0], status: 200 },
        { id: ids[1], status: 409, problem: { code: "not_in_review" } },
        { id: ids[2], status: 200 },
        { id: "unknown", status: 404 },
      ],
    });
    await untilStatus(stack, ids[0] ?? "", "DELIVERED");
    await untilStatus(stack, ids[2] ?? "", "DELIVERED");
  });

  test("by a filter goes on page by page, and leaves what does not match", async () => {
    const stack = await start(kind);
    const ids = await sendSeveralInVain(stack);
    const { reviews } = stack.client;
    const none = await reviews.decideAll({ action: "dismiss", filter: { code: "ttl_expired" } });
    expect(none).toEqual({ done: 0, refused: 0, results: [] });
    const request = { action: "dismiss", filter: { agentId: "demo" }, limit: 2 } as const;
    const first = await reviews.decideAll(request);
    const second = await reviews.decideAll({ ...request, cursor: first.nextCursor });
    expect([...first.results, ...second.results].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeUndefined();
    for (const id of ids) expect(await auditOf(stack, id)).toHaveLength(1);
  });
}

function describeCancelling(kind: StoreUnderTest): void {
  test("before its time means that nobody gets the message, and the log says who did it", async () => {
    const stack = await start(kind);
    const sendAt = new Date(stack.clock.now() + 3_600_000).toISOString();
    await send(stack, { sendAt });
    expect(await stack.client.messages.cancel(messageId)).toMatchObject({
      status: "CANCELLED",
      reason: { code: "cancelled_by_sender" },
    });
    expect(await stack.client.messages.cancel(messageId)).toMatchObject({ status: "CANCELLED" });
    await stack.advance(3_601_000);
    expect(await shown(stack)).toEqual([]);
    const types = (await eventsOf(stack, messageId)).map(({ type }) => type);
    expect(types).toEqual(["message.scheduled", "message.cancelled"]);
    const [key] = (await stack.client.apiKeys.list()).items;
    expect(await auditOf(stack)).toMatchObject([
      { actor: key?.id, action: "message.cancel", detail: { from: "SCHEDULED" } },
    ]);
  });

  test("works with any id that a message may have", async () => {
    const stack = await start(kind);
    const sendAt = new Date(stack.clock.now() + 3_600_000).toISOString();
    for (const id of ["a.b:c~d-e_f", "order:cancel"]) {
      await send(stack, { messageId: id, sendAt });
      expect(await stack.client.messages.cancel(id)).toMatchObject({ id, status: "CANCELLED" });
    }
  });

  test("comes too late while the message is handed over, and says to revoke once it is sent", async () => {
    const stack = await start(kind);
    const slow = { on: "send", action: "delay", delayMs: 8_000, count: 1 } as const;
    await stack.carrier.setFaults([{ ...slow, phoneNumber }]);
    await send(stack);
    await until("the call is under way", async () =>
      (await stack.carrier.faults()).length === 0 ? true : undefined,
    );
    expect(await refusalOf(stack.client.messages.cancel(messageId))).toMatchObject({
      status: 409,
      code: "message_not_cancellable",
      detail: expect.stringContaining("Once it is SENT, revoke it"),
    });
    stack.clock.advance(8_000);
    await untilStatus(stack, messageId, "DELIVERED");
    expect((await refusalOf(stack.client.messages.cancel(messageId))).detail).toContain(
      "DELIVERED",
    );
    expect(await auditOf(stack)).toEqual([]);
  });
}

function describeRevoking(kind: StoreUnderTest): void {
  test("an undelivered message means that it never appears, and no SMS follows it", async () => {
    const stack = await start(kind);
    await stack.carrier.makePhone({ phoneNumber, online: false });
    await send(stack, { ttl: "30s" });
    await untilStatus(stack, messageId, "SENT");
    const cancelling = await refusalOf(stack.client.messages.cancel(messageId));
    expect(cancelling.detail).toContain("Revoke it");
    expect(await stack.client.messages.revoke(messageId)).toMatchObject({
      status: "CANCELLED",
      reason: { code: "revoked_by_sender" },
    });
    expect(await stack.client.messages.revoke(messageId)).toMatchObject({ status: "CANCELLED" });
    await stack.pass(36_000);
    await stack.carrier.changePhone(phoneNumber, { online: true });
    await stack.pass(5_000);
    expect(await shown(stack)).toEqual([]);
    expect(await auditOf(stack)).toMatchObject([{ action: "message.revoke" }]);
  });

  test("is refused after delivery, before sending, and by SMS, each with what to do", async () => {
    const stack = await start(kind);
    const { messages } = stack.client;
    await send(stack);
    await untilStatus(stack, messageId, "DELIVERED");
    expect(await refusalOf(messages.revoke(messageId))).toMatchObject({
      status: 409,
      code: "message_not_revocable",
      detail: "The message is DELIVERED; what was delivered stays.",
    });
    const sendAt = new Date(stack.clock.now() + 3_600_000).toISOString();
    await send(stack, { messageId: "later", sendAt });
    expect((await refusalOf(messages.revoke("later"))).detail).toContain("Cancel it");
    // By SMS, and no receipt ever comes.
    await send(stack, { messageId: "sms", conversationId: "+12025550178" });
    await untilStatus(stack, "sms", "SENT");
    expect((await refusalOf(messages.revoke("sms"))).detail).toContain("cannot take messages back");
  });

  test("is refused when the carrier says that it is too late, although no receipt came", async () => {
    const stack = await start(kind);
    await stack.carrier.setFaults([{ on: "webhook", action: "drop", phoneNumber }]);
    await send(stack);
    await untilStatus(stack, messageId, "SENT");
    expect(await refusalOf(stack.client.messages.revoke(messageId))).toMatchObject({
      code: "message_not_revocable",
    });
    expect((await stack.client.messages.get(messageId)).status).toBe("SENT");
  });

  test("that the provider fails to do changes nothing, and its words are passed on", async () => {
    const stack = await start(kind);
    await stack.carrier.makePhone({ phoneNumber, online: false });
    await send(stack);
    await untilStatus(stack, messageId, "SENT");
    const fault = { on: "revoke", action: "error", phoneNumber } as const;
    // The client would ask again, which is for its own tests.
    const { messages } = createClient({ baseUrl: stack.url, apiKey, maxRetries: 0 });
    for (const [status, code] of [
      [403, "provider_refused"],
      [503, "provider_unavailable"],
    ] as const) {
      await stack.carrier.setFaults([{ ...fault, status }]);
      const refusal = await refusalOf(messages.revoke(messageId));
      expect(refusal).toMatchObject({ status: status === 403 ? 502 : 503, code });
      expect(refusal.detail).toContain("Nothing was changed. The provider says: ");
    }
    expect((await stack.client.messages.get(messageId)).status).toBe("SENT");
    expect(await auditOf(stack)).toEqual([]);
  });
}
