// Runs one bot in a process of its own, for the test that kills it. What it is told comes in RICHLINE_TEST_BOT; it says
// when it has started and when it hears of an event, to the process that started it, and it goes when that does.
import { appendFileSync } from "node:fs";
import { reply, text } from "@richline/sdk";
import { createBot } from "@richline/sdk/bot";
import { sqliteStorage } from "@richline/sdk/bot/sqlite";

const { baseUrl, apiKey, path, chargesPath } = JSON.parse(process.env.RICHLINE_TEST_BOT);
process.once("disconnect", () => process.exit(1));

const bot = createBot({
  baseUrl,
  apiKey,
  storage: sqliteStorage({ path }),
  replyDefaults: { trafficType: "SERVICEREQUEST" },
  initialSession: () => ({ rounds: 0 }),
});
const order = bot.conversation("order", async (c) => {
  const { round } = c.input;
  const size = await c.ask(
    text(
      `${round}: which size?`,
      reply("Small", { type: "size", value: "S", round }),
      reply("Large", "L"),
    ),
    { timeout: "1h" },
  );
  await c.run("charge", ({ key }) => appendFileSync(chargesPath, `${key}\n`));
  await c.typing();
  const name = await c.ask(`${round}: your name?`);
  const day = await c.ask(text(`${round}: which day?`, reply("Monday"), reply("Friday")));
  await c.reply(`${round}: ${JSON.stringify(size.data)}, ${name.text}, ${day.text}`);
});
bot.use(async (_ctx, next) => {
  process.send("event");
  await next();
});
bot.message(/^order (\d+)$/, async (ctx) => {
  ctx.session.rounds += 1;
  const round = Number(ctx.match[1]);
  await ctx.reply(`${round}: welcome for the ${ctx.session.rounds}. time`);
  await ctx.enter(order, { round });
});
bot.on("text", (ctx) => ctx.reply(`Nobody asked: ${ctx.event.text}`));
await bot.start();
process.send("started");
