import type { WebhookHandler } from "./webhook-handler.ts";

/** What we need of Node's `IncomingMessage`; Express's and Fastify's raw requests are ones. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body, where something has read it before: `express.raw()`. A parsed one cannot be verified. */
  readonly body?: unknown;
}

/** What we need of Node's `ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body?: string): unknown;
}

/** Makes a handler of Node's `http` of one of the Web's. What it throws becomes a 500 without words. */
export function toNodeHandler(
  handler: WebhookHandler,
  onError: (error: unknown) => void = (error) => console.error(error),
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return async (request, response) => {
    try {
      const answer = await handler(toRequest(request));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    } catch (error) {
      onError(error);
      response.writeHead(500, {});
      response.end();
    }
  };
}

function toRequest(request: NodeRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === "string") headers.set(name, value);
  }
  const method = request.method ?? "GET";
  const init = { method, headers };
  // The address plays no part; a Request only has to have one.
  const url = "http://webhook.invalid/";
  if (method === "GET" || method === "HEAD") return new Request(url, init);
  return new Request(url, { ...init, body: bodyOf(request), duplex: "half" } as RequestInit);
}

function bodyOf(request: NodeRequest): BodyInit {
  const { body } = request;
  // SAFETY: bytes are a BodyInit whatever memory they are in; the type asks for more.
  if (typeof body === "string" || body instanceof Uint8Array) return body as BodyInit;
  if (body !== undefined) {
    throw new TypeError(
      "The body was parsed before the webhook could be verified. Give this route the raw body, such as with express.raw({ type: '*/*' }).",
    );
  }
  const chunks = request[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    cancel: async () => {
      await chunks.return?.();
    },
  });
}
