import type { EventType } from "@richline/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import { startCustomerEndpoint } from "./customer-endpoint.ts";
import { pick, type StoppedTimeStack, startStoppedTimeStack } from "./gateway-stack.ts";
import { storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** A server of ours that takes what the gateway posts, until the test ends. */
async function startReceiver(reply?: () => number) {
  const receiver = await startCustomerEndpoint(reply);
  onTestFinished(() => receiver.close());
  return receiver;
}

let people = 0;

/** Nobody twice: a message that waits for its retry would hold up the next to the same person. */
function somebodyElse(): string {
  people += 1;
  return `+1202555${String(2_000 + people)}`;
}

/** Sends messages to as many people, and resolves when every one of them was handed to a carrier or refused. */
async function sendMany(stack: StoppedTimeStack, name: string, count: number): Promise<void> {
  const endedBefore = await countEnded(stack);
  await acceptMany(stack, name, count);
  await until(`${name} was sent`, async () =>
    (await countEnded(stack)) >= endedBefore + count ? true : undefined,
  );
}

async function acceptMany(stack: StoppedTimeStack, name: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await stack.client.messages.send({
      conversationId: somebodyElse(),
      messageId: `${name}_${index}`,
      message: { text: "Hello" },
    });
  }
}

/** How many provider calls have ended, as the gateway's metrics have it. */
async function countEnded({ url }: StoppedTimeStack): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counts = metrics.matchAll(/^richline_attempts_total\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** How many sends each carrier was called for. */
function callsOf({ carriers }: StoppedTimeStack): Promise<readonly number[]> {
  return Promise.all(carriers.map(async (one) => (await one.sends()).length));
}

/** Sends twenty messages and says how many the first carrier got of them, and how many the second. */
async function shareOf(stack: StoppedTimeStack, name: string): Promise<readonly number[]> {
  const before = await callsOf(stack);
  await sendMany(stack, name, 20);
  return (await callsOf(stack)).map((calls, index) => calls - pick(before, index));
}

async function countEvents({ client }: StoppedTimeStack, type: EventType): Promise<number> {
  return (await client.events.list({ type, limit: 200 })).items.length;
}

async function alertsOf({ client }: StoppedTimeStack, state?: "open" | "closed") {
  const { items } = await client.alerts.list({ state });
  return items.map(({ kind, subject }) => `${kind} ${subject}`);
}

/** Lets time pass until the open alerts are these, in steps as long as the gateway's own; five minutes at most. */
async function passUntilOpen(stack: StoppedTimeStack, expected: readonly string[]): Promise<void> {
  for (let passedMs = 0; passedMs < 300_000; passedMs += 15_000) {
    await stack.pass(15_000);
    const open = await alertsOf(stack, "open");
    if (open.join() === expected.join()) return;
  }
  expect(await alertsOf(stack, "open")).toEqual(expected);
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`on ${kind.name}`, () => {
    test("a provider that fails half of its calls loses its messages to the second and gets them back step by step", async () => {
      const stack = await startStoppedTimeStack(kind, { carrierCount: 2 });
      const first = pick(stack.carriers, 0);
      await first.setFaults([{ on: "send", action: "error", status: 503, count: 10 }]);
      await sendMany(stack, "half", 20);
      await until("it is degraded", async () =>
        (await countEvents(stack, "provider.degraded")) > 0 ? true : undefined,
      );
      expect(await shareOf(stack, "lost")).toEqual([0, 20]);

      await stack.pass(30_000);
      expect(await shareOf(stack, "tenth")).toEqual([3, 17]);
      await stack.pass(15_000);
      expect(await shareOf(stack, "quarter")).toEqual([6, 14]);
      await stack.pass(15_000);
      expect(await shareOf(stack, "second_half")).toEqual([11, 9]);
      await stack.pass(15_000);
      expect(await shareOf(stack, "all")).toEqual([20, 0]);
      expect(await countEvents(stack, "provider.recovered")).toBe(0);
      await stack.pass(15_000);
      expect(await shareOf(stack, "healthy")).toEqual([20, 0]);
      await until("it has recovered", async () =>
        (await countEvents(stack, "provider.recovered")) > 0 ? true : undefined,
      );

      await passUntilOpen(stack, []);
      expect(await alertsOf(stack)).toContain("provider_degraded emulator");
      expect(await countEvents(stack, "provider.degraded")).toBe(1);
      expect(await countEvents(stack, "provider.recovered")).toBe(1);
      // Minutes of stopped time, a quarter of a second at a time.
    }, 60_000);

    test("an outage that outlasts the whole schedule costs no message its retries or its route: all wait, and arrive", async () => {
      const stack = await startStoppedTimeStack(kind, { sms: true });
      await stack.carrier.setFaults([{ on: "send", action: "error", status: 503 }]);
      await sendMany(stack, "failing", 20);
      await until("it is degraded", async () =>
        (await countEvents(stack, "provider.degraded")) > 0 ? true : undefined,
      );
      await acceptMany(stack, "waiting", 5);
      // 5 s, 30 s and 5 min, each a tenth longer at most, and then some.
      await stack.pass(400_000);
      expect((await stack.client.reviews.list()).items).toEqual([]);
      const during = await countEnded(stack);

      await stack.carrier.setFaults([]);
      await until("all are sent", async () => {
        await stack.pass(15_000);
        const { items } = await stack.client.messages.list({ limit: 200 });
        return items.every(({ sentAt }) => sentAt !== undefined) ? true : undefined;
      });
      const { items } = await stack.client.messages.list({ limit: 200 });
      expect(items).toHaveLength(25);
      expect(items.every(({ deviceSupport }) => deviceSupport !== "sms_fallback")).toBe(true);
      // While the provider failed it was asked ten times in half a minute at most, however many wait.
      expect(during).toBeLessThan(20 + 14 * 10);
    }, 60_000);

    test("webhooks that a carrier drops open an alert, and close it when they come again; each is told once, everywhere", async () => {
      const slack = await startReceiver();
      const endpoint = await startReceiver();
      const stack = await startStoppedTimeStack(kind, { slackUrl: slack.url });
      await stack.client.endpoints.create({
        url: endpoint.url,
        eventTypes: ["alert.opened", "alert.closed"],
      });
      await stack.carrier.setFaults([{ on: "webhook", action: "drop" }]);
      await sendMany(stack, "unheard", 20);
      await passUntilOpen(stack, ["webhooks_stopped emulator"]);

      await stack.carrier.setFaults([]);
      await sendMany(stack, "heard", 1);
      await passUntilOpen(stack, []);
      expect(await alertsOf(stack, "closed")).toEqual(["webhooks_stopped emulator"]);

      await until("both are posted", () => (slack.received.length === 2 ? true : undefined));
      expect(slack.received.map(({ body }): unknown => JSON.parse(body))).toEqual([
        {
          text: "Richline alert: webhooks_stopped, emulator (test). 20 messages went out in ten minutes, and nothing at all came in.",
        },
        { text: "Richline: over: webhooks_stopped, emulator (test)." },
      ]);
      await until("both are delivered", () => (endpoint.received.length === 2 ? true : undefined));
      expect(endpoint.received.map(({ event }) => [event.type, event.alert?.subject])).toEqual([
        ["alert.opened", "emulator"],
        ["alert.closed", "emulator"],
      ]);
    });

    test("an endpoint that was disabled is told of until its owner enables it", async () => {
      let status = 410;
      const gone = await startReceiver(() => status);
      const stack = await startStoppedTimeStack(kind);
      const { id } = await stack.client.endpoints.create({ url: gone.url });
      await sendMany(stack, "gone", 1);
      await until("it is disabled", async () => {
        const { enabled } = await stack.client.endpoints.get(id);
        return enabled ? undefined : true;
      });
      await passUntilOpen(stack, [`endpoint_disabled ${id}`]);
      // What waited for it when it was disabled is delivered now.
      status = 200;
      await stack.client.endpoints.update(id, { enabled: true });
      await passUntilOpen(stack, []);
    });
  });
}
