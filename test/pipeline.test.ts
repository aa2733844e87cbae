import type { Event } from "@richline/sdk";
import { Webhook } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import { startCustomerEndpoint } from "./customer-endpoint.ts";
import { readEventStream } from "./event-stream.ts";
import {
  ana,
  apiKey,
  eventsOf,
  type Stack,
  startStack,
  startStoppedTimeStack,
  untilEvents,
  untilStatus,
} from "./gateway-stack.ts";
import {
  guideAccepts,
  guideInteraction,
  guideProductCard,
  guideTextRequest,
} from "./guide-examples.ts";
import { hasPython, verifyInPython } from "./guide-python.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** Posts a body as it stands, as somebody with curl would. */
async function post({ url }: Stack, body: string) {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const response = await fetch(`${url}/v1/messages`, { method: "POST", headers, body });
  // SAFETY: every answer of the API is a JSON object.
  const parsed = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body: parsed };
}

async function anEndpoint({ client }: Stack) {
  const endpoint = await startCustomerEndpoint();
  onTestFinished(endpoint.close);
  const { secret } = await client.endpoints.create({ url: endpoint.url });
  return { endpoint, secret };
}

/** The newest message on a phone, once there is one. */
function untilOnPhone({ carrier }: Stack, phoneNumber: string) {
  return until(`a message is on ${phoneNumber}`, async () =>
    (await carrier.thread(phoneNumber)).at(-1),
  );
}

function untilReceiptsAreIn({ carrier }: Stack) {
  return until("every receipt is acknowledged", async () =>
    (await carrier.webhooksPending()) === 0 ? true : undefined,
  );
}

function typesOf(events: readonly Event[]): readonly string[] {
  return events.map(({ type }) => type);
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`on ${kind.name}`, () => {
    describe("the guide", () => describeGuide(kind));
    describe("receipts", () => describeReceipts(kind));
    describe("acceptance", () => describeAcceptance(kind));
    describe("the event log", () => describeEventLog(kind));
    describe("time to live", () => describeTimeToLive(kind));
  });
}

function describeGuide(kind: StoreUnderTest): void {
  test("its text request is accepted as it stands and appears on the phone", async () => {
    const stack = await startStack(kind);
    const answer = await post(stack, guideTextRequest);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      name: "conversations/user_123/messages/msg_456",
      createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      state: "QUEUED",
      fallbackText: "Your order has shipped",
    });
    const shown = await untilOnPhone(stack, ana.phoneNumber);
    expect(shown).toMatchObject({
      direction: "outbound",
      channel: "rcs",
      content: { text: "Your order has shipped" },
    });
  });

  test("its product card is accepted as it stands, and tapping See details sends its webhook", async () => {
    const stack = await startStack(kind);
    const { endpoint } = await anEndpoint(stack);
    const ids = { conversationId: "user_123", messageId: "msg_456" };
    const answer = await post(stack, JSON.stringify({ ...ids, ...JSON.parse(guideProductCard) }));
    expect(answer).toMatchObject({
      status: 202,
      body: { fallbackText: "Check out our latest products" },
    });
    const shown = await untilOnPhone(stack, ana.phoneNumber);
    expect(shown.content).toMatchObject({
      richCard: {
        standaloneCard: {
          cardContent: {
            title: "Product Title",
            description: "Product description",
            media: { height: "MEDIUM", contentInfo: { fileUrl: "https://example.com/image.jpg" } },
            suggestions: [{ reply: { text: "See details", postbackData: "product_123" } }],
          },
        },
      },
    });

    await stack.carrier.tap(ana.phoneNumber, { messageId: shown.messageId, index: 0 });
    const { event } = await until(
      "the tap is delivered",
      () => endpoint.ofType("message.interacted")[0],
    );
    expect(event).toMatchObject({
      ...ids,
      messageStatus: "INTERACTED",
      interactionType: "ACTION_TAPPED",
      action: { postbackData: "product_123" },
    });
    expect((await stack.client.messages.get("msg_456")).interactions).toMatchObject([
      { interactionType: "ACTION_TAPPED", postbackData: "product_123" },
    ]);
  });

  test("an action that opens a page reports the page, as in its interaction webhook", async () => {
    const stack = await startStack(kind);
    const { endpoint } = await anEndpoint(stack);
    const { timestamp: _, ...expected } = JSON.parse(guideInteraction);
    const { postbackData, uri } = expected.action;
    const action = { text: "See details", postbackData, openUrlAction: { url: uri } };
    const message = { text: "Check out our latest products", suggestions: [{ action }] };
    await stack.client.messages.send({ ...guideIds(), message });
    const shown = await untilOnPhone(stack, ana.phoneNumber);
    await stack.carrier.tap(ana.phoneNumber, { messageId: shown.messageId, postbackData });
    const { event } = await until(
      "the tap is delivered",
      () => endpoint.ofType("message.interacted")[0],
    );
    expect(event).toMatchObject(expected);
  });

  test("its signature function accepts every delivery, and so does a Standard Webhooks library", async () => {
    const stack = await startStack(kind);
    const { endpoint, secret } = await anEndpoint(stack);
    await post(stack, guideTextRequest);
    await until("the delivery is reported", () => endpoint.ofType("message.delivered")[0]);
    const webhook = new Webhook(secret);
    for (const { headers, body, event } of endpoint.received) {
      expect(guideAccepts(String(headers["x-signature"]), body, secret)).toBe(true);
      expect(guideAccepts(String(headers["x-signature"]), `${body} `, secret)).toBe(false);
      const standard = {
        "webhook-id": String(headers["webhook-id"]),
        "webhook-timestamp": String(headers["webhook-timestamp"]),
        "webhook-signature": String(headers["webhook-signature"]),
      };
      expect(webhook.verify(body, standard)).toEqual(event);
      expect(headers["webhook-id"]).toBe(event.id);
    }
  });

  test.skipIf(!hasPython)(
    "its own Python function accepts every delivery, and no other body",
    async () => {
      const stack = await startStack(kind);
      const { endpoint, secret } = await anEndpoint(stack);
      await post(stack, guideTextRequest.replace("shipped", "shipped — 已发货 🚚"));
      await until("the delivery is reported", () => endpoint.ofType("message.delivered")[0]);
      await stack.carrier.personSends(ana.phoneNumber, { text: "¿Dónde está? 🚚" });
      await until("the answer is delivered", () => endpoint.ofType("message.received")[0]);
      const requests = endpoint.received.map(({ headers, body }) => ({
        signature: String(headers["x-signature"]),
        body,
      }));
      expect(new Set(verifyInPython(requests, secret))).toEqual(new Set([true]));
      const forged = requests.map(({ signature, body }) => ({ signature, body: `${body} ` }));
      expect(new Set(verifyInPython(forged, secret))).toEqual(new Set([false]));
    },
  );

  test("its statuses come in its order: queued, sent, delivered, read", async () => {
    const stack = await startStack(kind, { phones: [{ ...phoneOf(ana), online: false }] });
    const { endpoint } = await anEndpoint(stack);
    await post(stack, guideTextRequest);
    await untilStatus(stack, "msg_456", "SENT");
    await stack.carrier.changePhone(ana.phoneNumber, { online: true });
    await untilStatus(stack, "msg_456", "DELIVERED");
    await stack.carrier.personReads(ana.phoneNumber);
    const message = await untilStatus(stack, "msg_456", "READ");
    expect(message).toMatchObject({
      deviceSupport: "rcs",
      sentAt: expect.any(String),
      deliveredAt: expect.any(String),
      readAt: expect.any(String),
    });
    const expected = ["message.queued", "message.sent", "message.delivered", "message.read"];
    expect(typesOf(await untilEvents(stack, "msg_456", expected.length))).toEqual(expected);
    // Deliveries go out side by side and may arrive in any order; none is missing.
    const told = await until("all four are delivered", () =>
      endpoint.received.length < 4
        ? undefined
        : new Set(endpoint.received.map(({ event }) => event.messageStatus)),
    );
    expect(told).toEqual(new Set(["QUEUED", "SENT", "DELIVERED", "READ"]));
  });

  test("what a person writes and shares is a message.received of their conversation", async () => {
    const stack = await startStack(kind);
    const { endpoint } = await anEndpoint(stack);
    await post(stack, guideTextRequest);
    await untilOnPhone(stack, ana.phoneNumber);
    const location = { latitude: 37.4220188, longitude: -122.0844786 };
    await stack.carrier.personSends(ana.phoneNumber, { text: "Where is it?" });
    await stack.carrier.personSends(ana.phoneNumber, { location });
    const received = await until("both are delivered", () => {
      const found = endpoint.ofType("message.received");
      return found.length < 2 ? undefined : found.map(({ event }) => event);
    });
    const { conversationId } = ana;
    expect(received).toContainEqual(
      expect.objectContaining({ conversationId, interactionType: "TEXT", text: "Where is it?" }),
    );
    expect(received).toContainEqual(
      expect.objectContaining({ conversationId, interactionType: "LOCATION_SHARED", location }),
    );
  });
}

function guideIds() {
  return { conversationId: "user_123", messageId: "msg_456" } as const;
}

function phoneOf({ phoneNumber }: { readonly phoneNumber: string }) {
  return { phoneNumber };
}

function describeReceipts(kind: StoreUnderTest): void {
  test("that come twice are counted and reported once", async () => {
    const stack = await startStack(kind);
    const messageId = "msg_twice";
    await stack.client.messages.send({
      conversationId: "+12025550196",
      messageId,
      message: { text: "Hi" },
    });
    await untilStatus(stack, messageId, "DELIVERED");
    await untilReceiptsAreIn(stack);
    expect(typesOf(await untilEvents(stack, messageId, 3)).toSorted()).toEqual([
      "message.delivered",
      "message.queued",
      "message.sent",
    ]);
    const { entries } = await stack.client.messages.timeline(messageId);
    const receipts = entries.filter((entry) => entry.kind === "receipt");
    expect(receipts).toMatchObject([{ type: "delivered", detail: { seen: 2 } }]);
  });

  test("that come in the wrong order never move a status back, and each fact is reported once", async () => {
    const stack = await startStack(kind);
    const messageId = "msg_reordered";
    await stack.client.messages.send({
      conversationId: "+12025550197",
      messageId,
      message: { text: "Hi" },
    });
    const events = await untilEvents(stack, messageId, 4);
    const told = events.map(({ type, messageStatus }) => [type, messageStatus] as const);
    expect(told).toHaveLength(4);
    expect(Object.fromEntries(told)).toEqual({
      "message.queued": "QUEUED",
      // The answer to the send comes beside the receipts, before them or after.
      "message.sent": expect.stringMatching(/^(SENT|READ)$/),
      "message.read": "READ",
      // It was told last, and tells of a message that is read.
      "message.delivered": "READ",
    });
    expect(await stack.client.messages.get(messageId)).toMatchObject({
      status: "READ",
      deliveredAt: expect.any(String),
    });
  });

  test("that overtake the carrier's own answer never move a status back", async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const stack = await startStack(kind, {
      phones: [{ phoneNumber: ana.phoneNumber, autoRead: true }],
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (String(input).includes("/agentMessages")) await held;
        return response;
      },
    });
    await post(stack, guideTextRequest);
    await untilStatus(stack, "msg_456", "READ");
    answer();
    const events = await untilEvents(stack, "msg_456", 4);
    expect(events.map(({ type, messageStatus }) => [type, messageStatus])).toEqual([
      ["message.queued", "QUEUED"],
      ["message.delivered", "DELIVERED"],
      ["message.read", "READ"],
      ["message.sent", "READ"],
    ]);
  });
}

function describeAcceptance(kind: StoreUnderTest): void {
  test("twenty equal requests at once are one message", async () => {
    const stack = await startStack(kind);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(stack, guideTextRequest)),
    );
    const count = (status: number) => answers.filter((one) => one.status === status).length;
    expect([count(202), count(200)]).toEqual([1, 19]);
    expect(new Set(answers.map((one) => JSON.stringify(one.body))).size).toBe(1);
    const replays = answers.filter((one) => one.headers.get("idempotent-replayed") === "true");
    expect(replays).toHaveLength(19);
    await untilStatus(stack, "msg_456", "DELIVERED");
    expect(await stack.carrier.thread(ana.phoneNumber)).toHaveLength(1);
  });

  test("another body under a known id is a conflict and is not sent", async () => {
    const stack = await startStack(kind);
    await post(stack, guideTextRequest);
    const other = await post(stack, guideTextRequest.replace("shipped", "been lost"));
    expect(other).toMatchObject({ status: 409, body: { code: "message_id_conflict" } });
    await untilStatus(stack, "msg_456", "DELIVERED");
    expect(await stack.carrier.thread(ana.phoneNumber)).toMatchObject([
      { content: { text: "Your order has shipped" } },
    ]);
  });

  test("a message for later is sent at its time and not before", async () => {
    const stack = await startStoppedTimeStack(kind);
    const sendAt = new Date(stack.clock.now() + 3_600_000).toISOString();
    await stack.client.messages.send({ ...guideIds(), message: { text: "Later" }, sendAt });
    await stack.advance(3_599_999);
    expect(await stack.client.messages.get("msg_456")).toMatchObject({ status: "SCHEDULED" });
    expect(await stack.carrier.thread(ana.phoneNumber)).toEqual([]);
    await stack.advance(1);
    const message = await until("it is known to be sent and delivered", async () => {
      const found = await stack.client.messages.get("msg_456");
      return found.sentAt === undefined || found.deliveredAt === undefined ? undefined : found;
    });
    expect(message).toMatchObject({ sentAt: sendAt, deliveredAt: sendAt });
  });
}

function describeEventLog(kind: StoreUnderTest): void {
  test("a stream that broke off goes on behind its cursor, with no gap and no repeat", async () => {
    const stack = await startStack(kind);
    const send = (messageId: string) =>
      stack.client.messages.send({ ...guideIds(), messageId, message: { text: messageId } });
    const read = (cursor: string, messageId: string) =>
      readEventStream(
        { url: stack.url, apiKey, cursor },
        (event) => event.messageId === messageId && event.type === "message.delivered",
      );
    await send("msg_first");
    const before = await read("0.0", "msg_first");
    // Nobody reads while this happens, and the gateway is stopped and started.
    await send("msg_missed");
    await untilStatus(stack, "msg_missed", "DELIVERED");
    await untilReceiptsAreIn(stack);
    await stack.stopGateway();
    await stack.startGateway();
    await send("msg_last");
    const after = await read(before.at(-1)?.cursor ?? "", "msg_last");

    const seen = [...before, ...after].map(({ event }) => event);
    const { items } = await stack.client.events.list({ limit: 200 });
    expect(seen).toEqual(items.slice(0, seen.length));
    expect(new Set(seen.map(({ messageId }) => messageId)).size).toBe(3);
  });

  test("a stream of one type carries no other", async () => {
    const stack = await startStack(kind);
    for (const messageId of ["msg_a", "msg_b"]) {
      await stack.client.messages.send({ ...guideIds(), messageId, message: { text: "Hi" } });
      await untilStatus(stack, messageId, "DELIVERED");
    }
    const request = { url: stack.url, apiKey, cursor: "0.0", types: "message.delivered" };
    const read = await readEventStream(request, ({ messageId }) => messageId === "msg_b");
    expect(read.map(({ event }) => [event.type, event.messageId])).toEqual([
      ["message.delivered", "msg_a"],
      ["message.delivered", "msg_b"],
    ]);
  });
}

function describeTimeToLive(kind: StoreUnderTest): void {
  test("a message that could not be sent in its time expires and is never sent", async () => {
    const stack = await startStoppedTimeStack(kind);
    const { phoneNumber } = ana;
    await stack.carrier.setFaults([{ on: "send", action: "error", status: 503, phoneNumber }]);
    await stack.client.messages.send({ ...guideIds(), message: { text: "Soon" }, ttl: "20s" });
    await untilEvents(stack, "msg_456", 2);
    await stack.advance(5_000);
    await untilEvents(stack, "msg_456", 3);
    await stack.carrier.setFaults([]);
    await stack.advance(30_000);
    expect(await untilStatus(stack, "msg_456", "EXPIRED")).toMatchObject({
      reason: { code: "ttl_expired" },
    });
    expect(await stack.carrier.thread(phoneNumber)).toEqual([]);
  });

  test("a message that the carrier takes back at the end of its time expires", async () => {
    const stack = await startStoppedTimeStack(kind);
    await stack.client.messages.send({
      conversationId: "+12025550198",
      messageId: "msg_undelivered",
      message: { text: "Hi" },
      ttl: "60s",
    });
    await untilStatus(stack, "msg_undelivered", "SENT");
    await stack.advance(60_000);
    await untilStatus(stack, "msg_undelivered", "EXPIRED");
    expect(typesOf(await untilEvents(stack, "msg_undelivered", 3))).toEqual([
      "message.queued",
      "message.sent",
      "message.expired",
    ]);
  });

  test("a message that the carrier could not take back stays sent, and that is reported", async () => {
    const stack = await startStoppedTimeStack(kind);
    await stack.client.messages.send({
      conversationId: "+12025550186",
      messageId: "msg_inconclusive",
      message: { text: "Hi" },
      ttl: "60s",
    });
    await untilStatus(stack, "msg_inconclusive", "SENT");
    await stack.advance(60_000);
    const event = await until("the failed revocation is reported", async () =>
      (await eventsOf(stack, "msg_inconclusive")).find(
        ({ type }) => type === "message.revoke_failed",
      ),
    );
    expect(event).toMatchObject({ messageStatus: "SENT" });
  });
}
