import type { Client, Event, SendMessage, SentMessage } from "@richline/sdk";
import type { Command } from "commander";
import { CliError, NegativeAnswer } from "../cli-error.ts";
import { addConnectionOptions, type ConnectionOptions, connect } from "../connection.ts";
import type { Host } from "../host.ts";
import { readMessageFile } from "../message-file.ts";
import { eventLine } from "../output/event-line.ts";
import { createOutput, type Output } from "../output/output.ts";
import { parseSeconds } from "../parse-options.ts";

interface SendOptions extends ConnectionOptions {
  readonly to?: string;
  readonly conversation?: string;
  readonly text?: string;
  readonly file?: string;
  readonly messageId?: string;
  readonly agent?: string;
  readonly fallbackText?: string;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly json?: boolean;
}

export function addSendCommand(program: Command, host: Host): void {
  const command = program
    .command("send")
    .description("Send one message.")
    .option("--to <number>", "The recipient's number in E.164, such as +12025550123.")
    .option("--conversation <id>", "The conversation. The number itself when only --to is given.")
    .option("--text <text>", "The message's text.")
    .option("--file <file>", "A message or a whole request as JSON; - reads the standard input.")
    .option("--message-id <id>", "Your own id for the message; sending it again changes nothing.")
    .option("--agent <id>", "The agent that sends. The first one when not given.")
    .option("--fallback-text <text>", "What goes out by SMS where there is no RCS.")
    .option("--wait", "Follow the message until it is delivered or cannot be.")
    .option("--timeout <seconds>", "How long --wait waits.", parseSeconds, 60)
    .option("--json", "Print JSON, one value a line.");
  addConnectionOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  richline send --conversation user_123 --text "Your order has shipped"
  richline send --to +12025550123 --file card.json --wait
  echo '{"text": "Hello"}' | richline send --to +12025550123 --file -`,
    )
    .action((options: SendOptions) => send(options, host));
}

async function send(options: SendOptions, host: Host): Promise<void> {
  const output = createOutput(host, options);
  const request = await buildRequest(options, host);
  const client = connect(options, host);
  const sent = await client.messages.send(request, { signal: host.interrupt });
  output.result(sent, () => describe(sent, output));
  if (options.wait === true) await follow({ client, messageId: sent.messageId, options, host });
}

function describe(sent: SentMessage, { colors }: Output): string {
  const what = sent.replayed ? "was sent before" : sent.state.toLowerCase();
  const warnings = (sent.warnings ?? []).map(
    (warning) => `\n${colors.yellow("warning")} ${warning.path}  ${warning.detail}`,
  );
  return `${colors.green("✓")} ${sent.messageId} ${what}${warnings.join("")}`;
}

async function buildRequest(options: SendOptions, host: Host): Promise<SendMessage> {
  const given = await readContent(options, host);
  const to = options.to ?? given.to;
  const conversationId = options.conversation ?? given.conversationId ?? to;
  if (conversationId === undefined || given.message === undefined) {
    throw new CliError("It is not said to whom.", {
      remedy: "Give --conversation, --to, or a file with conversationId.",
    });
  }
  return {
    ...given,
    conversationId,
    message: given.message,
    ...(to === undefined ? {} : { to }),
    ...(options.messageId === undefined ? {} : { messageId: options.messageId }),
    ...(options.agent === undefined ? {} : { agentId: options.agent }),
    ...(options.fallbackText === undefined ? {} : { fallbackText: options.fallbackText }),
  };
}

async function readContent(options: SendOptions, host: Host): Promise<Partial<SendMessage>> {
  if ((options.text === undefined) === (options.file === undefined)) {
    throw new CliError("A message has either a text or a file.", {
      remedy: 'Give --text "…" or --file message.json.',
    });
  }
  if (options.file === undefined) return { message: { text: options.text } };
  const file = await readMessageFile(options.file, host);
  return file.kind === "request" ? file.request : { message: file.message };
}

interface Follow {
  readonly client: Client;
  readonly messageId: string;
  readonly options: SendOptions;
  readonly host: Host;
}

/** How often the log is asked while a message is followed, in milliseconds. */
const pollMs = 250;
const goodEnds: readonly string[] = ["message.delivered", "message.read"];
const badEnds: readonly string[] = [
  "message.failed",
  "message.expired",
  "message.cancelled",
  "message.needs_review",
];

/** Prints a message's events until one of them is its end. */
async function follow({ client, messageId, options, host }: Follow): Promise<void> {
  const output = createOutput(host, options);
  const seen = new Set<string>();
  const tries = Math.ceil((options.timeout * 1000) / pollMs);
  for (let number = 0; number < tries; number += 1) {
    const query = { messageId, limit: 200 };
    const { items } = await client.events.list(query, { signal: host.interrupt });
    const fresh = items.filter((event) => !seen.has(event.id));
    for (const event of fresh) {
      seen.add(event.id);
      output.result(event, () => eventLine(event, output.colors));
    }
    if (fresh.some((event) => badEnds.includes(event.type))) throw new NegativeAnswer();
    if (fresh.some(isGoodEnd)) return;
    await host.sleep(pollMs, host.interrupt);
  }
  throw new CliError(`${messageId} was not delivered within ${options.timeout} s.`, {
    remedy: `It is still on its way: richline tail --message ${messageId}`,
  });
}

function isGoodEnd(event: Event): boolean {
  return goodEnds.includes(event.type);
}
