import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Thread } from "@richline/contract";
import { createClient, type Event } from "@richline/sdk";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../run.ts";
import { captureHost } from "../testing/capture-host.ts";
import { demoContact } from "./demo.ts";
import { startStack } from "./start-stack.ts";

const apiKey = "rl_test_stack_test";

async function aStack() {
  const dataDir = mkdtempSync(join(tmpdir(), "richline-"));
  const stack = await startStack({
    port: 0,
    emulatorPort: 0,
    dataDir,
    apiKey,
    webRoot: undefined,
    logLevel: "silent",
  });
  onTestFinished(async () => {
    await stack.close();
    rmSync(dataDir, { recursive: true });
  });
  return { stack, dataDir, client: createClient({ baseUrl: stack.url, apiKey }) };
}

function phoneApi(emulatorUrl: string, path: string): string {
  const number = encodeURIComponent(demoContact.phoneNumber);
  return `${emulatorUrl}/_emulator/phones/${number}/${path}`;
}

async function readThread(emulatorUrl: string): Promise<Thread> {
  // SAFETY: the emulator answers this shape; a wrong one fails the expectations below.
  return (await (await fetch(phoneApi(emulatorUrl, "messages"))).json()) as Thread;
}

/** Sends, and resolves with the event of this type once the stream brings it. */
async function eventAfter(
  client: ReturnType<typeof createClient>,
  type: Event["type"],
  act: () => Promise<unknown>,
): Promise<Event> {
  const acting = { done: Promise.resolve<unknown>(undefined) };
  const onConnect = () => {
    acting.done = act();
  };
  for await (const { event } of client.events.stream({ types: [type], onConnect })) {
    await acting.done;
    return event;
  }
  throw new Error("The stream ended.");
}

test("what is sent to user_123 arrives on the phone, and what the person taps comes back as an event", async () => {
  const { stack, client } = await aStack();
  const delivered = await eventAfter(client, "message.delivered", () =>
    client.messages.send({
      conversationId: demoContact.conversationId,
      messageId: "msg_456",
      message: {
        text: "Shipped. Track it?",
        suggestions: [{ reply: { text: "Yes", postbackData: "track" } }],
      },
    }),
  );
  expect(delivered).toMatchObject({ messageId: "msg_456", messageStatus: "DELIVERED" });

  const { messages } = await readThread(stack.emulatorUrl);
  expect(messages).toMatchObject([
    { direction: "outbound", content: { text: "Shipped. Track it?" } },
  ]);

  const tapped = await eventAfter(client, "message.interacted", () =>
    fetch(phoneApi(stack.emulatorUrl, "taps"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messageId: messages[0]?.messageId, postbackData: "track" }),
    }),
  );
  expect(tapped).toMatchObject({
    conversationId: "user_123",
    messageId: "msg_456",
    messageStatus: "INTERACTED",
    interactionType: "REPLY_TAPPED",
    action: { postbackData: "track" },
  });
});

test("a port that is taken leaves nothing running behind", async () => {
  const { stack, dataDir } = await aStack();
  const port = Number(new URL(stack.url).port);
  const other = { apiKey, webRoot: undefined, logLevel: "silent", emulatorPort: await freePort() };
  const second = startStack({ ...other, port, dataDir: join(dataDir, "second") });
  await expect(second).rejects.toThrow(`Port ${port} is taken.`);
  const third = await startStack({ ...other, port: 0, dataDir: join(dataDir, "third") });
  await third.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

test("keys are asked of a running gateway that holds the database, and a person is told", async () => {
  const { stack, dataDir } = await aStack();
  const { port } = new URL(stack.url);
  const env = { RICHLINE_DATA_DIR: dataDir, RICHLINE_PORT: port };
  const withoutKey = captureHost({ env });
  expect(await run(["keys", "list"], withoutKey)).toBe(1);
  expect(withoutKey.errText()).toContain("a running gateway holds it");
  const withKey = captureHost({ env: { ...env, RICHLINE_API_KEY: apiKey } });
  expect(await run(["keys", "list"], withKey)).toBe(0);
  expect(withKey.errText()).toBe(
    `A running gateway holds the database; asking it at http://127.0.0.1:${port}.\n`,
  );
  expect(withKey.outJson()).toMatchObject([{ name: "preset" }]);
});

test("the first key is made without a gateway and without a configuration", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "richline-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const host = captureHost({ env: { RICHLINE_DATA_DIR: dataDir } });
  expect(await run(["keys", "create", "--name", "ci", "--scopes", "send"], host)).toBe(0);
  expect(host.outJson()).toMatchObject([{ name: "ci", mode: "test", scopes: ["send"] }]);
});
