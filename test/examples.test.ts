import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CreatePhoneRequest, ThreadMessage } from "@richline/contract";
import { describe, expect, onTestFinished, test } from "vitest";
import { ana, apiKey, pick, type Stack, startStack } from "./gateway-stack.ts";
import { storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** An example as a reader runs it: a process of its own, told by its environment where the gateway is. */
function run(stack: Stack, name: string, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "richline-example-"));
  const example = spawn(
    process.execPath,
    [fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url)), ...args],
    {
      // Bots keep their file in the folder where they run.
      cwd: folder,
      env: { ...process.env, RICHLINE_URL: stack.url, RICHLINE_API_KEY: apiKey },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const lines: string[] = [];
  createInterface(example.stdout).on("line", (line) => lines.push(line));
  const ended = once(example, "close");
  onTestFinished(async () => {
    example.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });
  return {
    lines,
    listens: () => until("it listens", () => lines.find((line) => line.endsWith("listens."))),
    type: (line: string) => example.stdin.write(`${line}\n`),
    /** Its exit code, once it has ended and all that it printed is here. */
    ended: async () => (await ended)[0],
  };
}

const start = (...phones: readonly CreatePhoneRequest[]) =>
  startStack(pick(storesUnderTest, 0), { sms: true, phones });

function untilShown(
  stack: Stack,
  phoneNumber: string,
  matches: (message: ThreadMessage) => boolean,
): Promise<ThreadMessage> {
  return until("it is on the phone", async () =>
    (await stack.carrier.thread(phoneNumber)).find(matches),
  );
}

const textOf = ({ content }: ThreadMessage) => String(content["text"] ?? "");

describe("the examples", () => {
  test("order-shipped: the card is on the phone, once", async () => {
    const stack = await start();
    const example = run(stack, "order-shipped");
    expect(await example.ended()).toBe(0);
    expect(example.lines).toEqual(["A-1042: QUEUED", "A-1042: was sent before"]);
    const card = await untilShown(stack, ana.phoneNumber, () => true);
    expect(JSON.stringify(card.content)).toContain("It arrives on Friday.");
    expect(await stack.carrier.thread(ana.phoneNumber)).toHaveLength(1);
  });

  test("campaign-loop: everybody gets it once, and who opted out gets nothing", async () => {
    const stack = await start();
    await stack.client.consents.put("+12025550124", { state: "OPTED_OUT", purpose: "news" });
    const first = run(stack, "campaign-loop");
    expect(await first.ended()).toBe(0);
    expect(first.lines[0]).toBe("{ accepted: 2, optedOut: 1, refused: 0 }");
    const again = run(stack, "campaign-loop");
    expect(await again.ended()).toBe(0);
    for (const number of ["+12025550123", "+12025550125"]) {
      await untilShown(stack, number, (one) => textOf(one).includes("20 % off"));
      expect(await stack.carrier.thread(number)).toHaveLength(1);
    }
    expect(await stack.carrier.thread("+12025550124")).toEqual([]);
  });

  test.each([
    ["RCS", "enabled", "rcs"],
    ["SMS, where the phone has no RCS", "none", "sms"],
  ] as const)(
    "one-time-code: comes by %s, and is told from a wrong one",
    async (_by, rcs, channel) => {
      const stack = await start();
      const phoneNumber = "+12025550177";
      await stack.carrier.makePhone({ phoneNumber, rcs });
      const example = run(stack, "one-time-code", phoneNumber);
      const shown = await untilShown(stack, phoneNumber, (one) =>
        textOf(one).includes("is your code"),
      );
      expect(shown.channel).toBe(channel);
      const code = textOf(shown).slice(0, 6);
      example.type(code === "000000" ? "111111" : "000000");
      await until("it is told wrong", () => (example.lines.at(-1) === "wrong" ? true : undefined));
      example.type(code);
      expect(await example.ended()).toBe(0);
      expect(example.lines.at(-1)).toBe("right");
    },
  );

  test("product-assistant: shows products, and remembers the basket", async () => {
    const stack = await start({ phoneNumber: ana.phoneNumber });
    const { phoneNumber } = ana;
    await run(stack, "product-assistant").listens();
    const tap = async (label: string) => {
      const shown = await untilShown(
        stack,
        phoneNumber,
        (one) => offered(one, label) !== undefined,
      );
      await stack.carrier.tap(phoneNumber, {
        messageId: shown.messageId,
        postbackData: offered(shown, label) ?? "",
      });
    };
    await stack.carrier.personSends(phoneNumber, { text: "Hi there" });
    await tap("Show me everything");
    await tap("See details");
    await untilShown(stack, phoneNumber, ({ content }) =>
      JSON.stringify(content).includes("Stoneware"),
    );
    await tap("Add to basket");
    await untilShown(stack, phoneNumber, (one) => textOf(one) === "The mug is in your basket.");
    await tap("My basket");
    await untilShown(stack, phoneNumber, (one) => textOf(one) === "The mug: € 18.");
  });

  test("appointment-bot: a form, a time that is taken, a calendar entry, a cancellation", async () => {
    const stack = await start({ phoneNumber: ana.phoneNumber });
    const { phoneNumber } = ana;
    const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    const example = run(stack, "appointment-bot");
    await example.listens();
    const { phoneNumber: other } = await anotherPerson(stack);
    for (const [number, name] of [
      [other, "Ben"],
      [phoneNumber, "Ana"],
    ] as const) {
      await stack.carrier.personSends(number, { text: "I need an appointment" });
      await fillIn(await untilForm(stack, number, 0), { name, day, time: "09:30" });
      if (name === "Ben")
        await untilShown(stack, number, (one) => textOf(one).includes("Thank you, Ben"));
    }
    await untilShown(stack, phoneNumber, (one) => textOf(one).includes("That time is taken"));
    await fillIn(await untilForm(stack, phoneNumber, 1), {
      name: "Ana",
      day,
      time: "10:00",
    });
    const thanks = await untilShown(stack, phoneNumber, (one) =>
      textOf(one).includes(`${day} at 10:00`),
    );
    expect(JSON.stringify(thanks.content)).toContain("createCalendarEventAction");
    const cancel = offered(thanks, "I cannot come") ?? "";
    await stack.carrier.tap(phoneNumber, { messageId: thanks.messageId, postbackData: cancel });
    await untilShown(stack, phoneNumber, (one) => textOf(one).includes("It is cancelled"));
    expect(example.lines).toEqual([
      "The practice listens.",
      `${day}T09:30:00.000Z: Ben`,
      `${day}T10:00:00.000Z: Ana`,
    ]);
  });
});

async function anotherPerson(stack: Stack) {
  const ben = { conversationId: "user_124", phoneNumber: "+12025550124" };
  await stack.client.contacts.put(ben.conversationId, { phoneNumber: ben.phoneNumber });
  await stack.carrier.makePhone({ phoneNumber: ben.phoneNumber });
  return ben;
}

/** What the suggestion of this label sends back, in a card or under the message. */
function offered({ content }: ThreadMessage, label: string): string | undefined {
  const all = JSON.stringify(content).matchAll(
    /\{"text":"([^"]*)","postbackData":"((?:[^"\\]|\\.)*)"/g,
  );
  for (const [, text, data] of all) if (text === label) return JSON.parse(`"${data}"`);
  return undefined;
}

/** The address of the form that is the nth on the phone. */
async function untilForm(stack: Stack, phoneNumber: string, nth: number): Promise<string> {
  return until("the form is on the phone", async () => {
    const thread = JSON.stringify(await stack.carrier.thread(phoneNumber));
    return [...thread.matchAll(/http:\/\/[^"]*\/f\/[A-Za-z0-9_-]{22}/g)][nth]?.[0];
  });
}

async function fillIn(url: string, values: Readonly<Record<string, string>>): Promise<void> {
  const { status } = await fetch(url, { method: "POST", body: new URLSearchParams(values) });
  expect(status).toBe(200);
}
