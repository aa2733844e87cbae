import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "../run.ts";
import { type CaptureOptions, captureHost } from "../testing/capture-host.ts";
import { type Reply, replyJson, startServer } from "../testing/start-server.ts";

async function start(reply: Reply, options: CaptureOptions = {}) {
  const server = await startServer(reply);
  const env = { RICHLINE_URL: server.url, RICHLINE_API_KEY: "rl_test_k" };
  return { server, host: captureHost({ env, ...options }) };
}

function aFile(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "richline-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const people = "phoneNumber\n+12025550123\n+1202\n";
const counts = { created: 1, updated: 0, unchanged: 0 };
const good = { ...counts, refused: 0, problems: [] };
const bad = {
  ...{ ...counts, refused: 1 },
  problems: [{ line: 3, field: "phoneNumber", code: "invalid_value", detail: "No such number." }],
};

describe("contacts import", () => {
  test("sends the file, and shows a person the bad lines, with exit code 1", async () => {
    const { server, host } = await start((_request, response) => replyJson(response, 200, bad), {
      isTTY: true,
    });
    const path = aFile("people.csv", people);
    const args = ["contacts", "import", path, "--default-country", "US", "--dry-run"];
    expect(await run(args, host)).toBe(1);
    expect(server.requests[0]).toMatchObject({
      url: "/v1/contacts:import?defaultCountry=US&dryRun=true",
      headers: { "content-type": "text/csv" },
      body: people,
    });
    expect(host.outText()).toMatch(/line +field +problem\s+3 +phoneNumber +No such number\./);
    expect(host.outText()).toContain(
      "! 1 created, 0 updated, 0 unchanged, 1 refused; a dry run, nothing is stored",
    );
    expect(host.errText()).toContain("2 so far");
  });

  test("prints JSON for programs, and takes JSON lines from a pipe", async () => {
    const { server, host } = await start((_request, response) => replyJson(response, 200, good), {
      stdin: '{"phoneNumber":"+12025550123"}\n',
    });
    expect(await run(["contacts", "import", "-", "--format", "jsonl"], host)).toBe(0);
    expect(host.outJson()).toEqual([good]);
    expect(server.requests[0]?.headers["content-type"]).toBe("application/x-ndjson");
  });

  test.each([
    ["a file that is not there", "/nonexistent/people.csv", /does not exist/],
    ["a file whose name does not say what it is", "people.txt", /Give --format csv/],
  ])("says what to do about %s", async (_what, path, words) => {
    const { server, host } = await start((_request, response) => replyJson(response, 200, good));
    expect(await run(["contacts", "import", path], host)).toBe(1);
    expect(host.errText()).toMatch(words);
    expect(server.requests).toEqual([]);
  });
});

test("contacts export writes what the gateway writes, and nothing else", async () => {
  const { server, host } = await start((_request, response) => {
    response.writeHead(200, { "content-type": "text/csv" }).end(people);
  });
  const args = ["contacts", "export", "--tag", "vip", "--attribute", "plan:gold"];
  expect(await run(args, host)).toBe(0);
  expect(host.outText()).toBe(people);
  expect(server.requests[0]?.url).toBe(
    "/v1/contacts:export?format=csv&tag=vip&attribute=plan%3Agold",
  );
});

describe("contacts erase", () => {
  const erasure = { id: "era_1", state: "COMPLETED", counts: { messages: 3, contacts: 0 } };
  const answer: Reply = (_request, response) => replyJson(response, 200, erasure);
  const args = ["contacts", "erase", "+12025550123"];

  test("asks first, and erases nothing without a yes", async () => {
    const { server, host } = await start(answer, { isTTY: true, stdin: "no\n" });
    expect(await run(args, host)).toBe(1);
    expect(host.errText()).toContain("Erase +12025550123? It cannot be undone.");
    expect(host.errText()).toContain("Nothing was erased.");
    expect(server.requests).toEqual([]);
  });

  test("with a yes says what was erased", async () => {
    const { server, host } = await start(answer, { isTTY: true, stdin: "yes\n" });
    expect(await run(args, host)).toBe(0);
    expect(server.requests.map(({ body }) => body)).toEqual(['{"phoneNumber":"+12025550123"}']);
    expect(host.outText()).toMatch(/what +erased\s+messages +3\s+✓ era_1/);
  });

  test("through a pipe needs --yes, and waits until all is done", async () => {
    const { server, host } = await start((_request, response, index) =>
      replyJson(response, 200, index < 2 ? { ...erasure, state: "RUNNING" } : erasure),
    );
    expect(await run(args, host)).toBe(1);
    expect(host.errText()).toContain("Give --yes.");
    expect(await run([...args, "--yes"], host)).toBe(0);
    expect(host.outJson()).toEqual([erasure]);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /v1/erasures",
      "GET /v1/erasures/era_1",
      "GET /v1/erasures/era_1",
    ]);
    expect(host.sleepsMs).toEqual([1_000, 1_000]);
  });
});
