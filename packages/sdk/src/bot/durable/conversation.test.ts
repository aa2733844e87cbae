import { describe, expect, test } from "vitest";
import { RichlineError } from "../../errors.ts";
import { text } from "../../messages/content.ts";
import { field, form } from "../../messages/form.ts";
import { openUrl, reply, shareLocation } from "../../messages/suggestions.ts";
import type { Bot } from "../bot.ts";
import { StepError } from "../bot-errors.ts";
import type { BotEvent } from "../event-kinds.ts";
import {
  anEvent,
  type BotScene,
  type ReceivingBot,
  setBotScene,
  startAtMs,
  taps,
  writes,
} from "../testing/bot-scene.ts";
import type { Conversation } from "./conversation.ts";

type Session = { size?: string };
type Walk = (c: Conversation<Session, undefined>) => Promise<unknown>;

/** A bot whose conversation begins with "start"; what else people write is echoed. */
function makeBot(scene: BotScene, walk: Walk): Bot<Session> {
  const bot = scene.makeBot<Session>();
  const talk = bot.conversation<undefined>("talk", walk);
  bot.message("start", (ctx) => ctx.enter(talk));
  bot.message("leave", (ctx) => ctx.leave());
  bot.on("text", (ctx) => ctx.reply(`Echo ${ctx.event.text}`));
  return bot;
}

async function handle(scene: BotScene, bot: ReceivingBot, ...events: readonly BotEvent[]) {
  for (const event of events) {
    expect(await scene.deliver(bot, event)).toBe(204);
    await scene.untilIdle();
  }
}

/** Lets the same happen to one bot, and to bots of which each handles one event and is then replaced. */
async function inBothWays(walk: Walk, events: () => readonly BotEvent[]) {
  const results: (readonly (string | undefined)[])[] = [];
  for (const doesRestart of [false, true]) {
    const scene = await setBotScene();
    let bot = makeBot(scene, walk);
    for (const event of events()) {
      if (doesRestart) {
        await bot.stop();
        bot = makeBot(scene, walk);
      }
      await handle(scene, bot, event);
    }
    expect(scene.logged.filter(({ level }) => level !== "info")).toEqual([]);
    results.push(scene.gateway.texts());
  }
  expect(results[1]).toEqual(results[0]);
  return results[0];
}

describe("ask", () => {
  test("waits for a tap of what it offered, through restarts; what else happens goes to the handlers", async () => {
    const walk: Walk = async (c) => {
      const sizes = text(
        "Which size?",
        reply("Small", { type: "size", value: 1 }),
        reply("Large", "L"),
        openUrl("Sizes", "https://example.com"),
      );
      const first = await c.ask(sizes);
      await c.reply(`${first.text} ${JSON.stringify(first.data)}`);
      const second = await c.ask("And your name?");
      await c.reply(`Hello ${second.text}`);
    };
    expect(
      await inBothWays(walk, () => [
        writes("start"),
        taps("Sizes"),
        taps("L", { messageId: "another_message" }),
        taps('rl1~size~{"value":1}', {
          action: { text: "Small", postbackData: 'rl1~size~{"value":1}' },
        }),
        writes("Ana"),
        writes("bye"),
      ]),
    ).toEqual([
      "Which size?",
      'Small {"value":1,"type":"size"}',
      "And your name?",
      "Hello Ana",
      "Echo bye",
    ]);
  });

  test("takes a label that was written for a tap of it, whatever its case", async () => {
    const walk: Walk = async (c) => {
      const { data } = await c.ask(
        text("Sure?", reply("Yes", { type: "sure" }), reply("No", "no")),
      );
      await c.reply(JSON.stringify(data));
    };
    expect(
      await inBothWays(walk, () => [
        writes("start"),
        writes(" yes "),
        writes("start"),
        writes("NO"),
      ]),
    ).toEqual(["Sure?", '{"type":"sure"}', "Sure?", '"no"']);
  });

  test("answers where the person is, when it asks for that, and what they filled in", async () => {
    const walk: Walk = async (c) => {
      const where = await c.ask(text("Where?", shareLocation("Here")));
      await c.reply(`${where.location?.latitude}`);
      const booking = await c.ask(
        form({ title: "Book", fields: [field.number("guests", "Guests")] }),
      );
      await c.reply(`For ${booking.values?.["guests"]}`);
    };
    expect(
      await inBothWays(walk, () => [
        writes("start"),
        anEvent({
          type: "message.interacted",
          interactionType: "ACTION_TAPPED",
          action: { text: "Here", postbackData: "Here" },
        }),
        anEvent({ interactionType: "LOCATION_SHARED", location: { latitude: 48, longitude: 11 } }),
        writes("how?"),
        anEvent({
          type: "message.interacted",
          interactionType: "FORM_SUBMITTED",
          action: { postbackData: "form" },
          form: { values: { guests: 4 }, submissions: 1 },
        }),
      ]),
    ).toEqual(["Where?", "48", undefined, "Echo how?", "For 4"]);
  });
});

describe("wait", () => {
  test("ends with an event of its kinds", async () => {
    const walk: Walk = async (c) => {
      const event = await c.wait(["file.shared", "location.shared"]);
      await c.reply("file" in event && event.file ? "file" : "location");
    };
    expect(
      await inBothWays(walk, () => [
        writes("start"),
        writes("x"),
        anEvent({ file: { fileUri: "x:y" } }),
      ]),
    ).toEqual(["Echo x", "file"]);
  });

  test("ends by its time, which goes on through restarts", async () => {
    const scene = await setBotScene();
    const walk: Walk = async (c) => {
      const answer = await c.ask("Still there?", { timeout: "10m" });
      await c.reply(answer === undefined ? "Too late" : "In time");
    };
    const bot = makeBot(scene, walk);
    await handle(scene, bot, writes("start"));
    await bot.stop();
    scene.timing.advance(9 * 60_000);
    const next = makeBot(scene, walk);
    await next.start({ receive: "webhook" });
    scene.timing.advance(59_000);
    await scene.untilIdle();
    expect(scene.gateway.texts()).toEqual(["Still there?"]);
    scene.timing.advance(1_000);
    await scene.gateway.untilSent(2);
    await scene.untilIdle();
    await handle(scene, next, writes("yes"));
    expect(scene.gateway.texts()).toEqual(["Still there?", "Too late", "Echo yes"]);
  });

  test("that is up while the bot is away ends with what the person did in time, and not with what came later", async () => {
    for (const [agoMs, words] of [
      [60_000, "In time"],
      [-60_000, "Too late"],
    ] as const) {
      const scene = await setBotScene();
      const walk: Walk = async (c) => {
        await c.reply(
          (await c.wait("text", { timeout: "10m" })) === undefined ? "Too late" : "In time",
        );
      };
      const bot = makeBot(scene, walk);
      await handle(scene, bot, writes("start"));
      await bot.stop();
      scene.timing.advance(3_600_000);
      const next = makeBot(scene, walk);
      const timestamp = new Date(startAtMs + 600_000 - agoMs).toISOString();
      await scene.deliver(next, writes("here", { timestamp }));
      scene.timing.advance(1_000);
      await scene.gateway.untilSent(1);
      await scene.untilIdle();
      expect(scene.gateway.texts()[0]).toBe(words);
    }
  });

  test("sleep lets time pass", async () => {
    const scene = await setBotScene();
    const bot = makeBot(scene, async (c) => {
      await c.sleep("1d");
      await c.reply("Good morning");
    });
    await handle(scene, bot, writes("start"), writes("hey"));
    scene.timing.advance(86_400_000);
    await scene.gateway.untilSent(2);
    expect(scene.gateway.texts()).toEqual(["Echo hey", "Good morning"]);
  });
});

describe("steps", () => {
  test("are done once: what comes after a restart answers from the journal", async () => {
    const done: string[] = [];
    const walk: Walk = async (c) => {
      const price = await c.run("price", ({ key }) => {
        done.push(key);
        return { amount: 7 };
      });
      const [at, dice] = [await c.now(), await c.random()];
      await c.ask("Buy?");
      await c.reply(`${price.amount} ${at === (await c.now())} ${dice}`);
      await c.ask("Sure?");
      await c.reply(`${(await c.contact())?.conversationId} ${price.amount}`);
    };
    const events = () => [writes("start", { id: "evt_start" }), writes("a"), writes("b")];
    expect(await inBothWays(walk, events)).toEqual(["Buy?", "7 true 0", "Sure?", "ana 7"]);
    // Once for each of the two ways, and with the same key.
    expect(done).toEqual(["bot.evt_start-1.0", "bot.evt_start-1.0"]);
  });

  test("that throw are thrown again after a restart, and not done again", async () => {
    let calls = 0;
    const walk: Walk = async (c) => {
      try {
        await c.run("pay", () => {
          calls += 1;
          throw new Error("no money");
        });
      } catch (error) {
        expect(error).toBeInstanceOf(StepError);
        await c.ask(`Failed: ${error}`);
      }
      await c.reply("Bye");
    };
    expect(await inBothWays(walk, () => [writes("start"), writes("ok")])).toEqual([
      "Failed: StepError: no money",
      "Bye",
    ]);
    expect(calls).toBe(2);
  });

  test("that a gateway refuses are thrown as its error, again after a restart", async () => {
    const scene = await setBotScene();
    const walk: Walk = async (c) => {
      try {
        await c.reply("Offer", { trafficType: "PROMOTION" });
      } catch (error) {
        expect(error).toBeInstanceOf(RichlineError);
        if (error instanceof RichlineError) await c.ask(`Refused ${error.status} ${error.code}`);
      }
      await c.reply("Bye");
    };
    const bot = makeBot(scene, walk);
    scene.gateway.failNext("/v1/messages", 422);
    await handle(scene, bot, writes("start"));
    await bot.stop();
    await handle(scene, makeBot(scene, walk), writes("ok"));
    expect(scene.gateway.texts()).toEqual(["Refused 422 pretended", "Bye"]);
  });

  test("are tried again as often as they may", async () => {
    const scene = await setBotScene();
    let calls = 0;
    const bot = makeBot(scene, async (c) => {
      const value = await c.run(
        "flaky",
        () => {
          calls += 1;
          if (calls < 3) throw new Error("not yet");
          return calls;
        },
        { tries: 3 },
      );
      await c.reply(`${value}`);
    });
    await scene.deliver(bot, writes("start"));
    while (scene.gateway.sent.length === 0) {
      scene.timing.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(scene.gateway.texts()).toEqual(["3"]);
  });

  test("wait while the gateway is away, and go on where they were", async () => {
    const scene = await setBotScene();
    let calls = 0;
    const bot = makeBot(scene, async (c) => {
      await c.run("once", () => {
        calls += 1;
      });
      await c.reply("One");
      await c.reply("Two");
    });
    await bot.start({ receive: "webhook" });
    scene.timing.advance(1_000);
    scene.gateway.failNext("/v1/messages", 503, 503);
    await scene.deliver(bot, writes("start"));
    await scene.untilIdle();
    scene.timing.advance(500);
    await scene.untilIdle();
    expect(scene.gateway.texts()).toEqual([]);
    scene.timing.advance(1_000);
    await scene.untilIdle();
    expect(scene.gateway.texts()).toEqual(["One", "Two"]);
    expect([calls, scene.logged]).toEqual([1, []]);
  });

  test("read and write the session", async () => {
    const walk: Walk = async (c) => {
      await c.writeSession({ size: "L" });
      await c.ask("Ready?");
      await c.reply(`${(await c.readSession()).size}`);
    };
    expect(await inBothWays(walk, () => [writes("start"), writes("yes")])).toEqual(["Ready?", "L"]);
  });

  test("show typing and reading once", async () => {
    const scene = await setBotScene();
    const bot = makeBot(scene, async (c) => {
      await c.read();
      await c.typing();
      await c.ask("Yes?");
      await c.reply("Good");
    });
    await handle(scene, bot, writes("start"), writes("yes"));
    expect(scene.gateway.calls.filter((call) => call.includes("conversations"))).toEqual([
      "POST /v1/conversations/ana/read",
      "POST /v1/conversations/ana/typing",
    ]);
  });

  test.each([
    [
      "a result that is not JSON",
      (c: Conversation) => c.run("odd", () => 1n),
      "The result of run:odd is not JSON",
    ],
    [
      "two steps at a time",
      (c: Conversation) => Promise.all([c.now(), c.random()]),
      "random was called while now runs",
    ],
    [
      "a step that is not awaited",
      async (c: Conversation) => {
        void c.now();
        await c.wait("text");
      },
      "wait:text was called while now runs",
    ],
    ["too many tries", (c: Conversation) => c.run("x", () => 1, { tries: 11 }), "tries is 11"],
    [
      "a duration that is none",
      (c: Conversation) => c.wait("text", { timeout: "10 minutes" as "10m" }),
      "is no duration",
    ],
  ])("%s ends the run with an error that says what to do", async (_name, walk, words) => {
    const scene = await setBotScene();
    const bot = makeBot(scene, walk as unknown as Walk);
    await handle(scene, bot, writes("start"), writes("x"));
    expect(scene.logged).toMatchObject([{ level: "error", message: '"talk" failed.' }]);
    expect(String(scene.logged[0]?.error)).toContain(words);
    expect(scene.gateway.texts()).toEqual(["Echo x"]);
  });

  test("more than 1,000 end the run", async () => {
    const scene = await setBotScene();
    const bot = makeBot(scene, async (c) => {
      for (;;) await c.now();
    });
    await handle(scene, bot, writes("start"));
    expect(scene.logged).toMatchObject([{ error: { name: "BotLimitError", limit: 1_000 } }]);
  });

  test("that remember too much end the run", async () => {
    const scene = await setBotScene();
    const bot = makeBot(scene, async (c) => {
      for (;;) await c.run("big", () => "x".repeat(300_000));
    });
    await handle(scene, bot, writes("start"));
    expect(scene.logged).toMatchObject([{ error: { name: "BotLimitError", limit: 1_000_000 } }]);
  });
});

describe("a conversation that was changed while somebody was in it", () => {
  test.each<[string, Walk | undefined, string]>([
    ["another step", async (c) => c.run("other", () => 1), "step 1 was reply and is run:other now"],
    ["an earlier end", async () => undefined, "it ended before step 1, which was reply"],
    ["its name", undefined, "it is not registered any more"],
  ])("by %s is ended and reported, and the person is free", async (_name, changed, words) => {
    const scene = await setBotScene();
    const before = makeBot(scene, async (c) => {
      await c.ask("Name?");
    });
    await handle(scene, before, writes("start"));
    await before.stop();
    const after = scene.makeBot();
    if (changed !== undefined) after.conversation("talk", changed as never);
    after.on("text", (ctx) => ctx.reply("Free"));
    after.catch((error, { conversation }) => {
      scene.logged.push({ level: "error", message: `${conversation}: ${error}` });
    });
    await handle(scene, after, writes("Ana"), writes("hello"));
    expect(scene.logged).toHaveLength(1);
    expect(scene.logged[0]?.message).toMatch(/^talk: ConversationChangedError: .*another name/);
    expect(scene.logged[0]?.message).toContain(words);
    expect(scene.gateway.texts()).toEqual(["Name?", "Free"]);
  });
});

describe("entering and leaving", () => {
  const ask: Walk = async (c) => {
    const { text: answer } = await c.ask("Name?");
    if (answer === "never mind") await c.cancel();
    await c.reply(`Hello ${answer}`);
  };

  test("cancel ends the conversation where it is", async () => {
    expect(
      await inBothWays(ask, () => [writes("start"), writes("never mind"), writes("x")]),
    ).toEqual(["Name?", "Echo x"]);
  });

  test("a middleware can end it before the person's words are taken for an answer", async () => {
    const scene = await setBotScene();
    const bot = makeBot(scene, ask);
    bot.use(async (ctx, next) => {
      if (ctx.event.text !== "stop it") return next();
      await ctx.reply(`Left ${ctx.activeConversation}`);
      await ctx.leave();
    });
    await handle(scene, bot, writes("start"), writes("stop it"), writes("Ana"));
    expect(scene.gateway.texts()).toEqual(["Name?", "Left talk", "Echo Ana"]);
  });

  test("an opt-out ends it", async () => {
    const scene = await setBotScene();
    const bot = makeBot(scene, ask);
    bot.optOut((ctx) => ctx.reply(`Bye, not in ${ctx.activeConversation}`));
    await handle(
      scene,
      bot,
      writes("start"),
      anEvent({ type: "recipient.opted_out" }),
      writes("Ana"),
    );
    expect(scene.gateway.texts()).toEqual(["Name?", "Bye, not in undefined", "Echo Ana"]);
  });

  test("a person is in one at a time", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.conversation("talk", async (c) => c.wait("location.shared"));
    bot.on("text", (ctx) => ctx.enter("talk"));
    await handle(scene, bot, writes("x"), writes("x"));
    expect(String(scene.logged[0]?.error)).toContain('The person is in "talk". Call ctx.leave()');
  });

  test("one that nobody registered cannot be entered", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    bot.on("text", (ctx) => ctx.enter("nowhere"));
    await handle(scene, bot, writes("x"));
    expect(String(scene.logged[0]?.error)).toContain('no conversation "nowhere"');
    await expect(bot.enter("nowhere", { conversationId: "ana" })).rejects.toThrow("nowhere");
  });

  test("from outside, with input, once for an id", async () => {
    const scene = await setBotScene();
    const bot = scene.makeBot();
    const remind = bot.conversation<{ at: string }>("remind", async (c) => {
      await c.reply(`At ${c.input.at}`);
    });
    await bot.start({ receive: "webhook" });
    const where = { conversationId: "ana", agentId: "demo", id: "reminder_1" };
    await bot.enter(remind, where, { at: "9:00" });
    await bot.enter(remind, where, { at: "9:00" });
    await scene.untilIdle();
    expect(scene.gateway.sent).toMatchObject([
      { messageId: "bot.reminder_1.0", message: { text: "At 9:00" } },
    ]);
  });
});

test("a function that takes too long between two waits is ended, and what it does later has no effect", async () => {
  const scene = await setBotScene();
  const bot = scene.makeBot({ handlerTimeoutMs: 5_000 });
  let goOn = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    bot.conversation("talk", async (c) => {
      await new Promise<void>((gate) => {
        goOn = gate;
        resolve();
      });
      await c.reply("late");
    });
  });
  bot.message("start", (ctx) => ctx.enter("talk"));
  bot.on("text", (ctx) => ctx.reply("free"));
  await scene.deliver(bot, writes("start"));
  await begun;
  await scene.deliver(bot, writes("x"));
  scene.timing.advance(5_000);
  await scene.gateway.untilSent(1);
  goOn();
  await scene.untilIdle();
  expect(scene.gateway.texts()).toEqual(["free"]);
  expect(scene.logged).toMatchObject([{ error: { name: "BotLimitError", limit: 5_000 } }]);
});
