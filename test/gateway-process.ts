import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Config } from "@richline/server";
import type { RetryPolicy } from "../packages/server/src/domain/retry-policy.ts";

export interface GatewaySettings {
  readonly config: Partial<Config>;
  /** Where it kills itself: `name@n`, the nth time that place is reached. */
  readonly failpoint?: string | undefined;
  /** When failed attempts are repeated; as the guide says when not given. */
  readonly retryPolicy?: RetryPolicy;
}

/** A gateway in a process of its own. */
export interface GatewayProcess {
  readonly url: string;
  /** Resolves with the signal that ended it, or null when it left by itself. */
  readonly ended: Promise<NodeJS.Signals | null>;
  /** Ends it at once, `SIGKILL`: it gets no chance to tidy up. Resolves when it is gone. */
  kill(): Promise<void>;
  /** What it wrote on its log and on its error output. */
  log(): string;
}

const program = fileURLToPath(new URL("./run-gateway.mjs", import.meta.url));

/** Starts a gateway and resolves once it listens. */
export async function startGatewayProcess(settings: GatewaySettings): Promise<GatewayProcess> {
  const child = fork(program, [], {
    execArgv: [],
    env: { PATH: process.env["PATH"], RICHLINE_TEST_GATEWAY: JSON.stringify(settings) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const chunks: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  }
  const log = () => chunks.join("");
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_code, signal) => resolve(signal));
  });
  const url = await Promise.race([hearUrl(child), ended]);
  if (url === null || !url.startsWith("http")) throw new Error(`The gateway ended:\n${log()}`);
  return {
    url,
    ended,
    log,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function hearUrl(child: ChildProcess): Promise<string> {
  // SAFETY: run-gateway.mjs sends one message, and this is it.
  const [message] = (await once(child, "message")) as [{ url: string }];
  return message.url;
}
