import { expect, test } from "vitest";
import { text } from "../messages/content.ts";
import { reply } from "../messages/suggestions.ts";
import type { Bot } from "./bot.ts";
import { memoryStorage } from "./storage/memory-storage.ts";
import { type BotScene, setBotScene, writes } from "./testing/bot-scene.ts";
import { type DyingStorage, dyingStorage } from "./testing/dying-storage.ts";

/** More writes than the story below takes. */
const writesMax = 60;

interface Session {
  greetings?: number;
}

/** What is charged, by its key: an API that knows repeats, as any should that moves money. */
type Charges = Map<string, number>;

function makeBot(scene: BotScene, storage: DyingStorage, charges: Charges): Bot<Session> {
  const bot = scene.makeBot<Session>({ storage });
  const order = bot.conversation<undefined>("order", async (c) => {
    const size = await c.ask(text("Which size?", reply("S"), reply("L")));
    const price = await c.run("charge", ({ key }) => {
      charges.set(key, 10);
      return 10;
    });
    const sure = await c.ask(`${size.text} for ${price}. Sure?`);
    await c.writeSession({ greetings: 100 });
    await c.reply(`You said ${sure.text}`);
  });
  bot.message("order", async (ctx) => {
    await ctx.reply("With pleasure");
    await ctx.enter(order);
  });
  bot.on("text", async (ctx) => {
    ctx.session.greetings = (ctx.session.greetings ?? 0) + 1;
    await ctx.reply(`Hello ${ctx.session.greetings}`);
  });
  return bot;
}

test.each([true, false])(
  "a process that dies at any write (carried out: %s) loses no answer, asks nothing twice and charges once",
  { timeout: 60_000 },
  async (isLastWritten) => {
    let deaths = 0;
    for (let writesBeforeDeath = 0; writesBeforeDeath < writesMax; writesBeforeDeath += 1) {
      const scene = await setBotScene(memoryStorage());
      const charges: Charges = new Map();
      let storage = dyingStorage(scene.storage, writesBeforeDeath, isLastWritten);
      let bot = makeBot(scene, storage, charges);
      const restart = async () => {
        deaths += 1;
        storage = dyingStorage(scene.storage, Number.POSITIVE_INFINITY, false);
        bot = makeBot(scene, storage, charges);
        await bot.start({ receive: "webhook" });
      };
      for (const words of ["hi", "order", "L", "yes", "hi"]) {
        const event = writes(words);
        const { died } = storage;
        const outcome = await Promise.race([scene.deliver(bot, event), died]);
        // Without an answer, a gateway brings the event again.
        if (outcome === undefined) {
          await restart();
          expect(await scene.deliver(bot, event)).toBe(204);
        }
        if ((await Promise.race([scene.untilIdle().then(() => "idle"), died])) !== "idle") {
          if (outcome !== undefined) await restart();
          await scene.untilIdle();
        }
      }
      expect(scene.gateway.texts(), `after ${writesBeforeDeath} writes`).toEqual([
        "Hello 1",
        "With pleasure",
        "Which size?",
        "L for 10. Sure?",
        "You said yes",
        "Hello 101",
      ]);
      expect([...charges.values()]).toEqual([10]);
      expect(scene.logged.filter(({ level }) => level !== "info")).toEqual([]);
    }
    // Else the story takes more writes than deaths were tried at, or none was reached.
    expect(deaths).toBeGreaterThan(10);
    expect(deaths).toBeLessThan(writesMax);
  },
);
