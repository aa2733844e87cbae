import type { Deadline } from "../deadline.ts";
import { RichlineConnectionError } from "../errors.ts";
import { abortReason } from "../timing.ts";

/**
 * The bytes of an answer, as they come. The deadline runs only while we wait for them: however long the reader
 * thinks about what it got, the connection is not the one to blame.
 */
export async function* readBytes(
  response: Response,
  deadline: Deadline,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      deadline.restart();
      const { done, value } = await readNext(reader, deadline.signal);
      deadline.pause();
      if (done) return;
      yield value;
    }
  } finally {
    // Frees the connection when the reader leaves early; of a stream that failed there is nothing left to free.
    await reader.cancel().catch(() => undefined);
  }
}

async function readNext(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw new RichlineConnectionError("network", "The stream broke off.", error);
  }
}
