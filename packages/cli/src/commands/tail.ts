import type { Event, EventType } from "@richline/sdk";
import type { Command } from "commander";
import { addConnectionOptions, type ConnectionOptions, connect } from "../connection.ts";
import type { Host } from "../host.ts";
import { followEvents } from "../listen/follow-events.ts";
import { eventLine } from "../output/event-line.ts";
import { createOutput } from "../output/output.ts";
import { parseEventTypes } from "../parse-options.ts";

interface TailOptions extends ConnectionOptions {
  readonly message?: string;
  readonly conversation?: string;
  readonly events?: readonly EventType[];
  readonly cursor?: string;
  readonly json?: boolean;
}

export function addTailCommand(program: Command, host: Host): void {
  const command = program
    .command("tail")
    .description("Follow what happens, one event a line.")
    .option("--message <id>", "Only events of this message.")
    .option("--conversation <id>", "Only events of this conversation.")
    .option(
      "--events <types>",
      "Only these types, by commas; message.* takes all of a kind.",
      parseEventTypes,
    )
    .option("--cursor <cursor>", "Start behind this place of the log instead of now.")
    .option("--json", "Print JSON, one event a line.");
  addConnectionOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  richline tail
  richline tail --conversation user_123 --events message.failed,message.interacted
  richline tail --json | jq -r .messageId`,
    )
    .action((options: TailOptions) => tail(options, host));
}

async function tail(options: TailOptions, host: Host): Promise<void> {
  const output = createOutput(host, options);
  const stream = { types: options.events, cursor: options.cursor };
  for await (const { event } of followEvents(connect(options, host), stream, { host, output })) {
    if (isWanted(event, options)) output.result(event, () => eventLine(event, output.colors));
  }
}

function isWanted(event: Event, { message, conversation }: TailOptions): boolean {
  if (message !== undefined && event.messageId !== message) return false;
  return conversation === undefined || event.conversationId === conversation;
}
