import { readFileSync } from "node:fs";
import { type Client, createClient } from "@richline/sdk";
import type { Command } from "commander";
import { CliError } from "./cli-error.ts";
import { dataDirOf, devKeyFile } from "./dev/dev-key.ts";
import type { Host } from "./host.ts";

export interface ConnectionOptions {
  readonly url?: string;
  readonly apiKey?: string;
}

/** Where a gateway listens when nobody says otherwise. */
export const defaultUrl = "http://127.0.0.1:4400";

/** The gateway on this machine; in a container the port is often set for it. */
function localUrl(host: Host): string {
  const port = host.env["RICHLINE_PORT"] ?? "";
  return port === "" ? defaultUrl : `http://127.0.0.1:${port}`;
}

export function addConnectionOptions(command: Command): Command {
  return command
    .option("--url <url>", `Where the gateway is. Else RICHLINE_URL, else ${defaultUrl}.`)
    .option(
      "--api-key <key>",
      "The API key. Else RICHLINE_API_KEY, else the key of `richline dev`.",
    );
}

export function urlOf(options: ConnectionOptions, host: Host): string {
  const url = options.url ?? host.env["RICHLINE_URL"] ?? localUrl(host);
  if (URL.canParse(url) && /^https?:/.test(url)) return url.replace(/\/+$/, "");
  throw new CliError(`"${url}" is not an address.`, {
    remedy: `Give --url or RICHLINE_URL as in ${defaultUrl}.`,
  });
}

/** The key that is given, or the one that `richline dev` left in the data folder for a gateway on this machine. */
export function apiKeyOf(options: ConnectionOptions, host: Host): string | undefined {
  const given = options.apiKey ?? host.env["RICHLINE_API_KEY"];
  if (given !== undefined && given !== "") return given;
  const { hostname } = new URL(urlOf(options, host));
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return isLocal ? readDevKey(host) : undefined;
}

function readDevKey(host: Host): string | undefined {
  try {
    return readFileSync(devKeyFile(dataDirOf(host)), "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Repeats of a call. Ours: one, because whoever typed the command can repeat it, and wants to know soon that nothing is there. */
const maxRetries = 1;

/** A client for the gateway that the options, the environment or the defaults name. */
export function connect(options: ConnectionOptions, host: Host): Client {
  const baseUrl = urlOf(options, host);
  const apiKey = apiKeyOf(options, host);
  if (apiKey !== undefined) return createClient({ baseUrl, apiKey, maxRetries });
  throw new CliError("There is no API key.", {
    remedy: "Give --api-key or set RICHLINE_API_KEY; `richline keys create` makes a key.",
  });
}
