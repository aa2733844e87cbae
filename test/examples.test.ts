import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ThreadMessage } from "@richline/contract";
import { describe, expect, onTestFinished, test } from "vitest";
import { ana, apiKey, pick, type Stack, startStack } from "./gateway-stack.ts";
import { storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** An example as a reader runs it: a process of its own, told by its environment where the gateway is. */
function run(stack: Stack, name: string, ...args: readonly string[]) {
  const example = spawn(
    process.execPath,
    [fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url)), ...args],
    {
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
  });
  return {
    lines,
    type: (line: string) => example.stdin.write(`${line}\n`),
    /** Its exit code, once it has ended and all that it printed is here. */
    ended: async () => (await ended)[0],
  };
}

const start = () => startStack(pick(storesUnderTest, 0), { sms: true });

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
});
