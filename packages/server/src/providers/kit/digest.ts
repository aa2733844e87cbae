import { createHash } from "node:crypto";

/** A dedupe key for what carries no id of its own: the same words give the same key. */
export function digest(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
