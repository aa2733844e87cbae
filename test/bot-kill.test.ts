import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ThreadMessage } from "@richline/contract";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { agentId, apiKey, type Stack, startStack } from "./gateway-stack.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const killCount = 50;
const people = Array.from({ length: 6 }, (_, index) => ({
  conversationId: `person_${index}`,
  phoneNumber: `+1404555${1000 + index}`,
}));
type Person = (typeof people)[number];

beforeAll(buildServer, buildTimeoutMs);

test("a bot that is killed fifty times in the middle of conversations asks everybody everything once and loses no answer", {
  timeout: 180_000,
}, async () => {
  const random = createSeededRandom();
  console.info(`RICHLINE_TEST_SEED=${random.seed}`);
  const startedAtMs = performance.now();
  const [sqlite] = storesUnderTest;
  if (sqlite === undefined) throw new Error("There is no store.");
  const stack = await startStack(sqlite, {
    phones: people.map(({ phoneNumber }) => ({ phoneNumber })),
  });
  for (const { conversationId, phoneNumber } of people) {
    await stack.client.contacts.put(conversationId, { phoneNumber });
  }
  const bots = createBots(stack);
  const plan = { areKillsOver: false };
  // It hears of events from its first start on.
  await (await bots.start()).kill();
  const talks = people.map((person) => talk(stack, person, plan));

  for (let kills = 1; kills < killCount; kills += 1) {
    const bot = await bots.start();
    await bot.events(1 + random.below(4));
    await pause(random.below(15));
    await bot.kill();
  }
  plan.areKillsOver = true;
  const last = await bots.start();
  const said = await Promise.all(talks);
  const rounds = said.reduce((sum, one) => sum + one.rounds, 0);
  for (const [index, person] of people.entries()) {
    const thread = await stack.carrier.thread(person.phoneNumber);
    const shown = thread.filter(({ direction }) => direction === "outbound").map(textOf);
    expect(shown, person.conversationId).toEqual(said[index]?.expected);
  }
  await last.kill();
  const charges = readFileSync(bots.chargesPath, "utf8").trim().split("\n");
  // A kill between a charge and its writing down repeats it, under the same key.
  expect(new Set(charges).size).toBe(rounds);
  expect(bots.log()).toBe("");
  console.table([
    {
      kills: killCount,
      conversations: rounds,
      chargesRepeated: charges.length - rounds,
      seconds: Math.round((performance.now() - startedAtMs) / 100) / 10,
    },
  ]);
  expect(rounds).toBeGreaterThan(people.length);
});

/** One round after the other until no more kills come; answers what the phone must show by then. */
async function talk(stack: Stack, person: Person, plan: { readonly areKillsOver: boolean }) {
  const { carrier } = stack;
  const { phoneNumber } = person;
  const expected: string[] = [];
  /** Waits for the next message, whatever it says. */
  const hears = async (what: string): Promise<ThreadMessage> => {
    expected.push(what);
    const count = expected.length;
    return until(
      `${person.conversationId} is told "${what}"`,
      async () =>
        (await carrier.thread(phoneNumber)).filter(({ direction }) => direction === "outbound")[
          count - 1
        ],
      { withinMs: 60_000 },
    );
  };
  let rounds = 0;
  do {
    const round = rounds;
    rounds += 1;
    await carrier.personSends(phoneNumber, { text: `order ${round}`, agentId });
    await hears(`${round}: welcome for the ${rounds}. time`);
    const { messageId } = await hears(`${round}: which size?`);
    const postbackData = `rl1~size~{"value":"S","round":${round}}`;
    await carrier.tap(phoneNumber, { messageId, postbackData });
    await hears(`${round}: your name?`);
    await carrier.personSends(phoneNumber, { text: `Ana ${round}`, agentId });
    const day = await hears(`${round}: which day?`);
    await carrier.tap(phoneNumber, { messageId: day.messageId, postbackData: "Friday" });
    const data = JSON.stringify({ value: "S", round, type: "size" });
    await hears(`${round}: ${data}, Ana ${round}, Friday`);
  } while (!plan.areKillsOver);
  return { rounds, expected };
}

function textOf({ content }: ThreadMessage): unknown {
  return content["text"];
}

const program = fileURLToPath(new URL("./run-bot.mjs", import.meta.url));

/** Bots in processes of their own, one after the other, on one file. */
function createBots(stack: Stack) {
  const folder = mkdtempSync(join(tmpdir(), "richline-bot-kill-"));
  const path = join(folder, "bot.db");
  const chargesPath = join(folder, "charges.txt");
  const settings = { baseUrl: stack.url, apiKey, path, chargesPath };
  const children: ChildProcess[] = [];
  const chunks: string[] = [];
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  onTestFinished(async () => {
    for (const child of children) await kill(child);
    rmSync(folder, { recursive: true });
  });
  return {
    chargesPath,
    log: () => chunks.join(""),
    start: async () => {
      const child = fork(program, [], {
        execArgv: [],
        env: { PATH: process.env["PATH"], RICHLINE_TEST_BOT: JSON.stringify(settings) },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
      children.push(child);
      for (const output of [child.stdout, child.stderr]) {
        output?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
      }
      let events = 0;
      let hasStarted = false;
      child.on("message", (message) => {
        if (message === "event") events += 1;
        else hasStarted = true;
      });
      const untilSeen = (what: string, isSeen: () => boolean) =>
        until(what, () => {
          if (child.exitCode !== null) throw new Error(`The bot ended:\n${chunks.join("")}`);
          return isSeen() || undefined;
        });
      await untilSeen("the bot has started", () => hasStarted);
      return {
        events: (count: number) =>
          untilSeen(`the bot hears of ${count} events`, () => events >= count),
        kill: () => kill(child),
      };
    },
  };
}
