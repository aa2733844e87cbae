import type { Host } from "../host.ts";

export interface CapturedHost extends Host {
  readonly outText: () => string;
  readonly errText: () => string;
  /** Each line of the output, parsed. */
  readonly outJson: () => readonly unknown[];
  /** Presses Ctrl-C. */
  readonly press: () => void;
  readonly sleepsMs: readonly number[];
}

export interface CaptureOptions {
  /** A person reads. */
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Told of each line as it is printed on the output. */
  readonly onLine?: (line: string) => void;
}

/** A host whose outputs are kept, and whose sleeps take no time. */
export function captureHost(options: CaptureOptions = {}): CapturedHost {
  const out: string[] = [];
  const err: string[] = [];
  const sleepsMs: number[] = [];
  const controller = new AbortController();
  const isTTY = options.isTTY === true;
  const write = (text: string): void => {
    out.push(text);
    for (const line of text.trim().split("\n")) options.onLine?.(line);
  };
  return {
    stdout: { isTTY, write },
    stderr: { isTTY, write: (text) => err.push(text) },
    stdin: oneChunk(options.stdin ?? ""),
    // No colours, so that tests read words; and no data folder, so that no key is found by chance.
    env: { NO_COLOR: "1", RICHLINE_DATA_DIR: "/nonexistent", ...options.env },
    interrupt: controller.signal,
    sleep: async (ms, signal) => {
      sleepsMs.push(ms);
      signal.throwIfAborted();
    },
    outText: () => out.join(""),
    errText: () => err.join(""),
    outJson: () => out.map((line): unknown => JSON.parse(line)),
    press: () => controller.abort(),
    sleepsMs,
  };
}

async function* oneChunk(text: string): AsyncGenerator<string, void, undefined> {
  yield text;
}
