import { isDeepStrictEqual } from "node:util";
import {
  type FailureCode,
  failureCode,
  failureCodes,
  type ThreadMessage,
} from "@richline/contract";
import { type MagicNumber, magicNumbers } from "@richline/emulator";
import { describe, expect, test } from "vitest";
import { type StoppedTimeStack, startStoppedTimeStack } from "./gateway-stack.ts";
import { storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const messageId = "msg_456";
const hourMs = 3_600_000;

/** What one sees of the message, in the words of the table. */
type Seen = Pick<
  MagicNumber,
  "status" | "reason" | "failure" | "events" | "providerEvents" | "phone"
>;

/** Failures that no number can cause, and why. */
const withoutNumber: Partial<Record<FailureCode, string>> = {
  rcs_disabled: "Google answers 404, as for a phone without RCS",
  feature_unsupported: "what a handset cannot show is sent to it as text",
  timeout_before_send: "no adapter tells it from connection_failed",
  connection_failed: "the carrier knows the number only once there is a connection",
};

test("every failure of the taxonomy has a magic number, but for those that no number can cause", () => {
  const shown = new Set(magicNumbers.map(({ failure }) => failure));
  expect(failureCodes.filter((code) => !shown.has(code)).toSorted()).toEqual(
    Object.keys(withoutNumber).toSorted(),
  );
});

// One store is enough: what the numbers do is at the carrier, and the stores have a suite that they share.
for (const kind of storesUnderTest.filter(({ name }) => name === "SQLite")) {
  describe("a message to a magic number is seen as the table says", () => {
    const cases = magicNumbers.map((one) => [one.phoneNumber, one.behaviour, one] as const);
    test.each(cases)("%s, %s", async (conversationId, _behaviour, number) => {
      const { request, events } = number;
      const expected = seenBy(number);
      const stack = await startStoppedTimeStack(kind, { sms: true });
      const before = eventsBeforeReceipts(events);
      const isHeld = before.length < events.length;
      if (isHeld) await holdBack(stack, number);
      await stack.client.messages.send({ conversationId, messageId, ...request });
      if (isHeld) {
        await untilHappened(stack, number, before);
        await letGo(stack, number);
      }
      await untilSeen(stack, number, expected);
      for (let step = 0; step < 8; step += 1) await pass(stack, 3 * hourMs);
      expect(await lookAt(stack, number), "a day later").toEqual(expected);
    });
  });
}

function seenBy(number: MagicNumber): Seen {
  const { status, reason, failure, events, providerEvents, phone } = number;
  return { status, reason, failure, events, providerEvents, phone };
}

/** What happens before the carrier says that the message arrived, or, where the answer was lost, that it has it at all. */
function eventsBeforeReceipts(events: Seen["events"]): Seen["events"] {
  const uncertain = events.indexOf("message.uncertain");
  const first = events.findIndex(
    (type, index) =>
      type === "message.delivered" ||
      type === "message.read" ||
      (type === "message.sent" && uncertain !== -1 && index > uncertain),
  );
  return first === -1 ? events : events.slice(0, first);
}

/** How long the first word of an SMS is held back, in milliseconds. */
const heldMs = 1_000;

/**
 * The carrier of these tests takes no time to a phone, and so the receipts and the answer to the send would race. Here,
 * as by default, the answer comes first: the phone is offline meanwhile, and an SMS is not yet reported as sent.
 */
async function holdBack(
  { carrier }: StoppedTimeStack,
  { phoneNumber, events }: MagicNumber,
): Promise<void> {
  await carrier.makePhone({ phoneNumber, online: false });
  if (!events.includes("message.uncertain")) return;
  await carrier.setFaults([{ on: "sms_webhook", action: "delay", delayMs: heldMs, count: 1 }]);
}

async function letGo(stack: StoppedTimeStack, { phoneNumber }: MagicNumber): Promise<void> {
  await pass(stack, heldMs);
  await until("every receipt so far is in", async () =>
    (await stack.carrier.webhooksPending()) === 0 ? true : undefined,
  );
  await stack.carrier.changePhone(phoneNumber, { online: true });
}

/** Waits for these events. Time passes only while the message waits to be tried again. */
async function untilHappened(
  stack: StoppedTimeStack,
  number: MagicNumber,
  wanted: Seen["events"],
): Promise<void> {
  await until(wanted.join(", "), async () => {
    const { events } = await lookAt(stack, number);
    if (events.length >= wanted.length) return true;
    if (events.at(-1) === "message.retried") await pass(stack, 10_000);
    return undefined;
  });
}

/** Most steps in which time passes: past the last retry and the last watchdog. */
const stepsMax = 150;

/** Lets time pass until all is as expected: in short steps at first, since most waits are short. */
async function untilSeen(
  stack: StoppedTimeStack,
  number: MagicNumber,
  expected: Seen,
): Promise<void> {
  if (number.events.length > 1) {
    await until("something has come of the message", async () =>
      (await lookAt(stack, number)).events.length > 1 ? true : undefined,
    );
  }
  for (let step = 0; step < stepsMax; step += 1) {
    if (isDeepStrictEqual(await lookAt(stack, number), expected)) return;
    await pass(stack, step < 40 ? 250 : 10_000);
  }
  expect(await lookAt(stack, number)).toEqual(expected);
}

/** Moves the clock; an exchange with gateway and carrier gives them the time to do what has come due. */
async function pass({ clock, client, carrier }: StoppedTimeStack, byMs: number): Promise<void> {
  clock.advance(byMs);
  await Promise.all([client.messages.get(messageId), carrier.webhooksPending()]);
}

async function lookAt(
  { client, carrier }: StoppedTimeStack,
  { phoneNumber }: MagicNumber,
): Promise<Seen> {
  const [{ status, reason }, { items }, thread] = await Promise.all([
    client.messages.get(messageId),
    client.events.list({ limit: 200 }),
    carrier.thread(phoneNumber),
  ]);
  const ofPerson = items.filter(({ conversationId }) => conversationId === phoneNumber);
  const ofProviders = items.filter(({ type }) => type.startsWith("provider."));
  const failures = ofPerson.flatMap((one) => failureCode.safeParse(one.reason?.code).data ?? []);
  return {
    status,
    reason: reason?.code,
    failure: failures.at(-1),
    events: ofPerson.map(({ type }) => type),
    providerEvents: ofProviders.map(({ type }) => type),
    phone: thread.map(({ direction, channel, content }) => ({
      direction,
      channel,
      text: textOf(content),
    })),
  };
}

/** A tapped reply has its words one level deeper. */
function textOf({ text, suggestionResponse }: ThreadMessage["content"]): string {
  if (typeof suggestionResponse !== "object" || suggestionResponse === null) return String(text);
  return String(Object.getOwnPropertyDescriptor(suggestionResponse, "text")?.value);
}
