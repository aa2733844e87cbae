import { CommanderError } from "commander";
import { NegativeAnswer } from "./cli-error.ts";
import type { Host } from "./host.ts";
import { printError } from "./output/print-error.ts";
import { buildProgram } from "./program.ts";

/** Runs one command line. Answers the exit code: 0 done, 1 not done, 2 not understood. */
export async function run(args: readonly string[], host: Host): Promise<number> {
  try {
    await buildProgram(host).parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed the help or what it did not understand by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof NegativeAnswer) return 1;
    if (host.interrupt.aborted) return 130;
    printError(host, error, args.includes("--json"));
    return 1;
  }
}
