import { readFile } from "node:fs/promises";
import type { MessageContent, SendMessage } from "@richline/sdk";
import { CliError, errorCode } from "./cli-error.ts";
import type { Host } from "./host.ts";

/** What a file holds: a whole request (`{conversationId, message, …}`), or the message alone (`{text}`, `{richCard}` …). */
export type MessageFile =
  | { readonly kind: "request"; readonly request: Partial<SendMessage> }
  | { readonly kind: "message"; readonly message: MessageContent };

/** Reads a message file; `-` is the standard input. Whether it is right is for the gateway to say. */
export async function readMessageFile(path: string, host: Host): Promise<MessageFile> {
  const value = parseObject(path, await readText(path, host));
  // SAFETY: the value is sent as it stands and the gateway judges every field of it; nothing here reads them.
  if ("message" in value) return { kind: "request", request: value as Partial<SendMessage> };
  // SAFETY: as above.
  return { kind: "message", message: value as MessageContent };
}

async function readText(path: string, host: Host): Promise<string> {
  if (path === "-") return readAll(host.stdin);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const why = errorCode(error) === "ENOENT" ? "does not exist" : "cannot be read";
    throw new CliError(`The file ${path} ${why}.`, { cause: error });
  }
}

async function readAll(stream: Host["stdin"]): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

function parseObject(path: string, text: string): object {
  const value = parseJson(path, text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new CliError(`${path} does not hold a JSON object.`, {
    remedy: 'Write a message such as {"text": "Hello"}.',
  });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`${path} is not JSON: ${why}.`, { cause: error });
  }
}
