// `npm test`: prepares the workspace, says what this machine lacks, and runs every test. Arguments go to Vitest.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, prepareWorkspace, root } from "./workspace.mjs";

prepareWorkspace();
const missing = await findMissing();
const folder = mkdtempSync(join(tmpdir(), "richline-test-"));
const report = join(folder, "report.json");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit" },
);
closeWith(status ?? 1);

/** What tests need of the machine and do not find: the tests that need it are skipped. */
async function findMissing() {
  const { findPostgres } = await import("../packages/server/dist/testing/postgres-server.js");
  const { findChromium } = await import("../packages/server/dist/testing/find-chromium.js");
  const found = [
    {
      present: process.env.RICHLINE_TEST_DATABASE_URL !== undefined || findPostgres() !== undefined,
      words:
        "No PostgreSQL server: its tests are skipped. Install one (Debian: apt-get install postgresql), name the folder " +
        "of its programs in RICHLINE_TEST_POSTGRES_BIN, or give the URL of a running one in RICHLINE_TEST_DATABASE_URL.",
    },
    {
      present: findChromium() !== undefined,
      words:
        "No Chromium: the browser tests are skipped. Install it (Debian: apt-get install chromium), or name it in " +
        "RICHLINE_TEST_CHROMIUM.",
    },
    {
      present: spawnSync("python3", ["--version"]).status === 0,
      words: "No python3: the guide's own verification function is not run.",
    },
  ];
  return found.filter(({ present }) => !present).map(({ words }) => words);
}

/** One plain line at the end, and what was skipped, in words. */
function closeWith(code) {
  for (const words of missing) console.log(`SKIPPED  ${words}`);
  if (!existsSync(report)) fail("The tests did not run to their end.");
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  rmSync(folder, { recursive: true });
  console.log(
    `Tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`,
  );
  process.exit(code);
}
