import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the built console and phone page, if they are installed and built. */
export function webRoot(): string | undefined {
  try {
    const manifest = import.meta.resolve("@richline/web/package.json");
    const root = fileURLToPath(new URL("dist", manifest));
    return existsSync(root) ? root : undefined;
  } catch {
    return undefined;
  }
}
