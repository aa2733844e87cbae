import { randomBytes } from "node:crypto";
import type { Event, EventType } from "@richline/sdk";
import type { Command } from "commander";
import { addConnectionOptions, type ConnectionOptions, connect } from "../connection.ts";
import type { Host } from "../host.ts";
import { followEvents } from "../listen/follow-events.ts";
import { type ForwardResult, forwardEvent } from "../listen/forward-event.ts";
import { eventLine } from "../output/event-line.ts";
import { createOutput, type Output } from "../output/output.ts";
import { parseEventTypes, parseHttpUrl, parseWebhookSecret } from "../parse-options.ts";

interface ListenOptions extends ConnectionOptions {
  readonly forward?: string;
  readonly events?: readonly EventType[];
  readonly secret?: string;
  readonly cursor?: string;
  readonly json?: boolean;
}

export function addListenCommand(program: Command, host: Host): void {
  const command = program
    .command("listen")
    .description("Print events as they come, and hand them to a webhook handler on this machine.")
    .option("--forward <url>", "Post each event here, signed as the gateway signs.", parseHttpUrl)
    .option(
      "--events <types>",
      "Only these types, by commas; message.* takes all of a kind.",
      parseEventTypes,
    )
    .option(
      "--secret <secret>",
      "Sign with this secret (whsec_…). A new one is made and printed when not given.",
      parseWebhookSecret,
    )
    .option("--cursor <cursor>", "Start behind this place of the log instead of now.")
    .option("--json", "Print JSON, one value a line.");
  addConnectionOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  richline listen
  richline listen --forward http://localhost:3000/webhooks/rcs
  richline listen --forward http://localhost:3000/hook --events message.interacted --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`,
    )
    .action((options: ListenOptions) => listen(options, host));
}

async function listen(options: ListenOptions, host: Host): Promise<void> {
  const output = createOutput(host, options);
  const secret = options.secret ?? `whsec_${randomBytes(24).toString("base64")}`;
  const client = connect(options, host);
  if (options.forward !== undefined) announce({ url: options.forward, secret, output });
  const stream = { types: options.events, cursor: options.cursor };
  for await (const { cursor, event } of followEvents(client, stream, { host, output })) {
    output.result({ cursor, event }, () => eventLine(event, output.colors));
    // One at a time and in order, as a handler under development wants to see them.
    if (options.forward !== undefined) {
      const forwarding = forward(event, { url: options.forward, secret, output, host });
      await forwarding.catch((error: unknown) => {
        if (!host.interrupt.aborted) throw error;
      });
    }
  }
}

interface Forwarding {
  readonly url: string;
  readonly secret: string;
  readonly output: Output;
}

function announce({ url, secret, output }: Forwarding): void {
  output.note(`Forwarding to ${url}`);
  output.note(`Webhook secret ${output.colors.bold(secret)}`);
}

async function forward(event: Event, options: Forwarding & { readonly host: Host }): Promise<void> {
  const { output } = options;
  const result = await forwardEvent(event, {
    ...options,
    onRetry: (answer, delayMs) => {
      output.note(output.colors.yellow(`  ← ${answer}; again in ${delayMs / 1000} s`));
    },
  });
  output.result({ forwarded: event.id, ...result }, () => describe(result, output));
}

function describe({ delivered, status, error, tries, durationMs }: ForwardResult, output: Output) {
  const { colors } = output;
  const answer = `  ← ${status ?? error} (${durationMs} ms${tries > 1 ? `, ${tries} tries` : ""})`;
  return delivered ? colors.green(answer) : colors.red(`${answer}; given up`);
}
