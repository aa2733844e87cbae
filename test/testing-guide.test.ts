import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createEmulator } from "@richline/emulator";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

/** How long an example may take with the start of its own process, in milliseconds. */
const exampleTimeoutMs = 60_000;

/** Examples run what is in the sources, as all tests do. */
const vitestConfig = `
export default {
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
};
`;

/** The code of the guide, whose first line names its file, in a folder of its own beside an emulator. */
async function startExample() {
  const folder = await mkdtemp(join(tmpdir(), "richline-testing-guide-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "vitest.config.mjs"), vitestConfig);
  const guide = await readFile(join(root, "docs/guides/testing.md"), "utf8");
  for (const [, name = "", code = ""] of guide.matchAll(
    /```\w+\n(?:\/\/|#) (\S+\.\w+)\n(.*?)```/gs,
  )) {
    await writeFile(join(folder, name), code);
  }
  const emulator = await createEmulator({ port: 0 });
  await emulator.listen();
  onTestFinished(() => emulator.close());
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], EMULATOR_URL: emulator.url };
  return (command: string, ...args: string[]) => run(command, args, { cwd: folder, env });
}

test("the guide's Vitest example passes as it is printed", {
  timeout: exampleTimeoutMs,
}, async () => {
  const example = await startExample();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { stdout } = await example(process.execPath, vitest, "run", "--reporter=json");
  // SAFETY: Vitest's JSON reporter prints this; a wrong shape fails the expectation.
  const { numPassedTests, success } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
    readonly numPassedTests: number;
    readonly success: boolean;
  };
  expect([success, numPassedTests]).toEqual([true, 3]);
});

const hasTools = ["bash", "curl", "jq"].every(
  (tool) => spawnSync(tool, ["--version"]).status === 0,
);

// Where bash, curl or jq is missing, nobody can run the script.
test.skipIf(!hasTools)(
  "the guide's script runs as it is printed",
  { timeout: exampleTimeoutMs },
  async () => {
    const example = await startExample();
    const { stdout } = await example("bash", "shipped.sh");
    expect(stdout).toMatch(/true\n$/);
  },
);
