import { type JsonObject, objectIn, textIn } from "../message/read-json.ts";

/** Headers that curl writes itself, or that are true of one connection only. */
const ownHeaders = new Set([
  "host",
  "content-length",
  "connection",
  "accept-encoding",
  "user-agent",
]);

/** The recorded call as a command for a POSIX shell. A secret that was not kept is left to a variable. */
export function asCurl(record: JsonObject, direction: "in" | "out", origin: string): string {
  const method = textIn(record["method"]) ?? "POST";
  const url = new URL(textIn(record["url"]) ?? "/", origin).href;
  const body = direction === "in" ? record["body"] : (record["body"] ?? record["data"]);
  const headers = headersOf(record, direction);
  return [
    `curl -X ${method} ${quote(url)}`,
    ...headers.map(([name, value]) => `-H ${quoteHeader(name, value)}`),
    ...(body === undefined ? [] : [`--data-raw ${quote(bodyText(body))}`]),
  ].join(" \\\n  ");
}

/** Whether a record can be written as a command: a PDU of SMPP cannot. */
export function isHttp(record: JsonObject): boolean {
  return !(textIn(record["url"]) ?? "").startsWith("smpp:");
}

function headersOf(
  record: JsonObject,
  direction: "in" | "out",
): readonly (readonly [string, string])[] {
  const recorded = Object.entries(objectIn(record["headers"]) ?? {}).flatMap(([name, value]) =>
    typeof value === "string" && !ownHeaders.has(name.toLowerCase())
      ? [[name, value] as const]
      : [],
  );
  const names = new Set(recorded.map(([name]) => name.toLowerCase()));
  const missing: (readonly [string, string])[] = [];
  if (direction === "in" && !names.has("authorization")) {
    missing.push(["Authorization", "Bearer $TOKEN"]);
  }
  if (!names.has("content-type")) missing.push(["Content-Type", "application/json"]);
  return [...recorded, ...missing];
}

/** A blanked secret is asked for: `$TOKEN` is filled in by the shell, so its header stands in double quotes. */
function quoteHeader(name: string, value: string): string {
  if (name.toLowerCase() !== "authorization") return quote(`${name}: ${value}`);
  const isBlank = /blanked|\$TOKEN|\*\*\*/.test(value);
  return isBlank ? `"${name}: Bearer $TOKEN"` : quote(`${name}: ${value}`);
}

function bodyText(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
