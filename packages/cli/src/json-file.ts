import { readFile } from "node:fs/promises";
import { CliError, errorCode } from "./cli-error.ts";
import type { Host } from "./host.ts";

/** Reads a file that holds a JSON object; `-` is the standard input. `remedy` says what to write into it. */
export async function readJsonFile(path: string, host: Host, remedy: string): Promise<object> {
  const value = parseJson(path, await readText(path, host));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new CliError(`${path} does not hold a JSON object.`, { remedy });
}

async function readText(path: string, host: Host): Promise<string> {
  if (path === "-") return readAll(host.stdin);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const why = errorCode(error) === "ENOENT" ? "does not exist" : "cannot be read";
    throw new CliError(`The file ${path} ${why}.`, { cause: error });
  }
}

async function readAll(stream: Host["stdin"]): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`${path} is not JSON: ${why}.`, { cause: error });
  }
}
