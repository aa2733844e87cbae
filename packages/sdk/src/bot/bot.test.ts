import { describe, expect, test } from "vitest";
import { z } from "zod";
import { text } from "../messages/content.ts";
import { reply } from "../messages/suggestions.ts";
import type { BotEvent } from "./event-kinds.ts";
import {
  anEvent,
  type BotScene,
  type ReceivingBot,
  setBotScene,
  taps,
  writes,
} from "./testing/bot-scene.ts";

/** Delivers events one by one and waits until each is handled. */
async function handle(scene: BotScene, bot: ReceivingBot, ...events: readonly BotEvent[]) {
  for (const event of events) {
    expect(await scene.deliver(bot, event)).toBe(204);
    await scene.untilIdle();
  }
}

/** Opens gates one by one as handlers come to them, each as late as it can be. */
async function openGates(gates: (() => void)[], count: number): Promise<void> {
  for (let opened = 0; opened < count; ) {
    // Everything that can begin without another gate does so in these turns of the event loop.
    for (let turns = 0; turns < 10; turns += 1) await new Promise((done) => setImmediate(done));
    const gate = gates.shift();
    if (gate === undefined) continue;
    gate();
    opened += 1;
  }
}

describe("handlers", () => {
  test("a text goes to the first whose pattern is found, with the match", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.message("help", (ctx) => ctx.reply("Ask me"));
    bot.message(/track (\d+)/i, (ctx) => ctx.reply(`Tracking ${ctx.match[1]}`));
    bot.on("text", (ctx) => ctx.reply(`You said ${ctx.event.text}`));
    await handle(scene, bot, writes(" HELP "), writes("Please Track 42"), writes("help me"));
    expect(scene.gateway.texts()).toEqual(["Ask me", "Tracking 42", "You said help me"]);
  });

  test("a pattern with the flag g matches every time", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.message(/yes/g, (ctx) => ctx.reply("Good"));
    await handle(scene, bot, writes("oh yes"), writes("yes"));
    expect(scene.gateway.texts()).toEqual(["Good", "Good"]);
  });

  test("next() passes an event on to the next handler that matches", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("message.received", async (ctx, next) => {
      await ctx.reply("1");
      await next();
    });
    bot.on("location.shared", (ctx) => ctx.reply("no"));
    bot.on(["file.shared", "text"], (ctx) => ctx.reply("2"));
    await handle(scene, bot, writes("x"));
    expect(scene.gateway.texts()).toEqual(["1", "2"]);
  });

  test.each([
    ["text", writes("x")],
    ["location.shared", anEvent({ location: { latitude: 1, longitude: 2 } })],
    ["file.shared", anEvent({ file: { fileUri: "x:y" } })],
    ["suggestion.tapped", taps("x")],
    [
      "form.submitted",
      anEvent({
        type: "message.interacted",
        action: { postbackData: "form" },
        form: { values: { a: 1 }, submissions: 1 },
      }),
    ],
    ["recipient.opted_out", anEvent({ type: "recipient.opted_out" })],
    ["recipient.opted_in", anEvent({ type: "recipient.opted_in" })],
    ["message.read", anEvent({ type: "message.read" })],
  ] as const)("%s goes to its handler and to no other", async (kind, event) => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    const kinds = [
      "text",
      "location.shared",
      "file.shared",
      "suggestion.tapped",
      "form.submitted",
      "recipient.opted_out",
      "recipient.opted_in",
      "message.read",
    ] as const;
    for (const one of kinds) bot.on(one, (ctx) => ctx.reply(one));
    await handle(scene, bot, event);
    expect(scene.gateway.texts()).toEqual([kind]);
  });

  test("actions get the object that was sent, or the plain string that they are named after", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.action("buy", { schema: z.object({ sku: z.string() }) }, (ctx) =>
      ctx.reply(`Bought ${ctx.data.sku}`),
    );
    bot.action("buy", (ctx) => ctx.reply(`Odd ${JSON.stringify(ctx.data)}`));
    bot.action(/^track_(\d+)$/, (ctx) => ctx.reply(`Tracking ${ctx.match[1]}`));
    bot.on("suggestion.tapped", (ctx) => ctx.reply(`Raw ${ctx.event.action.postbackData}`));
    const { reply: chip } = reply("Buy", { type: "buy", sku: "A1" });
    await handle(
      scene,
      bot,
      taps(chip?.postbackData ?? ""),
      taps('rl1~buy~{"sku":7}'),
      taps("buy"),
      taps("track_7"),
      taps('{"type":"buy","sku":"A1"}'),
    );
    expect(scene.gateway.texts()).toEqual([
      "Bought A1",
      'Odd {"sku":7,"type":"buy"}',
      'Odd {"type":"buy"}',
      "Tracking 7",
      'Raw {"type":"buy","sku":"A1"}',
    ]);
  });

  test("forms go by their name, and by whether their values fit", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    const schema = z.object({ guests: z.number().max(10) });
    bot.form("booking", { schema }, (ctx) => ctx.reply(`Table for ${ctx.values.guests}`));
    bot.form("booking", (ctx) => ctx.reply(`Too many: ${ctx.values["guests"]}`));
    bot.on("form.submitted", (ctx) => ctx.reply(`Form ${ctx.event.form.name}`));
    const submits = (name: string, guests: number) =>
      anEvent({
        type: "message.interacted",
        interactionType: "FORM_SUBMITTED",
        form: { name, values: { guests }, submissions: 1 },
      });
    await handle(scene, bot, submits("booking", 2), submits("booking", 20), submits("other", 1));
    expect(scene.gateway.texts()).toEqual(["Table for 2", "Too many: 20", "Form other"]);
  });

  test("middlewares stand around handlers, the first outermost, and may keep an event to themselves", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    const order: string[] = [];
    bot.use(async (_ctx, next) => {
      order.push("1 in");
      await next();
      order.push("1 out");
    });
    bot.use(async (ctx, next) => {
      order.push("2");
      if (ctx.event.text !== "stop") await next();
    });
    bot.on("text", () => order.push("handler"));
    await handle(scene, bot, writes("go"), writes("stop"));
    expect(order).toEqual(["1 in", "2", "handler", "1 out", "1 in", "2", "1 out"]);
  });
});

describe("ctx", () => {
  test("replies to the person by the event's agent, with the bot's defaults", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot({ replyDefaults: { trafficType: "SERVICEREQUEST" } });
    bot.on("text", async (ctx) => {
      await ctx.reply(text("Hello", reply("Hi")));
      await ctx.reply("Offer", { trafficType: "PROMOTION" });
    });
    await handle(scene, bot, writes("x", { id: "evt_abc" }));
    expect(scene.gateway.sent).toMatchObject([
      {
        messageId: "bot.evt_abc.1",
        conversationId: "ana",
        agentId: "demo",
        message: { text: "Hello", suggestions: [{ reply: { text: "Hi" } }] },
        trafficType: "SERVICEREQUEST",
      },
      { messageId: "bot.evt_abc.2", trafficType: "PROMOTION" },
    ]);
  });

  test("shows typing and reading, and does not mind that a gateway cannot", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("text", async (ctx) => {
      await ctx.read();
      await ctx.typing();
      scene.gateway.failNext("/v1/conversations/ana/typing", 404);
      await ctx.typing();
      await ctx.reply("Here");
    });
    await handle(scene, bot, writes("x"));
    expect(scene.gateway.calls).toEqual([
      "POST /v1/conversations/ana/read",
      "POST /v1/conversations/ana/typing",
      "POST /v1/conversations/ana/typing",
      "POST /v1/messages",
    ]);
  });

  test("asks for the contact when it is wanted, once, and has none where there is none", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("text", async (ctx) => {
      const [first, second] = [await ctx.contact(), await ctx.contact()];
      expect(first).toBe(second);
      await ctx.reply(String(first?.conversationId));
    });
    await handle(scene, bot, writes("x"), writes("x", { conversationId: "ben" }));
    expect(scene.gateway.texts()).toEqual(["ana", "undefined"]);
    expect(scene.gateway.calls.filter((call) => call.includes("contacts"))).toHaveLength(2);
  });

  test("keeps a session for each conversation of each agent, through a restart", async () => {
    const scene = await setBotScene();
    const start = () => {
      const bot = scene.makeBot({ initialSession: () => ({ count: 0 }) });
      bot.on("text", (ctx) => {
        ctx.session.count += 1;
        return ctx.reply(String(ctx.session.count));
      });
      return bot;
    };
    const first = start();
    await handle(
      scene,
      first,
      writes("x"),
      writes("x"),
      writes("x", { conversationId: "ben" }),
      writes("x", { agentId: "other" }),
    );
    await first.stop();
    await handle(scene, start(), writes("x"));
    expect(scene.gateway.texts()).toEqual(["1", "2", "1", "1", "3"]);
  });

  test("of an event without a conversation has nobody to reply to", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("provider.suspended", (ctx) => ctx.reply("x"));
    bot.catch((error) => scene.logged.push({ level: "info", message: String(error) }));
    const { conversationId: _conversationId, ...event } = anEvent({ type: "provider.suspended" });
    await handle(scene, bot, event);
    expect(scene.logged.map(({ message }) => message)).toEqual([
      expect.stringContaining("nobody to reply to"),
    ]);
  });
});

describe("an event", () => {
  test("that comes twice is handled once, also after a restart", async () => {
    const scene = await setBotScene();
    const start = () => {
      const bot = scene.makeBot();
      bot.on("text", (ctx) => scene.logged.push({ level: "info", message: ctx.event.id }));
      return bot;
    };
    const event = writes("x", { id: "evt_twice" });
    const bot = start();
    await handle(scene, bot, event, event);
    await bot.stop();
    await handle(scene, start(), event);
    expect(scene.logged.map(({ message }) => message)).toEqual(["evt_twice"]);
  });

  test("is handled one at a time in a conversation, and side by side in others", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    const open: string[] = [];
    let most = 0;
    const gates: (() => void)[] = [];
    bot.on("text", async (ctx) => {
      expect(open).not.toContain(ctx.conversationId);
      open.push(ctx.conversationId);
      most = Math.max(most, open.length);
      await new Promise<void>((resolve) => gates.push(resolve));
      open.splice(open.indexOf(ctx.conversationId), 1);
    });
    for (const conversationId of ["a", "b", "a", "b", "a"]) {
      await scene.deliver(bot, writes("x", { conversationId }));
    }
    await openGates(gates, 5);
    await scene.untilIdle();
    expect(most).toBe(2);
  });

  test("a conversation that is entered or forgotten from outside has to have an agent", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    const order = bot.conversation("order", async () => undefined);
    const where = { conversationId: "ana" };
    await expect(bot.enter(order, where)).rejects.toThrow("agentId is missing");
    await expect(bot.forget(where)).rejects.toThrow("agentId is missing");
    await bot.stop();
  });

  test("no more conversations are handled side by side than may be", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot({ concurrency: 3 });
    let open = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    bot.on("text", async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise<void>((resolve) => gates.push(resolve));
      open -= 1;
    });
    for (let index = 0; index < 20; index += 1) {
      await scene.deliver(bot, writes("x", { conversationId: `c${index}` }));
    }
    await openGates(gates, 20);
    await scene.untilIdle();
    expect(most).toBe(3);
  });

  test("whose handler dies in the middle is handled again, and its replies are not doubled", async () => {
    const scene = await setBotScene();
    const dying = scene.makeBot();
    let reached = (): void => undefined;
    const middle = new Promise<void>((resolve) => {
      reached = resolve;
    });
    dying.on("text", async (ctx) => {
      await ctx.reply("One");
      reached();
      await new Promise(() => undefined);
    });
    await scene.deliver(dying, writes("x"));
    await middle;
    // The first bot is left where it is, as a process that was killed; another one takes its storage.
    const next = scene.makeBot();
    next.on("text", async (ctx) => {
      expect(await ctx.reply("One")).toMatchObject({ replayed: true, changed: false });
      await ctx.reply("Two");
    });
    await next.start({ receive: "webhook" });
    await scene.untilIdle();
    expect(scene.gateway.texts()).toEqual(["One", "Two"]);
    scene.timing.advance(300_000);
  });

  test("whose handler says something else the second time leaves the person with the first words", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    let tries = 0;
    bot.on("text", async (ctx) => {
      tries += 1;
      const { changed } = await ctx.reply(`Try ${tries}`);
      if (tries === 1) scene.gateway.failNext("/v1/messages", 503);
      await ctx.reply(`changed: ${changed}`);
    });
    await scene.deliver(bot, writes("x"));
    await scene.untilIdle();
    scene.timing.advance(1_000);
    await scene.untilIdle();
    expect(scene.gateway.texts()).toEqual(["Try 1", "changed: true"]);
    expect(scene.logged).toMatchObject([
      { level: "warn", message: expect.stringContaining("another content") },
    ]);
  });

  test("waits while the gateway is away, with growing waits, and is not given to bot.catch", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("text", (ctx) => ctx.reply("Here"));
    scene.gateway.failNext("/v1/messages", 503, 429, 401, 500);
    await bot.start({ receive: "webhook" });
    scene.timing.advance(1_000);
    await scene.deliver(bot, writes("x"));
    for (const waitMs of [500, 1_000, 2_000, 4_000]) {
      await scene.untilIdle();
      expect(scene.gateway.texts()).toEqual([]);
      scene.timing.advance(waitMs);
    }
    await scene.untilIdle();
    expect(scene.gateway.texts()).toEqual(["Here"]);
    expect(scene.logged).toEqual([]);
  });

  test("whose handler throws goes to bot.catch once, with a reply, and the next one is handled", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("text", (ctx) => {
      if (ctx.event.text === "bad") throw new Error("broken");
      return ctx.reply("fine");
    });
    bot.catch((error, failure) => failure.reply(`Sorry: ${error}`));
    await handle(scene, bot, writes("bad", { id: "evt_bad" }), writes("good"));
    expect(scene.gateway.texts()).toEqual(["Sorry: Error: broken", "fine"]);
    expect(scene.gateway.sent[0]?.messageId).toBe("bot.evt_bad.failed1");
  });

  test("is tried again when bot.catch throws too, and given up after five times", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    let tries = 0;
    bot.on("text", () => {
      tries += 1;
      throw new Error("broken");
    });
    bot.catch((error) => {
      throw error;
    });
    await scene.deliver(bot, writes("x"));
    for (let waits = 0; waits < 8; waits += 1) {
      await scene.untilIdle();
      scene.timing.advance(60_000);
    }
    await scene.untilIdle();
    expect(tries).toBe(6);
    expect(scene.logged).toMatchObject([{ level: "error", message: "bot.catch failed." }]);
  });

  test("whose handler takes too long is given up, and what the handler does later has no effect", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot({ handlerTimeoutMs: 5_000 });
    let goOn = (): void => undefined;
    let late: Promise<unknown> = Promise.resolve();
    const begun = new Promise<void>((resolve) => {
      bot.message("slow", async (ctx) => {
        resolve();
        await new Promise<void>((gate) => {
          goOn = gate;
        });
        expect(ctx.signal.aborted).toBe(true);
        late = ctx.reply("late");
        await late.catch(() => undefined);
      });
    });
    bot.message("fast", (ctx) => ctx.reply("fast"));
    await scene.deliver(bot, writes("slow"));
    await scene.deliver(bot, writes("fast"));
    await begun;
    scene.timing.advance(5_000);
    await scene.gateway.untilSent(1);
    goOn();
    await scene.untilIdle();
    await expect(late).rejects.toThrow("The handler has ended");
    expect(scene.gateway.texts()).toEqual(["fast"]);
    expect(scene.logged).toMatchObject([{ error: { name: "BotLimitError", limit: 5_000 } }]);
  });

  test("with a session that is too large is given to bot.catch, and the session stays as it was", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot<{ text?: string }>();
    bot.message("grow", (ctx) => {
      ctx.session.text = "x".repeat(1_000_001);
    });
    bot.message("show", (ctx) => ctx.reply(`${ctx.session.text}`));
    await handle(scene, bot, writes("grow"), writes("show"));
    expect(scene.logged).toMatchObject([
      { level: "error", error: { name: "BotLimitError", limit: 1_000_000 } },
    ]);
    expect(scene.gateway.texts()).toEqual(["undefined"]);
  });

  test("is not taken when 200 of its conversation wait: the webhook answers 503, and takes it later", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    bot.on("text", () => gate);
    const statuses: number[] = [];
    const last = writes("x");
    for (let index = 0; index < 200; index += 1)
      statuses.push(await scene.deliver(bot, writes("x")));
    expect(new Set(statuses)).toEqual(new Set([204]));
    expect(await scene.deliver(bot, last)).toBe(503);
    expect(await scene.deliver(bot, writes("x", { conversationId: "ben" }))).toBe(204);
    open();
    await scene.untilIdle();
    expect(await scene.deliver(bot, last)).toBe(204);
    await scene.untilIdle();
  });
});

test("a bot that stops gives its handlers time to end, and takes nothing more", async () => {
  const scene = await setBotScene();
  const bot = scene.makeBot();
  let open = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    bot.on("text", async (ctx) => {
      resolve();
      await new Promise<void>((gate) => {
        open = gate;
      });
      await ctx.reply("Done");
    });
  });
  await scene.deliver(bot, writes("x"));
  await begun;
  const stopped = bot.stop();
  open();
  await stopped;
  expect(scene.gateway.texts()).toEqual(["Done"]);
  await expect(bot.start()).rejects.toThrow("The bot was stopped");
});

test("a conversation that is forgotten begins anew", async () => {
  const scene = await setBotScene();
  const bot = scene.makeBot();
  bot.on("text", (ctx) => {
    ctx.session.count = (ctx.session.count ?? 0) + 1;
    return ctx.reply(`${ctx.session.count}`);
  });
  await handle(scene, bot, writes("x"), writes("x"));
  await bot.forget({ conversationId: "ana", agentId: "demo" });
  await handle(scene, bot, writes("x"));
  expect(scene.gateway.texts()).toEqual(["1", "2", "1"]);
});
