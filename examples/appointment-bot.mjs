// An appointment: a form to choose it, a calendar entry to keep it, and a conversation that survives a restart.
//
//   RICHLINE_API_KEY=rl_test_… node examples/appointment-bot.mjs
//
// Then write "appointment" on the phone at http://127.0.0.1:4401.
import { calendar, field, form, reply, text } from "@richline/sdk";
import { createBot } from "@richline/sdk/bot";

const bot = createBot({
  apiKey: process.env.RICHLINE_API_KEY,
  baseUrl: process.env.RICHLINE_URL,
  name: "appointments",
  replyDefaults: { trafficType: "SERVICEREQUEST" },
});

const visitMinutes = 30;
/** What the practice's own calendar would know. */
const booked = new Set();

const appointmentForm = () =>
  form({
    title: "Your appointment",
    description: "We are open from 9 to 17 o'clock.",
    openLabel: "Choose a time",
    submitLabel: "Ask for it",
    fields: [
      field.text("name", "Your name", { required: true, maxLength: 80 }),
      field.date("day", "Day", { required: true, min: new Date().toISOString().slice(0, 10) }),
      field.time("time", "Time", { required: true, min: "09:00", max: "16:30" }),
      field.textarea("about", "What is it about?", { maxLength: 500 }),
    ],
  });

const appointment = bot.conversation("appointment", async (c) => {
  for (;;) {
    const answer = await c.ask(appointmentForm(), { timeout: "1h" });
    if (answer === undefined) {
      await c.reply("Whenever it suits you: write appointment to begin again.");
      return;
    }
    const { name, day, time } = answer.values;
    const start = new Date(`${day}T${time}:00Z`);
    // Written down once it is done: after a restart nobody is booked twice.
    const isFree = await c.run("book", () => book(start.toISOString(), name));
    if (isFree) {
      await c.reply(confirmation(name, start));
      return;
    }
    await c.reply("That time is taken. Please choose another one.");
  }
});

function book(slot, name) {
  if (booked.has(slot)) return false;
  booked.add(slot);
  console.log(`${slot}: ${name}`);
  return true;
}

function confirmation(name, start) {
  const end = new Date(start.getTime() + visitMinutes * 60_000);
  return text(
    `Thank you, ${name}. We expect you on ${start.toISOString().slice(0, 10)} at ${start.toISOString().slice(11, 16)} (UTC).`,
    calendar("Add to calendar", {
      title: "Appointment at the practice",
      description: `For ${name}`,
      startTime: start.toISOString(),
      endTime: end.toISOString(),
    }),
    reply("I cannot come", { type: "cancel", slot: start.toISOString() }),
  );
}

bot.message(/appointment/i, async (ctx) => {
  if (ctx.activeConversation === "appointment") return ctx.reply("The form above is still open.");
  await ctx.enter(appointment);
});
bot.action("cancel", async (ctx) => {
  const wasBooked = booked.delete(ctx.data.slot);
  await ctx.reply(wasBooked ? "It is cancelled. Get well soon!" : "There was nothing to cancel.");
});
bot.on("text", (ctx) =>
  ctx.reply(text("This is the practice. How can we help?", reply("Make an appointment", "appointment"))),
);
bot.action("appointment", (ctx) => ctx.enter(appointment));

await bot.start();
console.log("The practice listens.");
