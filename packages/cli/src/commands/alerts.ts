import type { Alert } from "@richline/sdk";
import { type Command, Option } from "commander";
import { addConnectionOptions, type ConnectionOptions, connect } from "../connection.ts";
import type { Host } from "../host.ts";
import { createOutput } from "../output/output.ts";
import { printTable } from "../output/print-table.ts";

interface AlertsOptions extends ConnectionOptions {
  readonly state?: "open" | "closed";
  readonly json?: boolean;
}

/** Most alerts that are shown. Ours: a page; who needs more reads the API. */
const shownMax = 200;

export function addAlertsCommand(program: Command, host: Host): void {
  const command = program
    .command("alerts")
    .description("List what needs a person's eye, newest first.")
    .addOption(
      new Option("--state <state>", "Only those that are open, or over.").choices([
        "open",
        "closed",
      ]),
    )
    .option("--json", "Print JSON, one alert a line.");
  addConnectionOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  richline alerts --state open
  richline alerts --json | jq -r .kind`,
    )
    .action((options: AlertsOptions) => listAlerts(options, host));
}

async function listAlerts(options: AlertsOptions, host: Host): Promise<void> {
  const output = createOutput(host, options);
  const { items } = await connect(options, host).alerts.list({
    state: options.state,
    limit: shownMax,
  });
  printTable(output, items, columns);
}

const columns = [
  { title: "opened", cell: (alert: Alert) => minuteOf(alert.openedAt) },
  {
    title: "closed",
    cell: ({ closedAt }: Alert) => (closedAt === undefined ? "open" : minuteOf(closedAt)),
  },
  { title: "kind", cell: (alert: Alert) => alert.kind },
  { title: "subject", cell: (alert: Alert) => alert.subject },
  { title: "detail", cell: (alert: Alert) => alert.detail },
];

/** Day and minute, UTC, as logs have it. */
function minuteOf(timestamp: string): string {
  return timestamp.slice(0, 16).replace("T", " ");
}
