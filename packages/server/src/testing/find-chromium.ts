import { existsSync } from "node:fs";

/** The browser for tests, or undefined where none is installed. */
export function findChromium(): string | undefined {
  const named = process.env["RICHLINE_TEST_CHROMIUM"];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return candidates.find((path) => existsSync(path));
}
