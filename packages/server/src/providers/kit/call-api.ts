import type { Clock } from "../../kernel/clock.ts";
import { errorText } from "../../kernel/errors.ts";
import type { HttpCall, HttpCallAnswer } from "../../kernel/http-call.ts";
import { parseHttpDate } from "./http-date.ts";

/** Longest time one provider call may take, in milliseconds. Source: the guide asks for < 100 ms; 100 times that is not slow, it is gone. */
const callTimeoutMs = 10_000;

/** Most of an answer that is read, in bytes: no provider's answer to one message is larger. */
const answerBytesMax = 1_048_576;

export interface ApiCall {
  readonly fetch: HttpCall;
  readonly clock: Clock;
  readonly url: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
}

/**
 * What came of one HTTP exchange.
 * The stage of a failure decides what may follow: before the connection stood, nothing can have
 * happened at the provider; after that, anything can.
 */
export type ApiAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "not_connected"; readonly detail: string }
  | { readonly kind: "no_answer"; readonly detail: string };

/** Calls an API with a time limit. Rejects only when `signal` aborts: a shutdown. */
export async function callApi(call: ApiCall): Promise<ApiAnswer> {
  const timeout = AbortSignal.timeout(callTimeoutMs);
  try {
    const response = await call.fetch(call.url, {
      method: call.method,
      headers: call.headers,
      ...(call.body === undefined ? {} : { body: call.body }),
      signal: AbortSignal.any([call.signal, timeout]),
      redirect: "manual",
    });
    return {
      kind: "answered",
      status: response.status,
      text: await readText(response),
      retryAfterMs: readRetryAfter(response.headers.get("retry-after"), call.clock.now()),
    };
  } catch (error) {
    if (call.signal.aborted) throw error;
    return wasConnected(error)
      ? { kind: "no_answer", detail: describe(error) }
      : { kind: "not_connected", detail: describe(error) };
  }
}

/** The text of an answer, of which no more than the bound is ever held. */
async function readText(response: HttpCallAnswer): Promise<string> {
  const declared = Number(response.headers.get("content-length") ?? 0);
  if (declared > answerBytesMax) {
    await response.body?.cancel();
    throw new Error(`The answer has ${declared} bytes.`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk.subarray(0, answerBytesMax - bytes));
    bytes += chunk.length;
    // Leaving the loop cancels the body: nothing more of it is received.
    if (bytes >= answerBytesMax) break;
  }
  // `stream` leaves out the character that the bound cut in two, instead of a mark for it.
  return new TextDecoder().decode(Buffer.concat(chunks), { stream: bytes >= answerBytesMax });
}

/**
 * How long `Retry-After` asks us to wait, in seconds or until a date; undefined for a date that has passed by
 * our clock, which says no more than none. Source: RFC 9110, 10.2.3.
 */
function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const atMs = parseHttpDate(header, nowMs);
  return atMs === undefined || atMs <= nowMs ? undefined : atMs - nowMs;
}

/** Errors that undici and Node give before a connection stood. Everything else counts as "bytes may have left". */
const beforeConnection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

function wasConnected(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || !beforeConnection.has(code);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.cause instanceof AggregateError) return codeOf(error.cause.errors[0]);
  return codeOf(error.cause);
}

function describe(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? errorText(error) : `${errorText(error)} (${code})`;
}
