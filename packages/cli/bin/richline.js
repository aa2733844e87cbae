#!/usr/bin/env node
// A file that exists before the build does: npm links a command only when it finds it.
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write("richline is not built yet. Run `npm run build` first.\n");
  process.exitCode = 1;
}
