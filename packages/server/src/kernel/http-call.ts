import { request } from "undici";

/**
 * The part of `fetch` that calls of providers need, so that `fetch` itself is one and tests can put their own
 * in its place. Redirects are not followed.
 */
export type HttpCall = (url: string, init: HttpCallInit) => Promise<HttpCallAnswer>;

export interface HttpCallInit {
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  readonly redirect: "manual";
}

export interface HttpCallAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: HttpCallBody | null;
}

export interface HttpCallBody extends AsyncIterable<Uint8Array> {
  /** Receives nothing more of it. */
  cancel(): Promise<void>;
}

/** Calls over undici's pool of connections, which `fetch` is built on too, without its streams: see decision 0036. */
export const httpCall: HttpCall = async (url, { method, headers, body = null, signal }) => {
  const answer = await request(url, { method, headers, body, signal });
  return {
    status: answer.statusCode,
    headers: {
      get: (name) => {
        const value = answer.headers[name];
        return typeof value === "string" ? value : (value?.join(", ") ?? null);
      },
    },
    body: {
      [Symbol.asyncIterator]: () => answer.body[Symbol.asyncIterator](),
      cancel: async () => {
        answer.body.on("error", () => undefined).destroy();
      },
    },
  };
};
