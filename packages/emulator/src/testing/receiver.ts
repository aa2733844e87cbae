import { createServer, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import type { Answer } from "./fixture.ts";

interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  /** The body as it came: the Pub/Sub envelope, or a challenge. */
  readonly envelope: Answer["body"];
  /** The decoded bytes of `message.data`. */
  readonly bytes: Buffer;
  /** The decoded data. */
  readonly data: Answer["body"];
}

/** A webhook of a test's own, on a free port. */
export interface Receiver {
  readonly url: string;
  readonly received: ReceivedWebhook[];
  /** Most requests that were open at once. */
  readonly openMax: number;
  /** Waits until so many webhooks have come in; answers them. */
  take(count: number): Promise<ReceivedWebhook[]>;
  /** The event types (or `message`, `tap`) of what came in, in order. */
  kinds(): string[];
}

/** How a receiver answers: a status, or a status and a body, now or later. */
export type Reply = (
  webhook: ReceivedWebhook,
  count: number,
) => number | [number, string] | Promise<number>;

/** Starts a receiver that answers 200 unless `reply` says otherwise. */
export async function startReceiver(reply: Reply = () => 200): Promise<Receiver> {
  const received: ReceivedWebhook[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let open = 0;
  let openMax = 0;
  const server = createServer((request, response) => {
    open += 1;
    openMax = Math.max(openMax, open);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    const answer = async () => {
      const webhook = decode(Buffer.concat(chunks).toString(), request.headers);
      received.push(webhook);
      for (const one of waiting) if (received.length >= one.count) one.resolve();
      const replied = await reply(webhook, received.length);
      open -= 1;
      const [status, body] = typeof replied === "number" ? [replied, ""] : replied;
      response.writeHead(status).end(body);
    };
    request.on("end", () => void answer());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    get openMax() {
      return openMax;
    },
    take: async (count) => {
      if (received.length < count) {
        await new Promise<void>((resolve) => {
          waiting.push({ count, resolve });
        });
      }
      return received.slice(0, count);
    },
    kinds: () => received.map(({ data }) => kindOf(data)),
  };
}

function decode(text: string, headers: IncomingHttpHeaders): ReceivedWebhook {
  const envelope = JSON.parse(text);
  const bytes = Buffer.from(envelope.message?.data ?? "", "base64");
  return { headers, envelope, bytes, data: bytes.length === 0 ? {} : JSON.parse(bytes.toString()) };
}

function kindOf(data: Answer["body"]): string {
  if (data.eventType !== undefined) return data.eventType;
  return data.messageId === undefined ? "tap" : "message";
}
