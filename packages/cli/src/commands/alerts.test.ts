import { describe, expect, test } from "vitest";
import { run } from "../run.ts";
import { captureHost } from "../testing/capture-host.ts";
import { replyJson, startServer } from "../testing/start-server.ts";

const alert = {
  id: "alr_1",
  mode: "test",
  kind: "webhooks_stopped",
  subject: "google",
  detail: "31 messages went out in ten minutes, and nothing at all came in.",
  state: "open",
  openedAt: "2026-11-23T10:30:00.000Z",
};

describe("alerts", () => {
  const list = async (isTTY: boolean, ...args: string[]) => {
    const server = await startServer((_request, response) =>
      replyJson(response, 200, { items: [alert] }),
    );
    const host = captureHost({ isTTY, env: { RICHLINE_API_KEY: "rl_test_k" } });
    expect(await run(["alerts", ...args, "--url", server.url], host)).toBe(0);
    return { host, server };
  };

  test("are a table for people, and only those of the state that is asked for", async () => {
    const { host, server } = await list(true, "--state", "open");
    expect(server.requests[0]?.url).toBe("/v1/alerts?state=open&limit=200");
    const lines = host
      .outText()
      .split("\n")
      .map((line) => line.trim().split(/\s{2,}/));
    expect(lines[0]).toEqual(["opened", "closed", "kind", "subject", "detail"]);
    expect(lines[1]).toEqual(["2026-11-23 10:30", "open", alert.kind, "google", alert.detail]);
  });

  test("are JSON for programs, one a line", async () => {
    const { host } = await list(false);
    expect(host.outJson()).toEqual([alert]);
  });
});
