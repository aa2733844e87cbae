// A conversation that the customer begins, or goes on with: an assistant that shows products.
//
//   RICHLINE_API_KEY=rl_test_… node examples/product-assistant.mjs
//
// Then write "hi" on the phone at http://127.0.0.1:4401.
import { card, carousel, openUrl, postback, reply, text } from "@richline/sdk";
import { createBot } from "@richline/sdk/bot";

const bot = createBot({
  apiKey: process.env.RICHLINE_API_KEY,
  baseUrl: process.env.RICHLINE_URL,
  name: "assistant",
  initialSession: () => ({ basket: [] }),
  // The person asked for it: an opt-out of offers does not keep answers back.
  replyDefaults: { trafficType: "SERVICEREQUEST" },
});

const products = [
  { id: "mug", title: "The mug", price: 18, about: "Stoneware, 300 ml." },
  { id: "lamp", title: "The lamp", price: 79, about: "Linen shade, 40 cm high." },
  { id: "bag", title: "The bag", price: 54, about: "Waxed cotton, 20 l." },
];
const productOf = (id) => products.find((one) => one.id === id);

const menu = () =>
  text(
    "Hello! What would you like?",
    reply("Show me everything", { type: "list" }),
    reply("My basket", { type: "basket" }),
  );

bot.message(/^(hi|hello|hey)\b/i, (ctx) => ctx.reply(menu()));

bot.action("list", (ctx) =>
  ctx.reply(
    carousel(
      products.map(({ id, title, price }) => ({
        title,
        description: `€ ${price}`,
        suggestions: [postback("See details", { type: "product", id })],
      })),
    ),
  ),
);

bot.action("product", async (ctx) => {
  const product = productOf(ctx.data.id);
  // A tap comes from a phone, and a phone can send anything.
  if (product === undefined) return ctx.reply("We do not have that any more.");
  await ctx.typing();
  const { id, title, about, price } = product;
  await ctx.reply(
    card({
      title,
      description: `${about} € ${price}`,
      suggestions: [
        postback("Add to basket", { type: "add", id }),
        openUrl("Read more", `https://shop.example/${id}`),
      ],
    }),
  );
});

bot.action("add", async (ctx) => {
  const product = productOf(ctx.data.id);
  if (product === undefined) return ctx.reply("We do not have that any more.");
  ctx.session.basket.push(product.id);
  await ctx.reply(
    text(
      `${product.title} is in your basket.`,
      reply("My basket", { type: "basket" }),
      reply("Show me everything", { type: "list" }),
    ),
  );
});

bot.action("basket", (ctx) => {
  const inIt = ctx.session.basket.map(productOf).filter((one) => one !== undefined);
  if (inIt.length === 0) return ctx.reply("Your basket is empty.");
  const total = inIt.reduce((sum, { price }) => sum + price, 0);
  return ctx.reply(`${inIt.map(({ title }) => title).join(", ")}: € ${total}.`);
});

bot.on("text", (ctx) => ctx.reply(menu()));

await bot.start();
console.log("The assistant listens.");
