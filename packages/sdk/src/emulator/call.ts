import type { FieldError, WaitProblem } from "@richline/contract";
import { startDeadline } from "../deadline.ts";
import { RichlineConnectionError } from "../errors.ts";
import { abortReason } from "../timing.ts";

/** The emulator said no, or what was waited for did not come. The message says what there was instead. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
  /** 408 when something did not come in time. */
  readonly status: number;
  readonly code: string;
  /** Everything that is wrong with the body, each with its JSON Pointer. */
  readonly errors: readonly FieldError[];
  /** What the phone shows instead, when a message was waited for. */
  readonly lines: NonNullable<WaitProblem["lines"]>;

  constructor(what: string, status: number, problem: Partial<WaitProblem>) {
    super(`${what}: ${problem.detail ?? `the answer was ${status}.`}`);
    this.status = status;
    this.code = problem.code ?? "unknown_error";
    this.errors = problem.errors ?? [];
    this.lines = problem.lines ?? [];
  }
}

/** One call of the control API. */
export interface ControlCall {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Behind `/_emulator`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
  /** How long it may take, in milliseconds; the connection's own time when not given. */
  readonly timeoutMs?: number;
}

/** Makes calls. Answers the body of a 2xx; anything else is an error. */
export type Caller = <Body>(call: ControlCall) => Promise<Body>;

export interface CallerOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

export function createCaller(options: CallerOptions): Caller {
  return async <Body>(call: ControlCall): Promise<Body> => {
    const deadline = startDeadline(call.timeoutMs ?? options.timeoutMs, undefined);
    try {
      const { status, ok, text } = await send(options, call, deadline.signal);
      if (!ok) {
        const what = `${call.method ?? "GET"} /_emulator${call.path}`;
        throw new EmulatorError(what, status, readObject(text));
      }
      // SAFETY: the emulator answers the shapes of the contract that `Body` comes from.
      return (text === "" ? undefined : readJson(options.url, text)) as Body;
    } finally {
      deadline.clear();
    }
  };
}

async function send(
  { url, fetch }: CallerOptions,
  { method = "GET", path, query = {}, body }: ControlCall,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly ok: boolean; readonly text: string }> {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
  try {
    const response = await fetch(`${url}/_emulator${path}${search}`, {
      method,
      signal,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw new RichlineConnectionError("network", `${url} cannot be reached.`, error);
  }
}

function readJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const what = `${url} answered without JSON. Is it an emulator?`;
    throw new RichlineConnectionError("unreadable", what, error);
  }
}

function readObject(text: string): Partial<WaitProblem> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // A proxy's page: its status is all that it tells.
    return {};
  }
}
