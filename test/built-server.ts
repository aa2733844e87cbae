import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { until } from "./until.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const entries = ["server/dist/index.js", "sdk/dist/bot/index.js"];
const lockFile = `${root}node_modules/.richline-test-build`;

/** How long the tests may wait for a build, in milliseconds; from nothing it takes some 10 s on two cores. */
export const buildTimeoutMs = 120_000;

/**
 * Brings `dist` of server and SDK up to date: a gateway or a bot in a process of its own runs what is built, not
 * the sources. Test files run side by side and must not build at the same time, so one waits for the other.
 */
export async function buildServer(): Promise<void> {
  await until("nobody else builds", takeLock, { withinMs: buildTimeoutMs });
  try {
    runCompiler([]);
    // The compiler trusts its notes, and writes nothing when somebody has deleted what it wrote.
    if (!entries.every((entry) => existsSync(`${root}packages/${entry}`))) runCompiler(["--force"]);
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function runCompiler(flags: readonly string[]): void {
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  // Types are checked by `npm run types`; here they would only take time.
  const parameters = [compiler, "-b", "packages/server", "packages/sdk", "--noCheck", ...flags];
  const result = spawnSync(process.execPath, parameters, { cwd: root, encoding: "utf8" });
  if (result.status === 0) return;
  throw new Error(`Server and SDK do not compile:\n${result.stdout}${result.stderr}`);
}

/** Makes the lock file, which holds our process id; one that a dead process left is removed. */
function takeLock(): true | undefined {
  try {
    const file = openSync(lockFile, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  if (!isHeld()) rmSync(lockFile, { force: true });
  return undefined;
}

function isHeld(): boolean {
  try {
    const holder = Number(readFileSync(lockFile, "utf8"));
    // Signal 0 only asks. An empty file is one whose holder is about to write its id.
    return holder === 0 || process.kill(holder, 0);
  } catch {
    // The file is gone, or its process is.
    return false;
  }
}
