// `npm start`: prepares the workspace, then runs `richline dev` with the arguments given.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepareWorkspace, root } from "./workspace.mjs";

/** How often we look whether npm is still there, in milliseconds. Ours: a stop should not be felt to wait for it. */
const lookEveryMs = 250;

const startedBy = process.ppid;
prepareWorkspace();
// npm hands on SIGINT and SIGTERM; when it goes without a word (SIGHUP, SIGKILL), nobody is left to stop us.
if (process.env.npm_lifecycle_event === "start") stopWith(startedBy);
// In this process rather than a child: signals, exit code and terminal need no passing on.
const main = join(root, "packages/cli/dist/main.js");
process.argv = [process.execPath, main, "dev", ...process.argv.slice(2)];
await import(pathToFileURL(main).href);

/** Asks this process to stop, once, when the one that started it is gone: the system then gives it another parent. */
function stopWith(parent) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, lookEveryMs);
  timer.unref();
}
