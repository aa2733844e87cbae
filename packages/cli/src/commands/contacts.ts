import { createReadStream } from "node:fs";
import type { Erasure, FileFormat, ImportContactsResponse, ImportProblem } from "@richline/sdk";
import { type Command, Option } from "commander";
import { CliError, errorCode, NegativeAnswer } from "../cli-error.ts";
import { addConnectionOptions, type ConnectionOptions, connect } from "../connection.ts";
import type { Host } from "../host.ts";
import { createOutput, type Output } from "../output/output.ts";
import { formatTable } from "../output/print-table.ts";
import { createProgress } from "../output/progress.ts";

interface ImportCommandOptions extends ConnectionOptions {
  readonly format?: FileFormat;
  readonly defaultCountry?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}
interface ExportCommandOptions extends ConnectionOptions {
  readonly format: FileFormat;
  readonly tag?: string;
  readonly attribute?: string;
}
interface EraseCommandOptions extends ConnectionOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** How often it is looked whether an erasure is done, in milliseconds. */
const lookAgainMs = 1_000;

export function addContactsCommand(program: Command, host: Host): void {
  const contacts = program
    .command("contacts")
    .description("Import, export and erase people.")
    .addHelpText(
      "after",
      `
Examples:
  richline contacts import people.csv --default-country US --dry-run
  richline contacts export --format jsonl > people.jsonl
  richline contacts erase +12025550123`,
    );
  addImport(contacts, host);
  addExport(contacts, host);
  addErase(contacts, host);
}

function formatOption(what: string): Option {
  return new Option("--format <format>", what).choices(["csv", "jsonl"]);
}

function addImport(contacts: Command, host: Host): void {
  const command = contacts
    .command("import")
    .description("Create and change contacts from a file of CSV or JSON lines.")
    .argument("<file>", "A .csv, .jsonl or .ndjson file; - reads the standard input.")
    .addOption(formatOption("What the file is written in; else its name says so."))
    .option("--default-country <code>", "Where numbers without + are from, such as US.")
    .option("--dry-run", "Judge every line and store nothing.");
  addConnectionOptions(command)
    .option("--json", "Print JSON.")
    .action((file: string, options: ImportCommandOptions) => importFile(file, options, host));
}

async function importFile(
  file: string,
  { format, defaultCountry, dryRun, ...options }: ImportCommandOptions,
  host: Host,
): Promise<void> {
  const output = createOutput(host, options);
  const client = connect(options, host);
  const progress = createProgress(host, undefined);
  try {
    const answer = await client.contacts.import(readChunks(file, host), {
      format: format ?? formatOf(file),
      defaultCountry,
      dryRun,
      signal: host.interrupt,
      onProgress: progress.show,
    });
    progress.end();
    printImport(output, answer, dryRun === true);
    if (answer.refused > 0) throw new NegativeAnswer();
  } finally {
    progress.end();
  }
}

function formatOf(file: string): FileFormat {
  if (/\.csv$/i.test(file)) return "csv";
  if (/\.(jsonl|ndjson)$/i.test(file)) return "jsonl";
  throw new CliError(`It is not said what ${file} is written in.`, {
    remedy: "Give --format csv or --format jsonl.",
  });
}

/** The file as it is read, so that a large one needs no more memory than a small one. */
async function* readChunks(file: string, host: Host): AsyncGenerator<string | Uint8Array> {
  if (file === "-") return yield* host.stdin;
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } catch (error) {
    const why = errorCode(error) === "ENOENT" ? "does not exist" : "cannot be read";
    throw new CliError(`The file ${file} ${why}.`, { cause: error });
  }
}

const problemColumns = [
  { title: "line", cell: (problem: ImportProblem) => String(problem.line) },
  { title: "field", cell: (problem: ImportProblem) => problem.field },
  { title: "problem", cell: (problem: ImportProblem) => problem.detail },
];

function printImport(output: Output, answer: ImportContactsResponse, dryRun: boolean): void {
  const { created, updated, unchanged, refused, problems } = answer;
  const { colors } = output;
  output.result(answer, () => {
    const sign = refused === 0 ? colors.green("✓") : colors.yellow("!");
    const counts = `${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused`;
    return [
      ...(problems.length === 0 ? [] : [formatTable(output, problems, problemColumns)]),
      `${sign} ${counts}${dryRun ? "; a dry run, nothing is stored" : ""}`,
    ].join("\n");
  });
}

function addExport(contacts: Command, host: Host): void {
  const command = contacts
    .command("export")
    .description("Write all contacts to the standard output, in the form that an import takes.")
    .addOption(formatOption("What to write.").default("csv"))
    .option("--tag <tag>", "Only contacts with this tag.")
    .option("--attribute <name:value>", "Only contacts whose attribute is equal.");
  addConnectionOptions(command).action(async (options: ExportCommandOptions) => {
    const { format, tag, attribute } = options;
    const query = { format, tag, attribute };
    const signal = host.interrupt;
    for await (const text of connect(options, host).contacts.export(query, { signal }))
      host.stdout.write(text);
  });
}

function addErase(contacts: Command, host: Host): void {
  const command = contacts
    .command("erase")
    .description("Erase what is stored of a person but the proof of consent. Needs an admin key.")
    .argument("<number>", "The person's number in E.164, such as +12025550123.")
    .option("--yes", "Do not ask.");
  addConnectionOptions(command)
    .option("--json", "Print JSON.")
    .action((number: string, options: EraseCommandOptions) => erase(number, options, host));
}

async function erase(number: string, options: EraseCommandOptions, host: Host): Promise<void> {
  const output = createOutput(host, options);
  const client = connect(options, host);
  if (options.yes !== true) await confirm(number, host);
  const signal = host.interrupt;
  const progress = createProgress(host, undefined);
  try {
    let erasure = await client.contacts.erase(number, { signal });
    while (erasure.state === "RUNNING") {
      progress.show(rowsOf(erasure));
      await host.sleep(lookAgainMs, signal);
      erasure = await client.contacts.getErasure(erasure.id, { signal });
    }
    progress.end();
    printErasure(output, erasure);
  } finally {
    progress.end();
  }
}

/** Asks a person; nobody is asked through a pipe. */
async function confirm(number: string, host: Host): Promise<void> {
  if (host.stdout.isTTY !== true) {
    throw new CliError("An erasure cannot be undone, and nobody is there to be asked.", {
      remedy: "Give --yes.",
    });
  }
  host.stderr.write(`Erase ${number}? It cannot be undone. Type yes to go on: `);
  for await (const chunk of host.stdin) {
    if (chunk.toString().trim().toLowerCase() === "yes") return;
    break;
  }
  throw new CliError("Nothing was erased.");
}

function rowsOf({ counts }: Erasure): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const countColumns = [
  { title: "what", cell: ([name]: readonly [string, number]) => name },
  { title: "erased", cell: ([, count]: readonly [string, number]) => String(count) },
];

function printErasure(output: Output, erasure: Erasure): void {
  const counts = Object.entries(erasure.counts).filter(([, count]) => count > 0);
  output.result(erasure, () => {
    const done = `${output.colors.green("✓")} ${erasure.id}`;
    return counts.length === 0
      ? `${done}: there was nothing to erase`
      : `${formatTable(output, counts, countColumns)}\n${done}`;
  });
}
