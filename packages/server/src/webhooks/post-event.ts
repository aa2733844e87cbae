import { type Dispatcher, request } from "undici";
import { errorText } from "../kernel/errors.ts";

/** Longest one try may take from connecting to the status, in milliseconds. Source: Standard Webhooks 1.0 recommends 15–30 s. */
const answerTimeoutMs = 15_000;

export interface PostedEvent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

export type PostResult =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "failed"; readonly error: string };

/** Posts one event. Redirects are not followed: a 3xx is a failure. Rejects only when `signal` aborts. */
export async function postEvent(event: PostedEvent): Promise<PostResult> {
  try {
    const response = await request(event.url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "Richline", ...event.headers },
      body: event.body,
      dispatcher: event.dispatcher,
      signal: AbortSignal.any([event.signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    // Only the status counts: a body that drips in must not hold the delivery.
    response.body.on("error", () => undefined).destroy();
    return {
      kind: "answered",
      status: response.statusCode,
      retryAfterMs: readRetryAfter(response.headers["retry-after"]),
    };
  } catch (error) {
    if (event.signal.aborted) throw error;
    return { kind: "failed", error: errorText(error).slice(0, 500) };
  }
}

function readRetryAfter(header: string | string[] | undefined): number | undefined {
  return typeof header === "string" && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}
