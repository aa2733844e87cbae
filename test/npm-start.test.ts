import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Starts `npm start` on free ports, with npm and what it starts in a group of their own. */
async function startByNpm() {
  const dataDir = mkdtempSync(join(tmpdir(), "richline-npm-start-"));
  const args = ["--json", "--port", "0", "--emulator-port", "0", "--data-dir", dataDir];
  const npm = spawn("npm", ["start", "--silent", "--", ...args], {
    cwd: root,
    detached: true,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const group = npm.pid ?? 0;
  expect(group).toBeGreaterThan(0);
  onTestFinished(() => {
    killGroup(group);
    rmSync(dataDir, { recursive: true, force: true });
  });
  // SAFETY: a stream with an encoding gives text, and the addresses are its first line.
  const [line] = (await once(npm.stdout.setEncoding("utf8"), "data")) as [string];
  // Every process of the group writes here: the stream ends when the last of them is gone.
  const allGone = once(npm.stdout, "close");
  const { apiUrl }: { readonly apiUrl: string } = JSON.parse(line);
  return { npm, allGone, apiUrl };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // All of it has ended, as it should have.
  }
}

it.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)(
  "%s to npm start ends the gateway too: nothing is left running behind npm",
  // It looks whether everything is built first, and may have to build.
  { timeout: 90_000 },
  async (signal) => {
    const { npm, allGone, apiUrl } = await startByNpm();
    const ready = new URL("/readyz", apiUrl);
    expect((await fetch(ready)).status).toBe(200);
    npm.kill(signal);
    await allGone;
    await expect(fetch(ready)).rejects.toThrow("fetch failed");
  },
);
