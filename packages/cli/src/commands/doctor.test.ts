import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@richline/emulator";
import { createApp, loadConfig } from "@richline/server";
import { expect, onTestFinished, test } from "vitest";
import { demoAgent, demoPhones } from "../dev/demo.ts";
import { run } from "../run.ts";
import { captureHost } from "../testing/capture-host.ts";

const clientToken = "client-token-for-tests";

/** A configuration whose one provider is an emulator that runs, and the environment to read it in. */
async function aConfiguration() {
  const folder = mkdtempSync(join(tmpdir(), "richline-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const emulator = await createEmulator({
    host: "127.0.0.1",
    port: 0,
    agents: [{ ...demoAgent, agentId: "demo", clientToken }],
    phones: demoPhones,
  });
  await emulator.listen();
  onTestFinished(() => emulator.close());
  const settings = {
    agentId: "demo",
    clientToken,
    baseUrl: emulator.url,
    serviceAccount: JSON.stringify(emulator.serviceAccount),
  };
  const providers = [{ name: "emulator", type: "google-rbm", settings }];
  const agents = [{ id: "demo", routes: { test: ["emulator"] } }];
  const configFile = join(folder, "richline.yaml");
  // JSON is YAML.
  writeFileSync(configFile, JSON.stringify({ agents, providers }));
  const env = { RICHLINE_DATA_DIR: folder, RICHLINE_LOG_LEVEL: "silent" };
  return { configFile, env, subject: `SQLite in ${folder}` };
}

async function startGateway(configFile: string, env: Readonly<Record<string, string>>) {
  const app = await createApp(loadConfig({ configFile, env: { ...env, RICHLINE_PORT: "0" } }));
  await app.listen();
  onTestFinished(() => app.close());
  return app.url;
}

test("beside a running gateway, which has the store open, nothing is wrong: the gateway is asked", async () => {
  const { configFile, env, subject } = await aConfiguration();
  const url = await startGateway(configFile, env);
  const host = captureHost({ env: { ...env, RICHLINE_PORT: new URL(url).port } });
  expect(await run(["doctor", "--config", configFile], host)).toBe(0);
  expect(host.outJson()).toContainEqual({
    level: "ok",
    subject,
    detail: `A gateway has it open. Asked it at ${url}/readyz instead: it is ready.`,
  });
});

test("a store that somebody has open who answers nowhere is a warning that says what to do", async () => {
  const { configFile, env, subject } = await aConfiguration();
  await startGateway(configFile, env);
  const host = captureHost({ env: { ...env, RICHLINE_PORT: "1" } });
  expect(await run(["doctor", "--config", configFile], host)).toBe(0);
  expect(host.outJson()).toContainEqual({
    level: "warning",
    subject,
    detail:
      "Another process has it open, and no gateway says at http://127.0.0.1:1/readyz that it is ready.",
    remedy: expect.stringContaining("RICHLINE_PORT"),
  });
});

test("a store that nobody has open is opened, and told with its schema", async () => {
  const { configFile, env, subject } = await aConfiguration();
  const host = captureHost({ env });
  expect(await run(["doctor", "--config", configFile], host)).toBe(0);
  expect(host.outJson()).toContainEqual({
    level: "ok",
    subject,
    detail: expect.stringMatching(/^Schema version \d+\.$/),
  });
});
