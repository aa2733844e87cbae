import { Agent as HttpAgent, request } from "undici";
import type { Clock } from "../clock.ts";

/** Longest wait for an answer to a webhook, in milliseconds. Ours: Google publishes none; Pub/Sub push gives at least 10 s. */
const answerTimeoutMs = 10_000;

/** Most bytes of an answer that are read. Ours: a challenge answer is a few dozen bytes. */
const answerBytesMax = 16_384;

/** Most requests at once to one webhook address. Ours: enough to fill a core, few enough not to be an attack. */
export const connectionsMax = 32;

export interface WebhookRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request as it went out. */
export type Sent = WebhookRequest;

/** An answer, or why there was none. */
export type WebhookAnswer =
  | { readonly status: number; readonly text: string; readonly error?: undefined }
  | { readonly status: undefined; readonly text?: undefined; readonly error: string };

/** Posts to webhook addresses over kept connections; follows no redirect. */
export class WebhookPost {
  readonly #clock: Clock;
  readonly #dispatcher = new HttpAgent({
    connections: connectionsMax,
    connect: { timeout: answerTimeoutMs },
  });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Posts. Never rejects: an address that cannot be reached, breaks off or is too slow is an answer without a status. */
  async send({ url, body, headers }: WebhookRequest): Promise<WebhookAnswer> {
    const abort = new AbortController();
    const cancelTimeout = this.#clock.schedule(answerTimeoutMs, () => abort.abort());
    try {
      const answer = await request(url, {
        method: "POST",
        headers,
        body,
        signal: abort.signal,
        dispatcher: this.#dispatcher,
      });
      return { status: answer.statusCode, text: await readBounded(answer.body) };
    } catch (cause) {
      // Not lost: "no answer" and why is what the caller records, shows and retries.
      return { status: undefined, error: abort.signal.aborted ? tooSlow : whyUnreachable(cause) };
    } finally {
      cancelTimeout();
    }
  }

  /** Breaks off what is under way. */
  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }
}

const tooSlow = `No answer within ${answerTimeoutMs / 1_000} seconds.`;

/** What went wrong on the connection, in a few words: `connect ECONNREFUSED 127.0.0.1:3000`. */
function whyUnreachable(cause: unknown): string {
  if (!(cause instanceof Error)) return "The connection failed.";
  const [first] = cause instanceof AggregateError ? cause.errors : [];
  if (first instanceof Error) return first.message;
  return cause.message === "" ? cause.name : cause.message;
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
