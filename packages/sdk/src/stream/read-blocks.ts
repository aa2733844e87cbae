import type { Deadline } from "../deadline.ts";
import { RichlineConnectionError } from "../errors.ts";
import { abortReason } from "../timing.ts";
import { createSseParser, type SseBlock } from "./sse-parser.ts";

/**
 * The blocks of an event stream's answer, as they come. The deadline runs only while we wait for bytes: however long
 * the reader thinks about an event, the connection is not the one to blame.
 */
export async function* readBlocks(
  response: Response,
  deadline: Deadline,
): AsyncGenerator<SseBlock, void, undefined> {
  const type = response.headers.get("content-type") ?? "";
  if (response.body === null || !type.startsWith("text/event-stream")) {
    throw new RichlineConnectionError("unreadable", `${response.url} is no event stream.`);
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = createSseParser();
  try {
    for (;;) {
      deadline.restart();
      const { done, value } = await readBytes(reader, deadline.signal);
      deadline.pause();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Frees the connection when the reader leaves early; of a stream that failed there is nothing left to free.
    await reader.cancel().catch(() => undefined);
  }
}

async function readBytes(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw new RichlineConnectionError("network", "The event stream broke off.", error);
  }
}
