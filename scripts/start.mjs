// `npm start`: prepares the workspace, then runs `richline dev` with the arguments given.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepareWorkspace, root } from "./workspace.mjs";

prepareWorkspace();
// In this process rather than a child: signals, exit code and terminal need no passing on.
const main = join(root, "packages/cli/dist/main.js");
process.argv = [process.execPath, main, "dev", ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
