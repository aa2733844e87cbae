import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../run.ts";
import { type CapturedHost, captureHost } from "../testing/capture-host.ts";

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "richline-emulator-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Printed {
  readonly url: string;
  readonly agentId: string;
  readonly clientToken: string;
}

/** Starts the command, hands its address to `use`, and presses Ctrl-C. */
async function whileRunning(
  args: readonly string[],
  use: (printed: Printed) => Promise<void>,
): Promise<CapturedHost> {
  const host: CapturedHost = captureHost({
    onLine: (line) => {
      // SAFETY: with --json the first line is this; a wrong one fails the expectations.
      const printed = JSON.parse(line) as Printed;
      void use(printed).finally(() => host.press());
    },
  });
  expect(await run(["emulator", "--json", "--port", "0", ...args], host)).toBe(0);
  return host;
}

const phone = { phoneNumber: "+13035550100", online: false };

test("media of a host that is named is fetched and checked; what is no host is refused in words", async () => {
  const path = `/v1/phones/+13035550100/agentMessages?messageId=${randomUUID()}&agentId=demo`;
  await whileRunning(["--media-host", "127.0.0.1:9"], async ({ url }) => {
    const issued = await fetch(`${url}/_emulator/token`, { method: "POST" });
    // SAFETY: a wrong answer fails the expectations.
    const { access_token: token } = (await issued.json()) as { readonly access_token: string };
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({
        contentMessage: { contentInfo: { fileUrl: "http://127.0.0.1:9/a.png" } },
      }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("contentMessage.contentInfo.fileUrl");
  });
  const host = captureHost();
  expect(await run(["emulator", "--media-host", "https://example.com/"], host)).toBe(1);
  expect(host.errText()).toContain("is not a host");
});

test("a seed is there at the start, with the agent of the command line; --save keeps what there is at the end", async () => {
  const folder = await aFolder();
  const [seed, saved] = [join(folder, "seed.json"), join(folder, "saved.json")];
  const agents = [{ agentId: "brand", clientToken: "kept" }, { agentId: "other" }];
  await writeFile(seed, JSON.stringify({ version: 1, phones: [phone], agents }));
  await whileRunning(["--seed", seed, "--save", saved, "--agent", "brand"], async (printed) => {
    expect(printed).toMatchObject({ agentId: "brand", clientToken: "kept" });
    const answer = await fetch(`${printed.url}/_emulator/phones`);
    expect(await answer.json()).toMatchObject({ phones: [phone] });
    await fetch(`${printed.url}/_emulator/phones/${phone.phoneNumber}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ online: true }),
    });
  });
  const state: unknown = JSON.parse(await readFile(saved, "utf8"));
  expect(state).toMatchObject({
    version: 1,
    phones: [{ ...phone, online: true }],
    agents: [{ agentId: "brand", clientToken: "kept" }, { agentId: "other" }],
  });
  await whileRunning(["--seed", saved], async ({ url }) => {
    const answer = await fetch(`${url}/_emulator/phones`);
    expect(await answer.json()).toMatchObject({ phones: [{ ...phone, online: true }] });
  });
});

test.each([
  [{ phones: [{ phoneNumber: "12" }] }, "/phones/0/phoneNumber"],
  [{ agents: "none" }, "/agents"],
])("a seed that is not valid is refused by name: %j", async (sections, path) => {
  const seed = join(await aFolder(), "seed.json");
  await writeFile(seed, JSON.stringify({ version: 1, ...sections }));
  const host = captureHost();
  expect(await run(["emulator", "--port", "0", "--seed", seed], host)).toBe(1);
  expect(host.errText()).toContain(path);
});
