import { errorCodes } from "@richline/contract";
import { type FieldError, RichlineConnectionError, RichlineError } from "@richline/sdk";
import { CliError, errorCode } from "../cli-error.ts";
import type { Host } from "../host.ts";
import { colorsFor } from "./output.ts";

/** An error in words: what is wrong, what of the input, and what to do. */
interface Explanation {
  readonly message: string;
  readonly code?: string | undefined;
  readonly remedy?: string | undefined;
  readonly requestId?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
}

/** Prints an error on the error output: in words, or as one line of JSON when that was asked for. */
export function printError(host: Host, error: unknown, json: boolean): void {
  const explained = explainError(error);
  if (json) {
    host.stderr.write(`${JSON.stringify({ error: explained })}\n`);
    return;
  }
  const colors = colorsFor(host.stderr, host);
  const lines = [
    `${colors.red("error")} ${explained.message}`,
    ...(explained.errors ?? []).map((one) => `  ${colors.bold(one.path || "/")}  ${one.detail}`),
    ...(explained.remedy === undefined ? [] : [explained.remedy]),
    ...(explained.requestId ? [colors.dim(`request ${explained.requestId}`)] : []),
  ];
  host.stderr.write(`${lines.join("\n")}\n`);
}

/** Finds the words for an error. */
function explainError(error: unknown): Explanation {
  if (error instanceof RichlineError) return explainAnswer(error);
  if (error instanceof RichlineConnectionError) {
    const remedy =
      error.reason === "unreadable"
        ? "Check --url or RICHLINE_URL."
        : "Is the gateway running? `richline dev` or `richline serve` starts one; --url or RICHLINE_URL says where it is.";
    return { message: error.message, remedy };
  }
  if (error instanceof CliError) return { message: error.message, remedy: error.remedy };
  const message = error instanceof Error ? error.message : String(error);
  return { message, code: errorCode(error) };
}

function explainAnswer(error: RichlineError): Explanation {
  const { code, requestId, errors } = error;
  const known = Object.entries(errorCodes).find(([name]) => name === code)?.[1];
  return { message: error.detail, code, requestId, errors, remedy: known?.remedy };
}
