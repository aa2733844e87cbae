import {
  type ChannelPreview,
  type FieldError,
  sendMessageRequest,
  toFieldErrors,
} from "@richline/contract";
import { RichlineError, type SendMessage, type ValidateResponse } from "@richline/sdk";
import type { Command } from "commander";
import { NegativeAnswer } from "../cli-error.ts";
import { addConnectionOptions, apiKeyOf, type ConnectionOptions, connect } from "../connection.ts";
import type { Host } from "../host.ts";
import { type MessageFile, readMessageFile } from "../message-file.ts";
import { createOutput, type Output } from "../output/output.ts";

interface ValidateOptions extends ConnectionOptions {
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** What a check found. `checkedBy`: the message's own limits, or those and what the agent's providers can carry. */
interface Verdict {
  readonly valid: boolean;
  readonly checkedBy: "schema" | "gateway";
  readonly errors: readonly FieldError[];
  readonly answer?: ValidateResponse;
}

export function addValidateCommand(program: Command, host: Host): void {
  const command = program
    .command("validate")
    .description("Check a message without sending it.")
    .argument("<file>", "A message or a whole request as JSON; - reads the standard input.")
    .option("--offline", "Check the limits of messages only, without asking a gateway.")
    .option("--json", "Print JSON.");
  addConnectionOptions(command)
    .addHelpText(
      "after",
      `
Without an API key the check is --offline. The exit code is 1 when the message is not valid.

Examples:
  richline validate card.json
  richline validate --offline - < card.json`,
    )
    .action((file: string, options: ValidateOptions) => validate(file, options, host));
}

async function validate(path: string, options: ValidateOptions, host: Host): Promise<void> {
  const output = createOutput(host, options);
  const file = await readMessageFile(path, host);
  const isOffline = options.offline === true || apiKeyOf(options, host) === undefined;
  const verdict = isOffline ? checkSchema(file) : await askGateway(file, options, host);
  output.result(verdict, () => describe(path, verdict, output));
  if (!verdict.valid) throw new NegativeAnswer();
}

/** A message alone is checked as part of a request; the paths of what is wrong are then those of the file again. */
function toRequest(file: MessageFile): Partial<SendMessage> {
  return file.kind === "request" ? file.request : { conversationId: "any", message: file.message };
}

function inFile(file: MessageFile, errors: readonly FieldError[]): readonly FieldError[] {
  if (file.kind === "request") return errors;
  return errors.map((error) => ({ ...error, path: error.path.replace(/^\/message/, "") }));
}

function checkSchema(file: MessageFile): Verdict {
  const parsed = sendMessageRequest.safeParse(toRequest(file));
  const errors = parsed.success ? [] : inFile(file, toFieldErrors(parsed.error));
  return { valid: parsed.success, checkedBy: "schema", errors };
}

async function askGateway(
  file: MessageFile,
  options: ValidateOptions,
  host: Host,
): Promise<Verdict> {
  // SAFETY: the gateway judges the request; that it may be incomplete is what we ask about.
  const request = toRequest(file) as SendMessage;
  try {
    const signal = host.interrupt;
    const answer = await connect(options, host).messages.validate(request, { signal });
    return { valid: true, checkedBy: "gateway", errors: [], answer };
  } catch (error) {
    if (!(error instanceof RichlineError) || error.errors.length === 0) throw error;
    return { valid: false, checkedBy: "gateway", errors: inFile(file, error.errors) };
  }
}

function describe(path: string, verdict: Verdict, { colors }: Output): string {
  const { answer, errors } = verdict;
  if (!verdict.valid) {
    const lines = errors.map((error) => `  ${colors.bold(error.path || "/")}  ${error.detail}`);
    return [`${colors.red("✗")} ${path} is not valid`, ...lines].join("\n");
  }
  const warnings = (answer?.warnings ?? []).map(
    (warning) => `  ${colors.yellow("warning")} ${warning.path}  ${warning.detail}`,
  );
  const previews = (answer?.previews ?? []).flatMap(describePreview);
  const scope =
    verdict.checkedBy === "schema" ? " (message limits only; no gateway was asked)" : "";
  return [`${colors.green("✓")} ${path} is valid${scope}`, ...warnings, ...previews].join("\n");
}

function describePreview({ channel, provider, sms }: ChannelPreview): readonly string[] {
  if (sms === undefined) return [`  By ${channel.toUpperCase()} over ${provider}`];
  const parts = sms.parts === 1 ? "1 message" : `${sms.parts} messages`;
  const words = sms.text.split("\n").map((line) => `    ${line}`);
  return [`  By SMS over ${provider}, ${parts} in ${sms.encoding}:`, ...words];
}
