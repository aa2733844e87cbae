import type { Delivery } from "@richline/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type CustomerEndpoint,
  type EndpointReply,
  startCustomerEndpoint,
} from "./customer-endpoint.ts";
import {
  ana,
  type Stack,
  type StoppedTimeStack,
  startStack,
  startStoppedTimeStack,
  untilStatus,
} from "./gateway-stack.ts";
import { guideAccepts } from "./guide-examples.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

interface Registered extends CustomerEndpoint {
  readonly id: string;
  readonly secret: string;
}

/** An endpoint of the test's own, known to the gateway. */
async function register({ client }: Stack, reply?: EndpointReply): Promise<Registered> {
  const endpoint = await startCustomerEndpoint(reply);
  onTestFinished(endpoint.close);
  const { id, secret } = await client.endpoints.create({ url: endpoint.url });
  return { ...endpoint, id, secret };
}

function untilReceived(endpoint: CustomerEndpoint, count: number) {
  return until(`delivery ${count} has come`, () =>
    endpoint.received.length < count ? undefined : endpoint.received,
  );
}

/** The delivery of an event to an endpoint once `isWanted` is true of it. */
function untilDelivery(
  { client }: Stack,
  { id, eventId }: { readonly id: string; readonly eventId: string },
  isWanted: (delivery: Delivery) => boolean,
): Promise<Delivery> {
  return until("the delivery is as expected", async () => {
    const { items } = await client.endpoints.deliveries(id);
    return items.find((one) => one.eventId === eventId && isWanted(one));
  });
}

/** Moves time on and makes the gateway look for due deliveries exactly then: an event for one wakes all. */
async function advance(
  stack: StoppedTimeStack,
  bystander: Registered,
  byMs: number,
): Promise<void> {
  stack.clock.advance(byMs);
  const count = bystander.received.length;
  await stack.client.endpoints.test(bystander.id);
  await untilReceived(bystander, count + 1);
}

function sendText({ client }: Stack, messageId: string) {
  const { conversationId } = ana;
  return client.messages.send({ conversationId, messageId, message: { text: "Hi" } });
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`on ${kind.name}`, () => {
    describe("an endpoint that fails", () => describeFailures(kind));
    describe("an endpoint that is gone", () => describeGone(kind));
    describe("an endpoint that never answers", () => describeDead(kind));
    describe("an endpoint's secret", () => describeSecrets(kind));
  });
}

function describeFailures(kind: StoreUnderTest): void {
  test("gets the same delivery again after 5 s and then 5 min, signed anew", async () => {
    const stack = await startStoppedTimeStack(kind);
    let failuresLeft = 2;
    const endpoint = await register(stack, () => (failuresLeft-- > 0 ? 500 : 200));
    const bystander = await register(stack);
    const startMs = stack.clock.now();
    const at = (afterMs: number) => new Date(startMs + afterMs).toISOString();
    const { eventId } = await stack.client.endpoints.test(endpoint.id);
    const delivery = { id: endpoint.id, eventId };

    expect(await untilDelivery(stack, delivery, ({ attempts }) => attempts === 1)).toMatchObject({
      state: "pending",
      responseStatus: 500,
      lastAttemptAt: at(0),
      nextAttemptAt: at(5_000),
    });
    await advance(stack, bystander, 4_999);
    await advance(stack, bystander, 1);
    expect(await untilDelivery(stack, delivery, ({ attempts }) => attempts === 2)).toMatchObject({
      state: "pending",
      lastAttemptAt: at(5_000),
      nextAttemptAt: at(305_000),
    });
    await advance(stack, bystander, 299_999);
    await advance(stack, bystander, 1);
    const done = await untilDelivery(stack, delivery, ({ state }) => state === "succeeded");
    expect(done).toMatchObject({ attempts: 3, responseStatus: 200, lastAttemptAt: at(305_000) });

    expect(new Set(endpoint.received.map(({ body }) => body)).size).toBe(1);
    const timestamps = endpoint.received.map(({ headers }) => Number(headers["webhook-timestamp"]));
    const startSeconds = startMs / 1000;
    expect(timestamps).toEqual([startSeconds, startSeconds + 5, startSeconds + 305]);
  });

  test("gets its delivery at once when somebody asks for it", async () => {
    const stack = await startStoppedTimeStack(kind);
    let failuresLeft = 1;
    const endpoint = await register(stack, () => (failuresLeft-- > 0 ? 503 : 200));
    const { eventId } = await stack.client.endpoints.test(endpoint.id);
    const delivery = { id: endpoint.id, eventId };
    await untilDelivery(stack, delivery, ({ attempts }) => attempts === 1);
    await stack.client.endpoints.replay(endpoint.id, eventId);
    await untilDelivery(stack, delivery, ({ state }) => state === "succeeded");
    expect(endpoint.received).toHaveLength(2);
  });
}

function describeGone(kind: StoreUnderTest): void {
  test("is disabled by a 410, which is told once, and hears nothing more", async () => {
    const stack = await startStack(kind);
    const held: (() => void)[] = [];
    const gone = await register(
      stack,
      () => new Promise<number>((resolve) => held.push(() => resolve(410))),
    );
    const other = await register(stack);
    await sendText(stack, "msg_1");
    await sendText(stack, "msg_2");
    // Several deliveries are under way when it answers that it is gone.
    await untilReceived(gone, 4);
    for (const answer of held.splice(0)) answer();

    const disabled = await until("it is disabled", async () => {
      const endpoint = await stack.client.endpoints.get(gone.id);
      return endpoint.enabled ? undefined : endpoint;
    });
    expect(disabled.disabledReason).toContain("410");
    await sendText(stack, "msg_3");
    await until("the other has heard of the third message", () =>
      other.received.find(
        ({ event }) => event.messageId === "msg_3" && event.type === "message.delivered",
      ),
    );
    expect(gone.received.filter(({ event }) => event.messageId === "msg_3")).toEqual([]);
    const log = await until("the log tells of the third message", async () => {
      const { items } = await stack.client.events.list({ limit: 200 });
      return items.some(({ messageId }) => messageId === "msg_3") ? items : undefined;
    });
    expect(log.filter(({ type }) => type === "endpoint.disabled")).toMatchObject([
      { endpointId: gone.id, reason: { code: "gone" } },
    ]);
  });

  test("hears again when it is enabled again", async () => {
    const stack = await startStack(kind);
    let status = 410;
    const endpoint = await register(stack, () => status);
    await stack.client.endpoints.test(endpoint.id);
    await until("it is disabled", async () =>
      (await stack.client.endpoints.get(endpoint.id)).enabled ? undefined : true,
    );
    status = 200;
    await stack.client.endpoints.update(endpoint.id, { enabled: true });
    const { eventId } = await stack.client.endpoints.test(endpoint.id);
    const delivery = { id: endpoint.id, eventId };
    await untilDelivery(stack, delivery, ({ state }) => state === "succeeded");
  });
}

function describeDead(kind: StoreUnderTest): void {
  test("delays no other, however much waits for it", async () => {
    const stack = await startStack(kind);
    const dead = await register(stack, () => new Promise<number>(() => undefined));
    const alive = await register(stack);
    const ids = Array.from({ length: 30 }, (_, index) => `msg_${index}`);
    await Promise.all(ids.map((id) => sendText(stack, id)));
    // Every place for deliveries to the dead one is taken by now or soon, and stays so.
    for (const id of ids) {
      await until(`the other has heard of ${id}`, () =>
        alive.received.find(
          ({ event }) => event.messageId === id && event.type === "message.delivered",
        ),
      );
    }
    await untilReceived(dead, 32);
    expect(dead.received).toHaveLength(32);
    const { items } = await stack.client.endpoints.deliveries(dead.id, { limit: 200 });
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(["pending"]));
  });
}

function describeSecrets(kind: StoreUnderTest): void {
  test("is replaced at once by a rotation, while the old one still signs along", async () => {
    const stack = await startStack(kind);
    const endpoint = await register(stack);
    const { secret } = await stack.client.endpoints.rotateSecret(endpoint.id);
    // The node delivers by the new secret as soon as it has read the change.
    const delivery = await until("a delivery is signed with the new secret", async () => {
      await stack.client.endpoints.test(endpoint.id);
      return endpoint.received.find(({ headers, body }) =>
        guideAccepts(String(headers["x-signature"]), body, secret),
      );
    });
    expect(String(delivery.headers["webhook-signature"]).split(" ")).toHaveLength(2);
  });

  test("stays as rotated when the endpoint is found gone with a delivery signed before", async () => {
    const stack = await startStack(kind);
    const held: (() => void)[] = [];
    const endpoint = await register(
      stack,
      () => new Promise<number>((resolve) => held.push(() => resolve(410))),
    );
    await sendText(stack, "msg_1");
    await untilReceived(endpoint, 1);
    await untilStatus(stack, "msg_1", "DELIVERED");
    const { secret } = await stack.client.endpoints.rotateSecret(endpoint.id);
    await untilReceived(endpoint, 3);
    for (const answer of held.splice(0)) answer();
    await until("it is disabled", async () =>
      (await stack.client.endpoints.get(endpoint.id)).enabled ? undefined : true,
    );
    await stack.client.endpoints.update(endpoint.id, { enabled: true });
    await stack.client.endpoints.test(endpoint.id);
    const tested = await until("it hears again", () => endpoint.ofType("endpoint.tested")[0]);
    const signature = String(tested.headers["x-signature"]);
    expect(guideAccepts(signature, tested.body, secret)).toBe(true);
  });
}
