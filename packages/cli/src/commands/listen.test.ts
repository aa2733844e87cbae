import type { ServerResponse } from "node:http";
import { verifyGuideSignature, verifyWebhook } from "@richline/sdk";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { run } from "../run.ts";
import { type CaptureOptions, captureHost } from "../testing/capture-host.ts";
import { startServer } from "../testing/start-server.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const event = {
  id: "evt_1",
  type: "message.interacted",
  conversationId: "user_123",
  messageId: "msg_456",
  interactionType: "ACTION_TAPPED",
  action: { postbackData: "product_123" },
  timestamp: "2024-12-27T10:35:00Z",
};

/** A gateway whose stream brings these events and then stays open. */
async function startGateway(events: readonly object[] = [event]) {
  return startServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const [index, one] of events.entries()) {
      response.write(`id: c${index}\ndata: ${JSON.stringify(one)}\n\n`);
    }
  });
}

/** A webhook handler that answers these statuses, the last one for ever. */
async function startHandler(...statuses: readonly number[]) {
  return startServer((_request, response: ServerResponse, index) => {
    response.writeHead(statuses[Math.min(index, statuses.length - 1)] ?? 200).end();
  });
}

/** Runs until `lines` lines are printed, then presses Ctrl-C. */
async function runFor(args: readonly string[], lines: number, options: CaptureOptions = {}) {
  let left = lines;
  const host = captureHost({
    ...options,
    onLine: () => {
      left -= 1;
      if (left === 0) host.press();
    },
  });
  const exitCode = await run([...args, "--api-key", "rl_test_k"], host);
  return { host, exitCode };
}

describe("listen", () => {
  test("prints events and asks only for the types wanted", async () => {
    const gateway = await startGateway();
    const args = ["listen", "--url", gateway.url, "--events", "message.interacted,recipient.*"];
    const { host, exitCode } = await runFor(args, 1);
    expect(exitCode).toBe(0);
    expect(host.outJson()).toEqual([{ cursor: "c0", event }]);
    expect(new URL(gateway.requests[0]?.url ?? "", gateway.url).searchParams.get("types")).toBe(
      "message.interacted,recipient.typing,recipient.opted_out,recipient.opted_in",
    );
  });

  test("--forward signs as the gateway does, in both ways", async () => {
    const gateway = await startGateway();
    const handler = await startHandler(200);
    const args = ["listen", "--url", gateway.url, "--forward", `${handler.url}/hook`];
    const { host } = await runFor([...args, "--secret", secret], 2);
    const [request] = handler.requests;
    const { body = "", headers = {} } = request ?? {};
    expect(request).toMatchObject({ method: "POST", url: "/hook" });
    expect(headers["content-type"]).toBe("application/json");
    const standard = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(secret).verify(body, standard)).toEqual(event);
    expect(await verifyWebhook({ body, headers, secret })).toEqual(event);
    const signature = String(headers["x-signature"]);
    expect(await verifyGuideSignature({ body, signature, secret })).toEqual(event);
    expect(host.outJson()[1]).toMatchObject({ forwarded: "evt_1", delivered: true, status: 200 });
  });

  test("a secret is made and printed when none is given, and it is the one that signs", async () => {
    const gateway = await startGateway();
    const handler = await startHandler(200);
    const { host } = await runFor(["listen", "--url", gateway.url, "--forward", handler.url], 2);
    const made = /whsec_\S+/.exec(host.errText())?.[0] ?? "";
    const { body = "", headers = {} } = handler.requests[0] ?? {};
    expect(await verifyWebhook({ body, headers, secret: made })).toEqual(event);
  });

  test("a handler that fails is tried again under the same id, and the result says so", async () => {
    const gateway = await startGateway();
    const handler = await startHandler(500, 503, 204);
    const { host } = await runFor(["listen", "--url", gateway.url, "--forward", handler.url], 2);
    expect(host.sleepsMs).toEqual([1000, 3000]);
    expect(handler.requests.map(({ headers }) => headers["webhook-id"])).toEqual(
      Array(3).fill("evt_1"),
    );
    expect(host.outJson()[1]).toMatchObject({ delivered: true, status: 204, tries: 3 });
  });

  test("a handler that stays down costs four tries and holds up no later event for good", async () => {
    const gateway = await startGateway([event, { ...event, id: "evt_2" }]);
    const args = ["listen", "--url", gateway.url, "--forward", "http://127.0.0.1:1"];
    const { host } = await runFor(args, 4);
    expect(host.outJson().filter((line) => JSON.stringify(line).includes("forwarded"))).toEqual([
      expect.objectContaining({ forwarded: "evt_1", delivered: false, tries: 4 }),
      expect.objectContaining({ forwarded: "evt_2", delivered: false, tries: 4 }),
    ]);
  });
});

describe("tail", () => {
  test("prints a line an event, only of the conversation and message asked for", async () => {
    const gateway = await startGateway([
      { ...event, id: "evt_0", conversationId: "other" },
      { ...event, id: "evt_0", messageId: "other" },
      event,
    ]);
    const args = [
      "tail",
      "--url",
      gateway.url,
      "--conversation",
      "user_123",
      "--message",
      "msg_456",
    ];
    const { host, exitCode } = await runFor(args, 1, { isTTY: true });
    expect(exitCode).toBe(0);
    expect(host.outText()).toMatch(
      /^\d\d:\d\d:\d\d {2}message\.interacted {4}user_123 msg_456 {2}ACTION_TAPPED product_123\n$/,
    );
  });

  test("into a pipe it prints JSON", async () => {
    const gateway = await startGateway();
    const { host } = await runFor(["tail", "--url", gateway.url], 1);
    expect(host.outJson()).toEqual([event]);
  });
});
