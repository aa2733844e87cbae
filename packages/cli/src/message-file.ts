import type { MessageContent, SendMessage } from "@richline/sdk";
import type { Host } from "./host.ts";
import { readJsonFile } from "./json-file.ts";

/** What a file holds: a whole request (`{conversationId, message, …}`), or the message alone (`{text}`, `{richCard}` …). */
export type MessageFile =
  | { readonly kind: "request"; readonly request: Partial<SendMessage> }
  | { readonly kind: "message"; readonly message: MessageContent };

/** Reads a message file; `-` is the standard input. Whether it is right is for the gateway to say. */
export async function readMessageFile(path: string, host: Host): Promise<MessageFile> {
  const value = await readJsonFile(path, host, 'Write a message such as {"text": "Hello"}.');
  // SAFETY: the value is sent as it stands and the gateway judges every field of it; nothing here reads them.
  if ("message" in value) return { kind: "request", request: value as Partial<SendMessage> };
  // SAFETY: as above.
  return { kind: "message", message: value as MessageContent };
}
