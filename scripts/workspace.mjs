// What `npm start` and `npm test` need first: packages that are installed and outputs that are up to date.
// It uses nothing but Node, because in a fresh clone there is nothing else.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const nodeMin = { major: 20, minor: 19 };
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const installed = join(root, "node_modules/.package-lock.json");
const built = join(root, "node_modules/.richline-built");
const outputs = [
  "contract/dist/index.js",
  "sdk/dist/index.js",
  "server/dist/index.js",
  "emulator/dist/index.js",
  "cli/dist/main.js",
  "web/dist/console.html",
  "web/dist/phone.html",
].map((path) => join(root, "packages", path));

/** Installs what is missing and builds what is out of date; takes no time when there is nothing to do. */
export function prepareWorkspace() {
  checkNode();
  if (needsInstall()) install();
  if (needsBuild()) build();
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > nodeMin.major || (major === nodeMin.major && minor >= nodeMin.minor)) return;
  fail(
    `Richline needs Node ${nodeMin.major}.${nodeMin.minor} or newer; this is ${process.versions.node}. ` +
      "Install a newer one from https://nodejs.org and run npm start again.",
  );
}

function needsInstall() {
  return modifiedMs(installed) < modifiedMs(join(root, "package-lock.json"));
}

function install() {
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  // A registry that lacks other platforms' optional packages leaves them out of the lockfile, and
  // `npm ci` refuses such a one; the versions are pinned exactly either way.
  step("Installing packages", () => {
    const exact = npm(["ci", ...flags]);
    return exact.status === 0 || exact.signal !== null ? exact : npm(["install", ...flags]);
  });
  // npm leaves this file alone when it finds nothing to change; it says "installed" all the same.
  const now = new Date();
  utimesSync(installed, now, now);
}

/** Whether an output is missing, or a source is newer than the last build. */
function needsBuild() {
  if (!outputs.every((path) => existsSync(path))) return true;
  return newestSourceMs() > modifiedMs(built);
}

function build() {
  // TypeScript trusts these files and would not write outputs again that somebody deleted.
  for (const folder of packageFolders())
    rmSync(join(folder, "tsconfig.tsbuildinfo"), { force: true });
  const startedAt = new Date();
  step("Building", () => npm(["run", "build", "--silent"]));
  writeFileSync(built, "");
  // A source that is saved during the build counts as newer.
  utimesSync(built, startedAt, startedAt);
}

function newestSourceMs() {
  const files = packageFolders().flatMap((folder) => [
    ...filesIn(folder).filter((path) => /\.(json|ts|html)$/.test(path)),
    ...["src", "public"].flatMap((name) => treeOf(join(folder, name))),
  ]);
  return Math.max(...[...files, join(root, "tsconfig.base.json")].map(modifiedMs));
}

function packageFolders() {
  const packages = join(root, "packages");
  return readdirSync(packages).map((name) => join(packages, name));
}

function filesIn(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name));
}

/** A folder and all in it. Folders count too: they tell that a file was deleted. */
function treeOf(folder) {
  if (!existsSync(folder)) return [];
  return [folder, ...readdirSync(folder, { recursive: true }).map((path) => join(folder, path))];
}

function modifiedMs(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** Runs a step with one line of progress; what it printed is shown only when it fails. */
function step(title, run) {
  const startedAtMs = Date.now();
  process.stderr.write(`${title} … `);
  const result = run();
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  if (result.status === 0) {
    process.stderr.write(`done in ${seconds} s\n`);
    return;
  }
  process.stderr.write("\n");
  if (result.signal !== null) process.exit(130);
  fail(
    `${result.error?.message ?? ""}${result.stdout ?? ""}${result.stderr ?? ""}\n${title} failed.`,
  );
}

/** npm as this script was started by it, else the one on the path. */
function npm(args) {
  const options = { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 };
  const script = process.env.npm_execpath;
  if (script?.endsWith(".js")) return spawnSync(process.execPath, [script, ...args], options);
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
}

export function fail(sentence) {
  process.stderr.write(`${sentence.trim()}\n`);
  process.exit(1);
}
