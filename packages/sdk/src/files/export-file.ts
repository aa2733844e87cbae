import { startDeadline } from "../deadline.ts";
import { readBytes } from "../stream/read-bytes.ts";
import type { CallOptions, Transport } from "../transport.ts";

interface ExportCall {
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | undefined>>;
}

/**
 * A file as text, as it comes. The time limit of a call counts for each wait, so that a large file may take as long
 * as it needs. An export that breaks off rejects; it is not made again by itself.
 */
export async function* exportFile(
  transport: Transport,
  call: ExportCall,
  options: CallOptions = {},
): AsyncGenerator<string, void, undefined> {
  const deadline = startDeadline(transport.timeoutMs, options.signal);
  const decoder = new TextDecoder();
  try {
    const response = await transport.open({ ...call, method: "GET" }, deadline.signal);
    for await (const bytes of readBytes(response, deadline)) {
      const text = decoder.decode(bytes, { stream: true });
      if (text !== "") yield text;
    }
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  } finally {
    deadline.clear();
  }
}
