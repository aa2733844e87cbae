import { describe, expect, test } from "vitest";
import { run } from "../run.ts";
import { captureHost } from "../testing/capture-host.ts";
import { replyJson, startServer } from "../testing/start-server.ts";

describe("validate", () => {
  test("without a gateway the limits are checked, and paths are those of the file", async () => {
    const host = captureHost({ stdin: JSON.stringify({ text: "x".repeat(3073), colour: "red" }) });
    expect(await run(["validate", "-"], host)).toBe(1);
    expect(host.outJson()).toEqual([
      {
        valid: false,
        checkedBy: "schema",
        errors: [
          expect.objectContaining({ path: "/text", code: "too_long", limit: 3072 }),
          expect.objectContaining({ path: "/colour", code: "unknown_field" }),
        ],
      },
    ]);
  });

  test("in words, a person reads each error with its place", async () => {
    const host = captureHost({ isTTY: true, stdin: '{"conversationId": "a/b", "message": {}}' });
    expect(await run(["validate", "-"], host)).toBe(1);
    expect(host.outText()).toContain("✗ - is not valid");
    expect(host.outText()).toContain("/conversationId  ");
    expect(host.outText()).toContain("/message  ");
  });

  test("with a key the gateway is asked, which knows the agent's providers", async () => {
    const answer = {
      valid: true,
      messageType: "text",
      fallbackText: "Hi",
      previews: [
        { channel: "rcs", provider: "google" },
        { channel: "sms", provider: "twilio", sms: { text: "Hi", encoding: "GSM-7", parts: 1 } },
      ],
      warnings: [{ path: "/message/text", code: "x", detail: "Beware." }],
    };
    const server = await startServer((_request, response) => replyJson(response, 200, answer));
    const env = { RICHLINE_URL: server.url, RICHLINE_API_KEY: "rl_test_k" };
    const host = captureHost({ isTTY: true, env, stdin: '{"text": "Hi"}' });
    expect(await run(["validate", "-"], host)).toBe(0);
    expect(server.requests[0]?.url).toBe("/v1/messages:validate");
    expect(host.outText()).toBe(
      "✓ - is valid\n  warning /message/text  Beware.\n  By RCS over google\n  By SMS over twilio, 1 message in GSM-7:\n    Hi\n",
    );
  });

  test("what the gateway finds is the answer, exit code 1", async () => {
    const errors = [{ path: "/message/text", code: "too_long", detail: "Too long." }];
    const server = await startServer((_request, response) =>
      replyJson(response, 400, { code: "invalid_request", detail: "No.", errors }),
    );
    const env = { RICHLINE_URL: server.url, RICHLINE_API_KEY: "rl_test_k" };
    const host = captureHost({ env, stdin: '{"text": "Hi"}' });
    expect(await run(["validate", "-"], host)).toBe(1);
    expect(host.outJson()).toEqual([
      {
        valid: false,
        checkedBy: "gateway",
        errors: [{ path: "/text", code: "too_long", detail: "Too long." }],
      },
    ]);
  });
});
