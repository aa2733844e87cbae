import { describe, expect, test } from "vitest";
import { run } from "../run.ts";
import { type CaptureOptions, captureHost } from "../testing/capture-host.ts";
import { type Reply, replyJson, startServer } from "../testing/start-server.ts";

const review = {
  id: "msg_1",
  conversationId: "user_123",
  reason: { code: "provider_unavailable" },
  attempts: 4,
  provider: "google",
  channel: "rcs",
  mayHaveBeenTaken: false,
  since: "2026-11-23T10:05:35.000Z",
};

async function start(reply: Reply, options: CaptureOptions = {}) {
  const server = await startServer(reply);
  const env = { RICHLINE_URL: server.url, RICHLINE_API_KEY: "rl_test_k" };
  return { server, host: captureHost({ env, ...options }) };
}

/** Decides on every message that is asked for; refuses those whose id begins so. */
const decideAll: Reply = ({ body }, response) => {
  const { ids } = JSON.parse(body);
  const results = ids.map((id: string) =>
    id.startsWith("bad")
      ? { id, status: 409, problem: { code: "not_in_review", detail: "The message is READ." } }
      : { id, status: 200 },
  );
  replyJson(response, 200, { done: 0, refused: 0, results });
};

describe("reviews list", () => {
  test("prints a table for people", async () => {
    const { host } = await start(
      (_request, response) => replyJson(response, 200, { items: [review] }),
      { isTTY: true },
    );
    expect(await run(["reviews", "list"], host)).toBe(0);
    expect(host.outText()).toMatch(
      /msg_1 +user_123 +provider_unavailable +4 +google \(rcs\) +no +2026-11-23 10:05/,
    );
  });

  test("prints one line of JSON a message for programs, and asks with the filters", async () => {
    const { server, host } = await start((_request, response) =>
      replyJson(response, 200, { items: [review, review], nextCursor: "more" }),
    );
    const args = [
      "reviews",
      "list",
      "--agent",
      "demo",
      "--code",
      "outcome_unknown",
      "--limit",
      "2",
    ];
    expect(await run(args, host)).toBe(0);
    expect(host.outJson()).toEqual([review, review]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      "/v1/reviews?agentId=demo&code=outcome_unknown&limit=2",
    ]);
  });
});

describe("a decision", () => {
  test("on named messages goes out in requests of bounded size, with progress", async () => {
    const { server, host } = await start(decideAll, { isTTY: true });
    const ids = Array.from({ length: 120 }, (_, index) => `msg_${index}`);
    expect(await run(["reviews", "retry", ...ids, "--force"], host)).toBe(0);
    const bodies = server.requests.map(({ body }) => JSON.parse(body));
    expect(bodies.map((body) => body.ids.length)).toEqual([50, 50, 20]);
    expect(bodies[0]).toMatchObject({ action: "retry", force: true });
    expect(host.errText()).toContain("100 of 120");
    expect(host.outText()).toBe("✓ 120 go out again, 0 refused\n");
  });

  test("on all follows the filter to its end", async () => {
    const { server, host } = await start((_request, response, index) =>
      replyJson(response, 200, {
        done: 1,
        refused: 0,
        results: [{ id: `msg_${index}`, status: 200 }],
        ...(index < 2 ? { nextCursor: `after_${index}` } : {}),
      }),
    );
    const args = ["reviews", "send-as-sms", "--all", "--agent", "demo", "--note", "By hand"];
    expect(await run(args, host)).toBe(0);
    expect(host.outJson()).toHaveLength(3);
    const bodies = server.requests.map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ cursor }) => cursor)).toEqual([undefined, "after_0", "after_1"]);
    expect(bodies[0]).toMatchObject({
      action: "send-as-sms",
      filter: { agentId: "demo" },
      note: "By hand",
    });
  });

  test("that is refused is told with its reason, and the exit code is 1", async () => {
    const { host } = await start(decideAll, { isTTY: true });
    expect(await run(["reviews", "dismiss", "msg_1", "bad_1"], host)).toBe(1);
    expect(host.outText()).toBe("✗ bad_1  The message is READ.\n✓ 1 are dismissed, 1 refused\n");
  });

  test.each([
    ["nothing", []],
    ["ids and all", ["msg_1", "--all"]],
    ["ids and a filter", ["msg_1", "--code", "x"]],
  ])("about %s is not understood, and nobody is asked", async (_what, args) => {
    const { server, host } = await start(decideAll);
    expect(await run(["reviews", "dismiss", ...args], host)).toBe(1);
    expect(host.errText()).toContain("It is not said about which messages");
    expect(server.requests).toEqual([]);
  });
});
