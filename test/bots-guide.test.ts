import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ThreadMessage } from "@richline/contract";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { buildServer, buildTimeoutMs } from "./built-server.ts";
import { findFreePort } from "./free-port.ts";
import { agentId, ana, apiKey, pick, type Stack, startStack } from "./gateway-stack.ts";
import { storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const timeout = 60_000;

beforeAll(buildServer, buildTimeoutMs);

/** A gateway with Ana's phone, and the guide's programs, each in a folder of its own. */
async function setScene() {
  const stack = await startStack(pick(storesUnderTest, 0), {
    phones: [{ phoneNumber: ana.phoneNumber }],
  });
  const folder = await mkdtemp(join(tmpdir(), "richline-bots-guide-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const guide = await readFile(join(root, "docs/guides/bots.md"), "utf8");
  const names: string[] = [];
  for (const [, name = "", code = ""] of guide.matchAll(/```js\n\/\/ (\S+\.mjs)\n(.*?)```/gs)) {
    names.push(name);
    await mkdir(join(folder, name.replace(".mjs", "")));
    await writeFile(join(folder, name.replace(".mjs", ""), name), code);
  }
  return {
    ...stack,
    guide,
    names,
    run: (name: string, env: Record<string, string> = {}) =>
      runBot(stack, join(folder, name.replace(".mjs", "")), name, env),
    hears: createEar(stack),
    says: (text: string) => stack.carrier.personSends(ana.phoneNumber, { text, agentId }),
    taps: ({ messageId }: ThreadMessage, postbackData: string) =>
      stack.carrier.tap(ana.phoneNumber, { messageId, postbackData }),
  };
}

/** Waits for the next message on the phone, and for its words. */
function createEar({ carrier }: Stack) {
  let heard = 0;
  return async (text: string): Promise<ThreadMessage> => {
    const message = await until(`Ana reads "${text}"`, async () => {
      const thread = await carrier.thread(ana.phoneNumber);
      return thread.filter(({ direction }) => direction === "outbound")[heard];
    });
    heard += 1;
    expect(message.content["text"]).toBe(text);
    return message;
  };
}

/** Runs a program, and resolves when its bot has started. */
async function runBot(stack: Stack, folder: string, name: string, env: Record<string, string>) {
  // The programs wait for their bot to start, and so does who imports them.
  const started = "started\n";
  const program = `await import("./${name}"); process.stdout.write(${JSON.stringify(started)});`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: folder,
    env: { PATH: process.env["PATH"], RICHLINE_API_KEY: apiKey, RICHLINE_URL: stack.url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => output.push(chunk));
  }
  const kill = () => end(child);
  onTestFinished(kill);
  await until(`${name} has started`, () => {
    if (child.exitCode !== null) throw new Error(`${name} ended:\n${output.join("")}`);
    return output.includes(started) || undefined;
  });
  return { kill, output: () => output.join("").replace(started, "") };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test("the quick start answers as it is printed, in thirty lines, and goes on after a kill", {
  timeout,
}, async () => {
  const scene = await setScene();
  const code = /```js\n\/\/ bot\.mjs\n(.*?)```/s.exec(scene.guide)?.[1] ?? "";
  expect(code.split("\n").length).toBeLessThanOrEqual(31);
  const first = await scene.run("bot.mjs");
  await scene.taps(await scene.hears("The pizza bot is here."), "rl1~order");
  const question = await scene.hears("Which size?");
  await first.kill();
  await scene.taps(question, "Large");
  const second = await scene.run("bot.mjs");
  await scene.hears("And your name?");
  await scene.says("Ana");
  await scene.hears("One large pizza for Ana.");
  await scene.says("hi there");
  await scene.hears("Hello! Hungry?");
  await scene.says("what?");
  await scene.hears("Say hi to begin.");
  expect([first.output(), second.output()]).toEqual(["", ""]);
});

test("the handlers answer as they are printed", { timeout }, async () => {
  const scene = await setScene();
  const bot = await scene.run("handlers.mjs");
  await scene.says("HELP");
  await scene.hears("Write track and a number.");
  await scene.says("track 42");
  const parcel = await scene.hears("Parcel 42 is on its way.");
  await scene.taps(parcel, 'rl1~parcel~{"id":"42"}');
  await scene.hears("Parcel 42: asked 1 times.");
  await scene.carrier.personSends(ana.phoneNumber, {
    location: { latitude: 48, longitude: 11 },
    agentId,
  });
  await scene.hears("You are at 48.");
  expect(bot.output()).toMatch(/message\.interacted \d+ ms/);
});

test("the durable conversation goes as it is printed, and can be left", {
  timeout,
}, async () => {
  const scene = await setScene();
  await scene.run("conversation.mjs");
  await scene.says("taxi");
  await scene.taps(await scene.hears("Gladly. Which car?"), "Van");
  await scene.hears("Where are you?");
  await scene.says("at home");
  await scene.hears("We will call you to find you.");
  await scene.hears("Your van taxi comes in 20 minutes.");
  await scene.says("never mind");
  await scene.hears("All right.");
});

test("the key-value storage works as it is printed", { timeout }, async () => {
  const scene = await setScene();
  await scene.run("storage.mjs");
  await scene.says("hello");
  await scene.hears("Kept elsewhere.");
});

test.each(["node.mjs", "fastify.mjs"])(
  "%s receives webhooks as it is printed",
  { timeout },
  async (name) => {
    const scene = await setScene();
    const port = await findFreePort();
    const { secret } = await scene.client.endpoints.create({ url: `http://127.0.0.1:${port}/` });
    const bot = await scene.run(name, { PORT: String(port), RICHLINE_WEBHOOK_SECRET: secret });
    await scene.says("hello");
    await scene.hears(name === "node.mjs" ? "By Node." : "By Fastify.");
    expect(bot.output()).toBe("");
  },
);

test("every program of the guide is run by one of these tests", async () => {
  const guide = await readFile(join(root, "docs/guides/bots.md"), "utf8");
  const here = await readFile(fileURLToPath(import.meta.url), "utf8");
  const names = [...guide.matchAll(/```js\n\/\/ (\S+)/g)].map(([, name]) => name ?? "");
  expect(guide.match(/```js/g)).toHaveLength(names.length);
  for (const name of names) expect(here).toContain(`"${name}"`);
});
