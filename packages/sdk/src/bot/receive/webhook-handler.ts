import { verifyWebhook } from "../../webhooks/verify-webhook.ts";
import { WebhookVerificationError } from "../../webhooks/webhook-verification-error.ts";
import type { BotCore } from "../bot-core.ts";
import type { BotEvent } from "../event-kinds.ts";
import { InboxFullError, receiveEvent } from "./receive-events.ts";

/** Largest body of a delivery, in bytes. Ours: events are a few kilobytes, that of the longest form 900 kB. */
const bodyBytesMaxDefault = 1_048_576;
/** How long a body may take to come, in milliseconds. Ours: the gateway sends it at once. */
const bodyTimeoutMs = 10_000;

export interface WebhookOptions {
  /** The endpoint's `whsec_…`; during a rotation the new and the old one. A missing one is refused at once. */
  readonly secret: string | readonly string[] | undefined;
  /** Largest body that is read, in bytes. 1,048,576 when not given. */
  readonly bodyBytesMax?: number | undefined;
}

/** Answers a delivery of the gateway: 2xx when its event is stored, and nothing before. */
export type WebhookHandler = (request: Request) => Promise<Response>;

interface Receiver {
  /** Opens the storage and begins to work, if that is not done. */
  readonly start: () => Promise<BotCore>;
  readonly onEvent: () => void;
}

export function createWebhookHandler(
  options: WebhookOptions,
  { start, onEvent }: Receiver,
): WebhookHandler {
  const secrets = typeof options.secret === "string" ? [options.secret] : (options.secret ?? []);
  if (secrets.length === 0 || secrets.includes("")) {
    throw new TypeError("secret is missing or empty. Give the endpoint's whsec_… secret.");
  }
  return async (request) => {
    if (request.method !== "POST") return answer(405, "Use POST.", { allow: "POST" });
    const body = await readBody(request, options.bodyBytesMax ?? bodyBytesMaxDefault);
    if (body === "too_large") return answer(413, "The body is too large.");
    if (body === "broken") return answer(400, "The body did not come.");
    let event: BotEvent;
    try {
      event = await verifyWebhook({ body, headers: request.headers, secret: secrets });
    } catch (error) {
      if (error instanceof WebhookVerificationError) return answer(401, error.reason);
      throw error;
    }
    try {
      await receiveEvent(await start(), event);
    } catch (error) {
      if (!(error instanceof InboxFullError)) throw error;
      return answer(503, error.message, { "retry-after": "5" });
    }
    onEvent();
    return new Response(null, { status: 204 });
  };
}

function answer(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain", ...headers } });
}

/** The bytes as they came; no more than may be are kept. */
async function readBody(
  request: Request,
  bytesMax: number,
): Promise<Uint8Array | "too_large" | "broken"> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return "too_large";
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const timer = setTimeout(
    () => void reader.cancel("timeout").catch(() => undefined),
    bodyTimeoutMs,
  );
  const startedAtMs = performance.now();
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > bytesMax) return "too_large";
      chunks.push(value);
    }
    return performance.now() - startedAtMs < bodyTimeoutMs ? join(chunks, size) : "broken";
  } catch {
    return "broken";
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => undefined);
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
