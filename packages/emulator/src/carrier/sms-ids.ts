import { randomUUID } from "node:crypto";

/** A new id in the form of Twilio's: SM and 32 hexadecimal digits. Source: Twilio, "SIDs". */
export function newSmsId(): string {
  return `SM${randomUUID().replaceAll("-", "")}`;
}
