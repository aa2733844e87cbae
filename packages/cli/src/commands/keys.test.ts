import { describe, expect, test } from "vitest";
import { run } from "../run.ts";
import { captureHost } from "../testing/capture-host.ts";
import { replyJson, startServer } from "../testing/start-server.ts";

const key = {
  id: "key_1",
  name: "ci",
  mode: "test",
  scopes: ["send"],
  hint: "abcd",
  createdAt: "2024-12-27T10:30:00Z",
};

describe("keys over the API", () => {
  test("create prints the key alone on the output, so that it can be captured", async () => {
    const server = await startServer((_request, response) =>
      replyJson(response, 201, { ...key, key: "rl_test_new" }),
    );
    const host = captureHost({ isTTY: true, env: { RICHLINE_API_KEY: "rl_test_k" } });
    const args = ["keys", "create", "--name", "ci", "--scopes", "send", "--url", server.url];
    expect(await run([...args, "--expires", "2027-01-01"], host)).toBe(0);
    expect(host.outText()).toBe("rl_test_new\n");
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
      name: "ci",
      scopes: ["send"],
      expiresAt: "2027-01-01T00:00:00.000Z",
    });
  });

  test("update changes what is given and nothing else; none takes the limit away", async () => {
    const server = await startServer((_request, response) => replyJson(response, 200, key));
    const host = captureHost({ env: { RICHLINE_API_KEY: "rl_test_k" } });
    const update = (...args: string[]) =>
      run(["keys", "update", "key_1", ...args, "--url", server.url], host);
    expect(await update("--requests-per-second", "none")).toBe(0);
    expect(await update("--name", "orders")).toBe(0);
    expect(server.requests.map(({ method, url, body }) => [method, url, JSON.parse(body)])).toEqual(
      [
        ["PATCH", "/v1/api-keys/key_1", { requestsPerSecond: null }],
        ["PATCH", "/v1/api-keys/key_1", { name: "orders" }],
      ],
    );
    expect(await update("--requests-per-second", "many")).toBe(2);
    expect(host.errText()).toContain("Give a whole number from 1 to");
  });

  test("a live key cannot be made with a test key, and none is left behind", async () => {
    const server = await startServer((request, response) => {
      if (request.method === "POST") return replyJson(response, 201, { ...key, key: "rl_test_n" });
      response.writeHead(204).end();
    });
    const host = captureHost({ env: { RICHLINE_API_KEY: "rl_test_k" } });
    const args = ["keys", "create", "--name", "ci", "--mode", "live", "--url", server.url];
    expect(await run(args, host)).toBe(1);
    expect(server.requests[1]).toMatchObject({ method: "DELETE", url: "/v1/api-keys/key_1" });
  });

  test("list is a table for people", async () => {
    const revoked = { ...key, id: "key_2", revokedAt: "2024-12-28T00:00:00Z" };
    const server = await startServer((_request, response) =>
      replyJson(response, 200, { items: [key, revoked] }),
    );
    const host = captureHost({ isTTY: true, env: { RICHLINE_API_KEY: "rl_test_k" } });
    expect(await run(["keys", "list", "--url", server.url], host)).toBe(0);
    const lines = host
      .outText()
      .split("\n")
      .map((line) => line.trim().split(/\s{2,}/));
    expect(lines[0]).toEqual([
      "id",
      "name",
      "mode",
      "scopes",
      "requests/s",
      "key",
      "created",
      "state",
    ]);
    expect(lines[1]).toEqual([
      "key_1",
      "ci",
      "test",
      "send",
      "no limit",
      "…abcd",
      "2024-12-27",
      "active",
    ]);
    expect(lines[2]?.at(-1)).toBe("revoked 2024-12-28");
  });
});
