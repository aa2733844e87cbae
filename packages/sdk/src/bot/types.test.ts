import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { PostbackObject } from "../messages/postback-data.ts";
import { createBot } from "./create-bot.ts";
import type { FormValues } from "./event-kinds.ts";
import { memoryStorage } from "./storage/memory-storage.ts";

interface Session {
  step: number;
  name?: string;
}

/** Registered and never run: the types are what is tested. */
const bot = createBot({
  apiKey: "rl_test_types_only",
  storage: memoryStorage(),
  initialSession: (): Session => ({ step: 0 }),
});

test("the event has the fields of its kind", () => {
  bot.on("text", (ctx) => {
    expectTypeOf(ctx.event.text).toEqualTypeOf<string>();
    expectTypeOf(ctx.conversationId).toEqualTypeOf<string>();
    expectTypeOf(ctx.event.type).toEqualTypeOf<"message.received">();
  });
  bot.on("location.shared", (ctx) => {
    expectTypeOf(ctx.event.location.latitude).toEqualTypeOf<number>();
    expectTypeOf(ctx.event.text).toEqualTypeOf<string | undefined>();
  });
  bot.on("suggestion.tapped", (ctx) => {
    expectTypeOf(ctx.event.action.postbackData).toEqualTypeOf<string>();
  });
  bot.on(["file.shared", "form.submitted"], (ctx) => {
    expectTypeOf(ctx.event.type).toEqualTypeOf<"message.received" | "message.interacted">();
  });
  bot.on("provider.suspended", (ctx) => {
    expectTypeOf(ctx.conversationId).toEqualTypeOf<string | undefined>();
  });
  // @ts-expect-error: no event is called so.
  bot.on("message.sended", () => undefined);
});

test("patterns bring their match, actions their data, forms their values", () => {
  bot.message(/a/, (ctx) => expectTypeOf(ctx.match).toEqualTypeOf<RegExpExecArray>());
  bot.action("buy", (ctx) => expectTypeOf(ctx.data).toEqualTypeOf<PostbackObject>());
  const schema = z.object({ sku: z.string(), count: z.coerce.number() });
  bot.action("buy", { schema }, (ctx) => {
    expectTypeOf(ctx.data).toEqualTypeOf<{ sku: string; count: number }>();
    // @ts-expect-error: the schema knows no such field.
    ctx.data.price;
  });
  bot.form("booking", (ctx) => expectTypeOf(ctx.values).toEqualTypeOf<FormValues>());
  bot.form("booking", { schema: z.object({ guests: z.number() }) }, (ctx) => {
    expectTypeOf(ctx.values.guests).toEqualTypeOf<number>();
  });
});

test("the session has the type of the first one, everywhere", () => {
  bot.use((ctx) => expectTypeOf(ctx.session).toEqualTypeOf<Session>());
  bot.on("text", (ctx) => {
    expectTypeOf(ctx.session).toEqualTypeOf<Session>();
    // @ts-expect-error: a step is a number.
    ctx.session.step = "one";
  });
  bot.conversation("session", async (c) => {
    expectTypeOf(await c.readSession()).toEqualTypeOf<Session>();
  });
});

test("a conversation's input, answers and steps are typed", () => {
  const order = bot.conversation<{ sku: string }>("order", async (c) => {
    expectTypeOf(c.input).toEqualTypeOf<{ sku: string }>();
    const answer = await c.ask("Which?");
    expectTypeOf(answer.data).toEqualTypeOf<string | PostbackObject | undefined>();
    const late = await c.ask("Which?", { timeout: "10m", trafficType: "SERVICEREQUEST" });
    expectTypeOf(late).toEqualTypeOf<typeof answer | undefined>();
    const where = await c.wait("location.shared");
    expectTypeOf(where.location.latitude).toEqualTypeOf<number>();
    const soon = await c.wait("text", { timeout: 1_000 });
    expectTypeOf(soon?.text).toEqualTypeOf<string | undefined>();
    expectTypeOf(await c.run("price", () => ({ amount: 1 }))).toEqualTypeOf<{ amount: number }>();
    // @ts-expect-error: minutes are m.
    await c.sleep("10 minutes");
  });
  bot.on("text", async (ctx) => {
    await ctx.enter(order, { sku: "A1" });
    // @ts-expect-error: the input is missing.
    await ctx.enter(order);
    // @ts-expect-error: the input is another.
    await ctx.enter(order, { id: 1 });
  });
});
