import { backoffMs } from "./backoff.ts";
import { startDeadline } from "./deadline.ts";
import { RichlineConnectionError, RichlineError } from "./errors.ts";
import { readProblem } from "./read-problem.ts";
import { abortReason, type Timing } from "./timing.ts";

/** Longest wait that a `Retry-After` can ask of us, in milliseconds; beyond it the error goes to the caller, who can plan. */
const retryAfterMsMax = 60_000;
/** Longest backoff between two tries of one call, in milliseconds. */
const callBackoffMsMax = 8_000;
/** Answers that say "not now" rather than "no". */
const passingStatuses: readonly number[] = [502, 503, 504];

/** Options of every single call. */
export interface CallOptions {
  /** Ends the call, its waits included; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Call extends CallOptions {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly body?: unknown;
  /** A file in the place of a JSON body. */
  readonly file?: { readonly text: string; readonly type: string } | undefined;
  /** A repeat does no harm even if the first try was carried out. GET and PUT always are. */
  readonly repeatable?: boolean;
}

interface Answer<Body> {
  readonly body: Body;
  readonly headers: Headers;
}

export interface TransportOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly timing: Timing;
}

/** What the resources need of the network. */
export interface Transport {
  readonly timing: Timing;
  readonly maxRetries: number;
  /** How long one try may take. */
  readonly timeoutMs: number;
  /** One call with its repeats, answered with the body of the 2xx. */
  readonly request: <Body>(call: Call) => Promise<Answer<Body>>;
  /** One try of a call whose body the caller reads as it comes. */
  readonly open: (call: Call, signal: AbortSignal) => Promise<Response>;
}

export function createTransport(options: TransportOptions): Transport {
  return {
    timing: options.timing,
    maxRetries: options.maxRetries,
    timeoutMs: options.timeoutMs,
    request: (call) => requestWithRetries(options, call),
    open: async (call, signal) => {
      const response = await fetchOnce(options, call, signal);
      if (!response.ok) throw await readProblem(response);
      return response;
    },
  };
}

async function requestWithRetries<Body>(
  options: TransportOptions,
  call: Call,
): Promise<Answer<Body>> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await requestOnce<Body>(options, call);
    } catch (error) {
      if (retry >= options.maxRetries || !mayRepeat(call, error)) throw error;
      const askedMs = error instanceof RichlineError ? error.retryAfterMs : undefined;
      if (askedMs !== undefined && askedMs > retryAfterMsMax) throw error;
      const delayMs = backoffMs(retry, callBackoffMsMax, options.timing.random);
      await options.timing.sleep(Math.max(delayMs, askedMs ?? 0), call.signal);
    }
  }
}

/** A 429 was refused before anything was done, so any call may follow it; all else only when a repeat does no harm. */
function mayRepeat(call: Call, error: unknown): boolean {
  const repeatable = call.repeatable ?? (call.method === "GET" || call.method === "PUT");
  if (error instanceof RichlineConnectionError) return repeatable && error.reason !== "unreadable";
  if (!(error instanceof RichlineError)) return false;
  return error.status === 429 || (repeatable && passingStatuses.includes(error.status));
}

async function requestOnce<Body>(options: TransportOptions, call: Call): Promise<Answer<Body>> {
  const deadline = startDeadline(options.timeoutMs, call.signal);
  try {
    const response = await fetchOnce(options, call, deadline.signal);
    if (!response.ok) throw await readProblem(response);
    return { body: await readJson<Body>(response, deadline.signal), headers: response.headers };
  } finally {
    deadline.clear();
  }
}

async function fetchOnce(
  options: TransportOptions,
  call: Call,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await options.fetch(urlOf(options.baseUrl, call), {
      method: call.method,
      headers: headersOf(options.apiKey, call),
      signal,
      ...bodyOf(call),
    });
  } catch (error) {
    throw signal.aborted ? abortReason(signal) : unreachable(options.baseUrl, error);
  }
}

function bodyOf({ body, file }: Call): { readonly body?: string } {
  if (file !== undefined) return { body: file.text };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

function unreachable(baseUrl: string, cause: unknown): RichlineConnectionError {
  return new RichlineConnectionError("network", `${baseUrl} cannot be reached.`, cause);
}

function urlOf(baseUrl: string, call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  const search = query.toString();
  return `${baseUrl}${call.path}${search === "" ? "" : `?${search}`}`;
}

function headersOf(apiKey: string, call: Call): Record<string, string> {
  const headers = { authorization: `Bearer ${apiKey}`, accept: "application/json" };
  const type = call.file?.type ?? (call.body === undefined ? undefined : "application/json");
  return type === undefined ? headers : { ...headers, "content-type": type };
}

async function readJson<Body>(response: Response, signal: AbortSignal): Promise<Body> {
  const text = await readText(response, signal);
  try {
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    // SAFETY: the gateway checks its answers against the contract that `Body` comes from; a second check here would
    // need the schemas, and with them a dependency, in every browser.
    return body as Body;
  } catch (error) {
    const what = `${response.url} answered ${response.status} without JSON. Is baseUrl a gateway?`;
    throw new RichlineConnectionError("unreadable", what, error);
  }
}

async function readText(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw new RichlineConnectionError("network", "The connection broke during the answer.", error);
  }
}

/** One segment of a path. `.` and `..` would be resolved away by every URL parser, escaped or not. */
export function segment(id: string): string {
  if (id === "" || id === "." || id === "..") throw new TypeError(`"${id}" cannot be an id.`);
  return encodeURIComponent(id);
}
