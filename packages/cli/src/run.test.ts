import { describe, expect, test } from "vitest";
import { run } from "./run.ts";
import { captureHost } from "./testing/capture-host.ts";
import { replyJson, startServer } from "./testing/start-server.ts";

const commands = [
  "dev",
  "serve",
  "emulator",
  "send",
  "tail",
  "listen",
  "validate",
  "keys",
  "migrate",
  "doctor",
  "readyz",
];

describe("run", () => {
  test("help names every command and goes to the output", async () => {
    const host = captureHost();
    expect(await run(["--help"], host)).toBe(0);
    for (const command of commands)
      expect(host.outText()).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  });

  test.each(commands)("the help of %s shows an example", async (command) => {
    const host = captureHost();
    expect(await run([command, "--help"], host)).toBe(0);
    expect(host.outText()).toMatch(/Example/);
    expect(host.outText()).toMatch(new RegExp(`richline ${command}`));
  });

  test.each([
    [["sned"], "send"],
    [["send", "--bogus"], "--bogus"],
    [["dev", "--port", "none"], "0 to 65535"],
    [["listen", "--forward", "ftp://x"], "http or https"],
    [["tail", "--events", "message.exploded"], "message.queued"],
    [["keys", "create"], "--name"],
    [["keys", "create", "--name", "x", "--scopes", "fly"], "send, read, admin"],
  ])("%j is not understood: exit code 2, and the words say why", async (args, words) => {
    const host = captureHost();
    expect(await run(args, host)).toBe(2);
    expect(host.errText()).toContain(words);
    expect(host.outText()).toBe("");
  });

  test("no gateway: one sentence, what to do, exit code 1", async () => {
    const host = captureHost({ env: { RICHLINE_API_KEY: "rl_test_k" } });
    const args = ["keys", "list", "--url", "http://127.0.0.1:1"];
    expect(await run(args, host)).toBe(1);
    expect(host.errText()).toBe(
      "error http://127.0.0.1:1 cannot be reached.\n" +
        "Is the gateway running? `richline dev` or `richline serve` starts one; --url or RICHLINE_URL says where it is.\n",
    );
  });

  test("no key: says how to give one", async () => {
    const host = captureHost();
    expect(await run(["send", "--to", "+12025550123", "--text", "x"], host)).toBe(1);
    expect(host.errText()).toContain("RICHLINE_API_KEY");
  });

  test("an error answer is printed with its fields, its remedy and the request to quote", async () => {
    const server = await startServer((_request, response) =>
      replyJson(response, 422, {
        status: 422,
        code: "recipient_unknown",
        detail: "The conversation user_9 has no phone number.",
        requestId: "req_7",
        errors: [{ path: "/to", code: "required", detail: "This field is required." }],
      }),
    );
    const host = captureHost({ env: { RICHLINE_URL: server.url, RICHLINE_API_KEY: "rl_test_k" } });
    expect(await run(["send", "--conversation", "user_9", "--text", "x"], host)).toBe(1);
    expect(host.errText()).toContain("error The conversation user_9 has no phone number.");
    expect(host.errText()).toContain("/to  This field is required.");
    expect(host.errText()).toContain("Give `to` in E.164");
    expect(host.errText()).toContain("req_7");
  });

  test("with --json an error is JSON too", async () => {
    const host = captureHost();
    await run(["send", "--to", "+12025550123", "--text", "x", "--json"], host);
    expect(JSON.parse(host.errText())).toMatchObject({
      error: { message: "There is no API key." },
    });
  });
});
