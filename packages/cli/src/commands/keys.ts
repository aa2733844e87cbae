import { scopes as allScopes, limits, type Scope } from "@richline/contract";
import type { ApiKey, CreateApiKeyRequest } from "@richline/sdk";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../cli-error.ts";
import { addConnectionOptions, type ConnectionOptions } from "../connection.ts";
import type { Host } from "../host.ts";
import { type KeyBook, type KeyMode, openKeyBook } from "../keys/key-book.ts";
import { createOutput, type Output } from "../output/output.ts";
import { printTable } from "../output/print-table.ts";
import { parseList } from "../parse-options.ts";

interface KeysOptions extends ConnectionOptions {
  readonly json?: boolean;
}
interface CreateOptions extends KeysOptions {
  readonly name: string;
  readonly mode: KeyMode;
  readonly scopes?: Scope[];
  readonly expires?: string;
  readonly requestsPerSecond?: number | "none";
}
interface UpdateOptions extends KeysOptions {
  readonly name?: string;
  readonly requestsPerSecond?: number | "none";
}
interface ListOptions extends KeysOptions {
  readonly mode?: KeyMode;
}

export function addKeysCommand(program: Command, host: Host): void {
  const keys = program
    .command("keys")
    .description("Make, list and revoke API keys.")
    .addHelpText(
      "after",
      `
The database (RICHLINE_DATABASE_URL, or SQLite in RICHLINE_DATA_DIR) is opened directly. When a running gateway holds it, or --url is given, that gateway is asked
instead, which needs an admin key.

Examples:
  richline keys create --name "order service" --scopes send
  richline keys update key_0190c6b2 --requests-per-second 50
  richline keys list
  richline keys revoke key_0190c6b2`,
    );
  addCreate(keys, host);
  addList(keys, host);
  addUpdate(keys, host);
  addRevoke(keys, host);
}

function addCreate(keys: Command, host: Host): void {
  const command = keys
    .command("create")
    .description("Make a key. It is shown once.")
    .requiredOption("--name <name>", "What the key is for.")
    .addOption(modeOption("The mode of its traffic.").default("test"))
    .option("--scopes <scopes>", `What it may do, by commas: ${allScopes.join(", ")}.`, parseScopes)
    .option("--expires <time>", "When it ends, such as 2027-01-01T00:00:00Z.", parseTime)
    .option("--requests-per-second <count>", requestsHelp, parseRequests);
  addStoreOptions(command).action((options: CreateOptions) =>
    withKeyBook(options, host, (book, output) => create(book, options, output)),
  );
}

function addList(keys: Command, host: Host): void {
  const command = keys
    .command("list")
    .description("List keys, without their secrets.")
    .addOption(modeOption("Only keys of this mode."));
  addStoreOptions(command).action((options: ListOptions) =>
    withKeyBook(options, host, async (book, output) => {
      printTable(output, await book.list(options.mode), columns);
    }),
  );
}

function addUpdate(keys: Command, host: Host): void {
  const command = keys
    .command("update")
    .description("Change a key's name or its limit; the key itself stays.")
    .argument("<id>", "The id that `keys list` shows.")
    .option("--name <name>", "What the key is for.")
    .option("--requests-per-second <count>", requestsHelp, parseRequests);
  addStoreOptions(command).action((id: string, options: UpdateOptions) =>
    withKeyBook(options, host, async (book, output) => {
      const { name, requestsPerSecond } = options;
      if (name === undefined && requestsPerSecond === undefined) {
        throw new CliError("There is nothing to change.", {
          remedy: "Give --name, --requests-per-second or both.",
        });
      }
      const key = await book.update(id, {
        ...(name === undefined ? {} : { name }),
        ...(requestsPerSecond === undefined
          ? {}
          : { requestsPerSecond: requestsPerSecond === "none" ? null : requestsPerSecond }),
      });
      output.result(key, () => `${output.colors.green("✓")} ${key.id} is changed`);
    }),
  );
}

const requestsHelp = "Most requests in any second, over all nodes, or none for no limit.";

function parseRequests(text: string): number | "none" {
  if (text === "none") return text;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= limits.requestsPerSecondMax) return count;
  throw new InvalidArgumentError(
    `Give a whole number from 1 to ${limits.requestsPerSecondMax}, or none.`,
  );
}

function addRevoke(keys: Command, host: Host): void {
  const command = keys
    .command("revoke")
    .description("Revoke a key. It stops working at once.")
    .argument("<id>", "The id that `keys list` shows.");
  addStoreOptions(command).action((id: string, options: KeysOptions) =>
    withKeyBook(options, host, async (book, output) => {
      await book.revoke(id);
      output.result({ id, revoked: true }, () => `${output.colors.green("✓")} ${id} is revoked`);
    }),
  );
}

function addStoreOptions(command: Command): Command {
  return addConnectionOptions(command).option("--json", "Print JSON, one key a line.");
}

function modeOption(description: string): Option {
  return new Option("--mode <mode>", description).choices(["test", "live"]);
}

async function withKeyBook(
  options: KeysOptions,
  host: Host,
  use: (book: KeyBook, output: Output) => Promise<void>,
): Promise<void> {
  const output = createOutput(host, options);
  const book = await openKeyBook(options, { host, output });
  try {
    await use(book, output);
  } finally {
    await book.close();
  }
}

async function create(book: KeyBook, options: CreateOptions, output: Output): Promise<void> {
  const request: CreateApiKeyRequest = {
    name: options.name,
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
    ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
    ...(typeof options.requestsPerSecond === "number"
      ? { requestsPerSecond: options.requestsPerSecond }
      : {}),
  };
  const key = await book.create(request, options.mode);
  output.result(key, () => output.colors.bold(key.key));
  if (!output.isJson)
    output.note(`${key.id}, ${key.mode}, ${key.scopes.join(" + ")}. It is not shown again.`);
}

const columns = [
  { title: "id", cell: (key: ApiKey) => key.id },
  { title: "name", cell: (key: ApiKey) => key.name },
  { title: "mode", cell: (key: ApiKey) => key.mode },
  { title: "scopes", cell: (key: ApiKey) => key.scopes.join(", ") },
  {
    title: "requests/s",
    cell: ({ requestsPerSecond }: ApiKey) => String(requestsPerSecond ?? "no limit"),
  },
  { title: "key", cell: (key: ApiKey) => `…${key.hint}` },
  { title: "created", cell: (key: ApiKey) => key.createdAt.slice(0, 10) },
  { title: "state", cell: stateOf },
];

function stateOf(key: ApiKey): string {
  if (key.revokedAt !== undefined) return `revoked ${key.revokedAt.slice(0, 10)}`;
  if (key.expiresAt === undefined) return "active";
  const isOver = Date.parse(key.expiresAt) <= Date.now();
  return `${isOver ? "expired" : "until"} ${key.expiresAt.slice(0, 10)}`;
}

function parseScopes(text: string): Scope[] {
  return parseList(text).map((word) => {
    const scope = allScopes.find((known) => known === word);
    if (scope !== undefined) return scope;
    throw new InvalidArgumentError(`"${word}" is no scope. There are: ${allScopes.join(", ")}.`);
  });
}

function parseTime(text: string): string {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError("Give a time such as 2027-01-01T00:00:00Z.");
  return new Date(atMs).toISOString();
}
