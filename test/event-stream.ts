import { get, type IncomingMessage } from "node:http";
import type { Event } from "@richline/sdk";

/** One event and the place right behind it. */
export interface LoggedEvent {
  readonly cursor: string;
  readonly event: Event;
}

export interface EventStreamRequest {
  readonly url: string;
  readonly apiKey: string;
  /** Where to begin, sent as a browser does: in `Last-Event-ID`. */
  readonly cursor: string;
  /** Sent as the query `types`. */
  readonly types?: string;
}

/**
 * Reads `GET /v1/events:stream` from `cursor` until `isLast`, then hangs up. Written without our own client,
 * so that the stream is held against what WHATWG's "Server-sent events" says and not against our reading of it.
 */
export async function readEventStream(
  request: EventStreamRequest,
  isLast: (event: Event) => boolean,
): Promise<readonly LoggedEvent[]> {
  const read: LoggedEvent[] = [];
  const response = await open(request);
  let text = "";
  for await (const chunk of response) {
    text += String(chunk);
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const one = parseBlock(block);
      if (one === undefined) continue;
      read.push(one);
      // Leaving the loop destroys the response, and with it the connection.
      if (isLast(one.event)) return read;
    }
  }
  throw new Error(`The stream ended after ${read.length} events.`);
}

function open({ url, apiKey, cursor, types }: EventStreamRequest): Promise<IncomingMessage> {
  const query = types === undefined ? "" : `?types=${types}`;
  const headers = { authorization: `Bearer ${apiKey}`, "last-event-id": cursor };
  return new Promise((resolve, reject) => {
    get(`${url}/v1/events:stream${query}`, { headers, agent: false }, resolve).on("error", reject);
  });
}

/** A block without data is a comment, or a cursor alone. */
function parseBlock(block: string): LoggedEvent | undefined {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get("data");
  return data === undefined
    ? undefined
    : { cursor: fields.get("id") ?? "", event: JSON.parse(data) };
}
