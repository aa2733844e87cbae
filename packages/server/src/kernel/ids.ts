import { randomBytes } from "node:crypto";
import { v4, v7 } from "uuid";

/** A new time-ordered id with a prefix that says what it names, such as `evt_019…`. */
export function newId(prefix: string): string {
  return `${prefix}_${v7().replaceAll("-", "")}`;
}

/** A random RFC 4122 id of version 4: what Google asks for as the id of a message. */
export function newUuid(): string {
  return v4();
}

/** `byteCount` random bytes in base64, for secrets. */
export function newSecret(byteCount: number): string {
  return randomBytes(byteCount).toString("base64");
}
