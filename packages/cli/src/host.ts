import { setTimeout as wait } from "node:timers/promises";

/** Somewhere that text goes. `isTTY`: a person reads it. */
export interface TextSink {
  readonly isTTY?: boolean | undefined;
  readonly write: (text: string) => unknown;
}

/** What a command sees of the world around it; tests hand in their own. */
export interface Host {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when somebody asks the command to stop. */
  readonly interrupt: AbortSignal;
  /** Resolves after `ms`, or rejects when the signal aborts first. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * How long after the first Ctrl-C another one means "now", in milliseconds. Ours: npm hands the terminal's signal on, so
 * one press under `npm start` arrives twice within a few milliseconds.
 */
const secondPressAfterMs = 1000;

/** Ctrl-C, a supervisor's stop, and a terminal that was closed. */
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The real world. The first of the signals asks to stop, a later one stops at once. */
export function processHost(): Host {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    firstAtMs ??= Date.now();
    if (Date.now() - firstAtMs > secondPressAfterMs) process.exit(130);
    controller.abort();
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  exitQuietlyWhenNobodyReads(process.stdout);
  goOnWithoutTerminal(process.stderr);
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: withoutEmpty(process.env),
    interrupt: controller.signal,
    sleep: async (ms, signal) => {
      await wait(ms, undefined, { signal });
    },
  };
}

/** `richline tail | head` closes our output: that is an end, not a failure. */
function exitQuietlyWhenNobodyReads(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    if (error.code !== terminalGone) throw error;
  });
}

/** What a write to a closed terminal fails with; the SIGHUP that comes with it is what ends us, in good order. */
const terminalGone = "EIO";

function goOnWithoutTerminal(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== terminalGone) throw error;
  });
}

/** An empty variable is one that is not set, as the server reads it too. */
function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Host["env"] {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}
