import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { findFreePort } from "./free-port.ts";
import { ana, pick, type Stack, startStack } from "./gateway-stack.ts";
import { hasPython } from "./guide-python.ts";
import { storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

/** A line that the guide's handler, or what it calls, has printed. */
type Line = readonly [string, ...unknown[]];

/** The guide's handlers in Python, listening for what this gateway tells of interactions. */
async function startHandler(stack: Stack, path: string) {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}${path}`;
  const { secret } = await stack.client.endpoints.create({
    url,
    eventTypes: ["message.interacted"],
  });
  const program = fileURLToPath(new URL("guide_webhook.py", import.meta.url));
  const python = spawn("python3", [program, String(port)], {
    env: { ...process.env, RCS_WEBHOOK_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    python.kill();
    await once(python, "exit");
  });
  const lines: Line[] = [];
  createInterface(python.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  await until("Python listens", () => lines.find(([what]) => what === "ready"));
  return { url, lines, find: (...wanted: Line) => lines.find((line) => isSame(line, wanted)) };
}

function isSame(line: Line, wanted: Line): boolean {
  return JSON.stringify(line) === JSON.stringify(wanted);
}

const { conversationId, phoneNumber } = ana;

describe.skipIf(!hasPython)("the guide's webhook handler, in Python", () => {
  const start = (path: string) =>
    // SMS, so that the gateway knows its own address, which forms need.
    startStack(pick(storesUnderTest, 0), { sms: true }).then(async (stack) => ({
      stack,
      handler: await startHandler(stack, path),
    }));

  test("hears the tap of its own example, and every other interaction", async () => {
    const { stack, handler } = await start("/webhooks/rcs");
    const action = { text: "See details", postbackData: "product_123" };
    const reply = { text: "Not now", postbackData: "later" };
    await stack.client.messages.send({
      conversationId,
      message: { text: "Check out our latest products", suggestions: [{ action }, { reply }] },
    });
    const shown = await until("it is on the phone", async () =>
      (await stack.carrier.thread(phoneNumber)).at(-1),
    );
    for (const { postbackData } of [action, reply]) {
      await stack.carrier.tap(phoneNumber, { messageId: shown.messageId, postbackData });
      await until("it is logged", () => handler.find("logged", conversationId, postbackData));
    }
    expect(handler.find("product", conversationId, "123")).toBeDefined();
    const { fallbackText = "" } = await stack.client.messages.send({
      conversationId,
      message: {
        form: {
          name: "survey",
          title: "Survey",
          fields: [{ type: "text", name: "a", label: "A" }],
        },
      },
    });
    const page = fallbackText.split("\n").at(-1) ?? "";
    await fetch(page, { method: "POST", body: new URLSearchParams({ a: "fine" }) });
    await until("it is logged", () => handler.find("logged", conversationId, "survey"));
    const answers = await until("each is answered", () => {
      const answered = handler.lines.filter(([what]) => what === "answered");
      return answered.length < 3 ? undefined : answered;
    });
    expect(answers).toEqual(Array.from({ length: 3 }, () => ["answered", 200]));
  });

  test("refuses what somebody else made up", async () => {
    const { handler } = await start("/webhooks/rcs");
    const { status } = await fetch(handler.url, {
      method: "POST",
      headers: { "x-signature": "0".repeat(64) },
      body: JSON.stringify({ conversationId, interactionType: "ACTION_TAPPED" }),
    });
    expect(status).toBe(401);
  });

  test("answers the customer, as in its third pattern", async () => {
    const { stack, handler } = await start("/webhooks/rcs/response");
    const reply = { text: "Large", postbackData: "size_l" };
    await stack.client.messages.send({
      conversationId,
      message: { text: "Which size?", suggestions: [{ reply }] },
    });
    const shown = await until("it is on the phone", async () =>
      (await stack.carrier.thread(phoneNumber)).at(-1),
    );
    await stack.carrier.tap(phoneNumber, { messageId: shown.messageId, postbackData: "size_l" });
    await until("it is answered", () =>
      handler.find("sent", conversationId, { text: "You chose size_l" }),
    );
    expect(handler.find("action", conversationId, "size_l")).toBeDefined();
  });
});
