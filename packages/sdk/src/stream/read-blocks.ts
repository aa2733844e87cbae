import type { Deadline } from "../deadline.ts";
import { RichlineConnectionError } from "../errors.ts";
import { readBytes } from "./read-bytes.ts";
import { createSseParser, type SseBlock } from "./sse-parser.ts";

/** The blocks of an event stream's answer, as they come. */
export async function* readBlocks(
  response: Response,
  deadline: Deadline,
): AsyncGenerator<SseBlock, void, undefined> {
  const type = response.headers.get("content-type") ?? "";
  if (response.body === null || !type.startsWith("text/event-stream")) {
    throw new RichlineConnectionError("unreadable", `${response.url} is no event stream.`);
  }
  const decoder = new TextDecoder();
  const parser = createSseParser();
  for await (const bytes of readBytes(response, deadline))
    yield* parser.push(decoder.decode(bytes, { stream: true }));
}
