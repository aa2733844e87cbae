import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import Fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { signWebhook } from "../../webhooks/sign-webhook.ts";
import type { Bot } from "../bot.ts";
import { type BotScene, secret, setBotScene, writes } from "../testing/bot-scene.ts";
import { toNodeHandler } from "./to-node-handler.ts";

function echoBot(scene: BotScene): Bot<unknown> {
  const bot = scene.makeBot<unknown>();
  bot.on("text", (ctx) => ctx.reply(ctx.event.text));
  return bot;
}

describe("by stream", () => {
  test("the first start begins now, the next where the one before ended, with what happened meanwhile", async () => {
    const scene = await setBotScene();
    scene.gateway.happens(writes("before the first start"));
    const first = echoBot(scene);
    await first.start();
    scene.gateway.happens(writes("one"));
    await scene.gateway.untilSent(1);
    await scene.untilIdle();
    await first.stop();
    scene.gateway.happens(writes("two"));
    scene.gateway.happens(writes("three"));
    await echoBot(scene).start();
    await scene.gateway.untilSent(3);
    expect(scene.gateway.texts()).toEqual(["one", "two", "three"]);
  });

  test("a bot that ends before its first event hears later what happened since it first started", async () => {
    const scene = await setBotScene();
    const first = echoBot(scene);
    await first.start();
    await first.stop();
    scene.gateway.happens(writes("one"));
    await echoBot(scene).start();
    await scene.gateway.untilSent(1);
    expect(scene.gateway.texts()).toEqual(["one"]);
  });

  test("a cut connection is made anew, and no event is handled twice", async () => {
    const scene = await setBotScene();
    await echoBot(scene).start();
    scene.gateway.happens(writes("one"));
    await scene.gateway.untilSent(1);
    scene.gateway.cutStreams();
    scene.gateway.happens(writes("two"));
    // The client's own waits between two connections are real.
    await scene.gateway.untilSent(2);
    expect(scene.gateway.texts()).toEqual(["one", "two"]);
  });

  test("only the types are asked for that anything is registered for", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("message.read", () => undefined);
    bot.conversation("talk", async () => undefined);
    await bot.start();
    expect(scene.gateway.streamQueries).toEqual([
      "types=message.read%2Cmessage.received%2Cmessage.interacted%2Crecipient.opted_out",
    ]);
  });

  test("events of other agents are left out", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot({ agentId: "demo" });
    bot.on("text", (ctx) => ctx.reply(ctx.event.text));
    await bot.start();
    scene.gateway.happens(writes("theirs", { agentId: "other" }));
    scene.gateway.happens(writes("ours"));
    await scene.gateway.untilSent(1);
    expect(scene.gateway.texts()).toEqual(["ours"]);
  });

  test("a key that the gateway refuses is an error of start, and ends the bot", async () => {
    const scene = await setBotScene();
    scene.gateway.failNext("/v1/events:stream", 401);
    await expect(echoBot(scene).start()).rejects.toMatchObject({ status: 401 });
  });

  test("a bot without handlers does not start", async () => {
    const scene = await setBotScene();
    await expect(scene.makeBot().start()).rejects.toThrow("Register them before start");
  });

  test("waits do not end before what happened meanwhile has come in", async () => {
    const scene = await setBotScene();
    const make = () => {
      const bot = scene.makeBot();
      bot.conversation("talk", async (c) => {
        const event = await c.wait("text", { timeout: "1m" });
        await c.reply(event === undefined ? "Too late" : `In time: ${event.text}`);
      });
      bot.message("start", (ctx) => ctx.enter("talk"));
      return bot;
    };
    const first = make();
    await first.start();
    scene.gateway.happens(writes("start"));
    await scene.untilWaiting();
    await first.stop();
    scene.gateway.happens(writes("here"));
    scene.timing.advance(3_600_000);
    await make().start();
    await scene.gateway.untilSent(1);
    expect(scene.gateway.texts()).toEqual(["In time: here"]);
  });
});

/** A delivery as the gateway makes it. */
async function delivery(text: string, options: { readonly secret?: string } = {}) {
  const event = writes(text);
  const body = JSON.stringify(event);
  const signing = { body, id: event.id, signedAtMs: Date.now(), secret: options.secret ?? secret };
  return { event, method: "POST", body, headers: await signWebhook(signing) };
}

const otherSecret = `whsec_${Buffer.from("another secret of 24 byt").toString("base64")}`;

describe("by webhook", () => {
  test("a delivery is answered when its event is stored, whatever its handler does", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("text", () => new Promise(() => undefined));
    const handler = bot.webhook({ secret });
    const { status } = await handler(new Request("http://bot/", await delivery("x")));
    expect(status).toBe(204);
    const [wakeup] = await scene.storage.wakeups(1);
    expect(await scene.storage.read(wakeup?.key ?? "")).toContain('"text":"x"');
  });

  test("a delivery is not answered when its event cannot be stored", async () => {
    const scene = await setBotScene();
    const storage = { ...scene.storage, write: () => Promise.reject(new Error("disk full")) };
    const bot = scene.makeBot({ storage });
    bot.on("text", () => undefined);
    const handler = bot.webhook({ secret });
    await expect(handler(new Request("http://bot/", await delivery("x")))).rejects.toThrow(
      "disk full",
    );
  });

  test.each([
    ["another secret", 401, async () => delivery("x", { secret: otherSecret })],
    [
      "a changed body",
      401,
      async () => ({
        ...(await delivery("x")),
        body: '{"id":"evt_1","type":"message.received","timestamp":"x"}',
      }),
    ],
    ["no signature", 401, async () => ({ ...(await delivery("x")), headers: {} })],
    ["GET", 405, async () => ({ method: "GET" })],
    [
      "a body that says it is too large",
      413,
      async () => ({ ...(await delivery("x")), headers: { "content-length": "1048577" } }),
    ],
    [
      "a body that is too large",
      413,
      async () => ({ method: "POST", body: "x".repeat(1_048_577) }),
    ],
  ])("%s is answered %i, and nothing is stored", async (_name, status, request) => {
    const scene = await setBotScene();
    const handler = echoBot(scene).webhook({ secret });
    expect((await handler(new Request("http://bot/", await request()))).status).toBe(status);
    expect(await scene.storage.wakeups(1)).toEqual([]);
  });

  test("during a rotation both secrets count", async () => {
    const scene = await setBotScene();
    const handler = echoBot(scene).webhook({ secret: [otherSecret, secret] });
    for (const one of [secret, otherSecret]) {
      const request = new Request("http://bot/", await delivery("x", { secret: one }));
      expect((await handler(request)).status).toBe(204);
    }
  });

  test.each([[""], [[]], [undefined]])("an empty secret (%j) is refused at once", async (empty) => {
    const scene = await setBotScene();
    expect(() => echoBot(scene).webhook({ secret: empty })).toThrow("secret is missing or empty");
  });
});

describe("by an HTTP server", () => {
  test("of plain Node", async () => {
    const scene = await setBotScene();
    const node = toNodeHandler(echoBot(scene).webhook({ secret }));
    const server = createServer((request, response) => void node(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    // SAFETY: a server that listens on TCP has such an address.
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect((await fetch(url, await delivery("hello"))).status).toBe(204);
    expect((await fetch(url, await delivery("x", { secret: otherSecret }))).status).toBe(401);
    expect((await fetch(url)).status).toBe(405);
    await scene.gateway.untilSent(1);
    expect(scene.gateway.texts()).toEqual(["hello"]);
  });

  test("of plain Node, with a client that hangs up in the middle, goes on", async () => {
    const scene = await setBotScene();
    let hungUp = (): void => undefined;
    const seen = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const handler = echoBot(scene).webhook({ secret });
    const node = toNodeHandler(handler);
    const server = createServer((request, response) => void node(request, response).then(hungUp));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    // SAFETY: as above.
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: bot\r\nContent-Length: 100\r\n\r\nhalf", () =>
      socket.destroy(),
    );
    await seen;
    expect((await fetch(`http://127.0.0.1:${port}/`, await delivery("hello"))).status).toBe(204);
  });

  test("that has read the raw body already, as Express does with express.raw()", async () => {
    const scene = await setBotScene();
    const node = toNodeHandler(echoBot(scene).webhook({ secret }));
    const { body, ...rest } = await delivery("hello");
    const answers: number[] = [];
    const response = { writeHead: (status: number) => answers.push(status), end: () => undefined };
    async function* noBody() {}
    const request = { ...rest, [Symbol.asyncIterator]: noBody };
    await node({ ...request, body: Buffer.from(body) }, response);
    const errors: unknown[] = [];
    const strict = toNodeHandler(echoBot(scene).webhook({ secret }), (error) => errors.push(error));
    await strict({ ...request, body: JSON.parse(body) }, response);
    expect(answers).toEqual([204, 500]);
    expect(String(errors[0])).toContain("express.raw");
  });

  test("of Fastify", async () => {
    const scene = await setBotScene();
    const webhook = echoBot(scene).webhook({ secret });
    const fastify = Fastify();
    onTestFinished(() => fastify.close());
    fastify.addContentTypeParser(
      "application/json",
      { parseAs: "buffer" },
      (_request, body, done) => done(null, body),
    );
    fastify.post("/webhooks/rcs", async (request, reply) => {
      const { method, headers, body } = request;
      return reply.send(
        await webhook(
          new Request("http://bot/", {
            method,
            headers: headers as HeadersInit,
            body: body as BodyInit,
          }),
        ),
      );
    });
    const { headers, ...rest } = await delivery("hello");
    const inject = { url: "/webhooks/rcs", ...rest, method: "POST" } as const;
    const answer = await fastify.inject({
      ...inject,
      headers: { ...headers, "content-type": "application/json" },
    });
    expect(answer.statusCode).toBe(204);
    await scene.gateway.untilSent(1);
    expect(scene.gateway.texts()).toEqual(["hello"]);
  });
});
