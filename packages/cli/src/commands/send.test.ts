import { describe, expect, test } from "vitest";
import { run } from "../run.ts";
import { type CaptureOptions, captureHost } from "../testing/capture-host.ts";
import { replyJson, type SeenRequest, startServer } from "../testing/start-server.ts";

const accepted = {
  name: "conversations/user_123/messages/m1",
  createTime: "2024-12-27T10:30:00Z",
  state: "QUEUED",
};

/** A gateway that accepts, and whose log grows by one event at each look. */
async function startGateway(types: readonly string[] = []) {
  let looks = 0;
  return startServer((request, response) => {
    if (request.method === "POST") return replyJson(response, 202, accepted);
    looks += 1;
    const items = types.slice(0, looks).map((type, index) => ({
      id: `evt_${index}`,
      type,
      messageId: "m1",
      timestamp: "2024-12-27T10:30:00Z",
    }));
    replyJson(response, 200, { items });
  });
}

function hostFor(url: string, options: CaptureOptions = {}) {
  const env = { RICHLINE_URL: url, RICHLINE_API_KEY: "rl_test_k", ...options.env };
  return captureHost({ ...options, env });
}

function bodyOf(request: SeenRequest | undefined): unknown {
  return JSON.parse(request?.body ?? "null");
}

describe("send", () => {
  test("sends a text with what the flags say", async () => {
    const gateway = await startGateway();
    const host = hostFor(gateway.url);
    const flags =
      "--conversation user_123 --message-id m1 --agent demo --fallback-text short --text";
    expect(await run(["send", ...flags.split(" "), "Hi there"], host)).toBe(0);
    expect(bodyOf(gateway.requests[0])).toEqual({
      conversationId: "user_123",
      messageId: "m1",
      agentId: "demo",
      fallbackText: "short",
      message: { text: "Hi there" },
    });
    expect(host.outJson()).toEqual([{ ...accepted, messageId: "m1", replayed: false }]);
  });

  test("the number is the conversation when nothing else is", async () => {
    const gateway = await startGateway();
    await run(["send", "--to", "+12025550123", "--text", "Hi"], hostFor(gateway.url));
    expect(bodyOf(gateway.requests[0])).toMatchObject({
      conversationId: "+12025550123",
      to: "+12025550123",
    });
  });

  test("takes a message from the standard input", async () => {
    const gateway = await startGateway();
    const host = hostFor(gateway.url, { stdin: '{"text": "piped"}' });
    expect(await run(["send", "--to", "+12025550123", "--file", "-"], host)).toBe(0);
    expect(bodyOf(gateway.requests[0])).toMatchObject({ message: { text: "piped" } });
  });

  test("takes a whole request, and flags win over it", async () => {
    const gateway = await startGateway();
    const stdin = '{"conversationId": "a", "ttl": "60s", "message": {"text": "x"}}';
    const host = hostFor(gateway.url, { stdin });
    await run(["send", "--conversation", "b", "--message-id", "m", "--file", "-"], host);
    expect(bodyOf(gateway.requests[0])).toEqual({
      conversationId: "b",
      messageId: "m",
      ttl: "60s",
      message: { text: "x" },
    });
  });

  test.each([
    ["{", "is not JSON"],
    ["[]", "does not hold a JSON object"],
  ])("a file with %s is refused in words", async (stdin, words) => {
    const host = hostFor("http://127.0.0.1:1", { stdin });
    expect(await run(["send", "--to", "+12025550123", "--file", "-"], host)).toBe(1);
    expect(host.errText()).toContain(words);
  });

  test("text and file together, neither, or nobody to send to are refused before anything is sent", async () => {
    const gateway = await startGateway();
    for (const args of [
      ["--to", "+1"],
      ["--text", "x", "--file", "y"],
      ["--text", "x"],
    ]) {
      expect(await run(["send", ...args], hostFor(gateway.url))).toBe(1);
    }
    expect(gateway.requests).toEqual([]);
  });

  test("--wait prints each event once and ends at the delivery", async () => {
    const gateway = await startGateway(["message.queued", "message.sent", "message.delivered"]);
    const host = hostFor(gateway.url, { isTTY: true });
    const args = ["send", "--conversation", "user_123", "--text", "x", "--message-id", "m1"];
    expect(await run([...args, "--wait"], host)).toBe(0);
    const lines = host.outText().trim().split("\n");
    expect(lines[0]).toBe("✓ m1 queued");
    expect(lines.slice(1).map((line) => line.split(/\s+/)[1])).toEqual([
      "message.queued",
      "message.sent",
      "message.delivered",
    ]);
  });

  test("--wait on a message that fails exits with 1", async () => {
    const gateway = await startGateway(["message.queued", "message.failed"]);
    const args = ["send", "--conversation", "user_123", "--text", "x", "--wait"];
    expect(await run(args, hostFor(gateway.url))).toBe(1);
  });

  test("--wait ends after its time and says how to go on", async () => {
    const gateway = await startGateway(["message.queued"]);
    const host = hostFor(gateway.url);
    const args = ["send", "--conversation", "user_123", "--text", "x", "--message-id", "m1"];
    expect(await run([...args, "--wait", "--timeout", "1"], host)).toBe(1);
    expect(host.sleepsMs).toEqual([250, 250, 250, 250]);
    expect(host.errText()).toContain("richline tail --message m1");
  });
});
