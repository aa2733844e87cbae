import type {
  BulkReviewRequest,
  BulkReviewResponse,
  Client,
  Review,
  ReviewAction,
} from "@richline/sdk";
import type { Command } from "commander";
import { CliError, NegativeAnswer } from "../cli-error.ts";
import { addConnectionOptions, type ConnectionOptions, connect } from "../connection.ts";
import type { Host } from "../host.ts";
import { createOutput, type Output } from "../output/output.ts";
import { printTable } from "../output/print-table.ts";
import { createProgress } from "../output/progress.ts";
import { parseCount } from "../parse-options.ts";

interface FilterOptions extends ConnectionOptions {
  readonly agent?: string;
  readonly conversation?: string;
  readonly code?: string;
  readonly json?: boolean;
}
interface ListOptions extends FilterOptions {
  readonly limit: number;
}
interface DecideOptions extends FilterOptions {
  readonly all?: boolean;
  readonly force?: boolean;
  readonly note?: string;
}

/** Messages of one request. Ours: progress is seen, and each of them may mean a call to a provider. */
const idsPerRequest = 50;

export function addReviewsCommand(program: Command, host: Host): void {
  const reviews = program
    .command("reviews")
    .description("Work through the messages that wait for a person's decision.")
    .addHelpText(
      "after",
      `
Examples:
  richline reviews list --code provider_unavailable
  richline reviews retry msg_456
  richline reviews send-as-sms --all --agent demo
  richline reviews dismiss msg_456 --note "The order was cancelled"`,
    );
  addList(reviews, host);
  addDecision(reviews, host, "retry", "Try messages again over the same route.");
  addDecision(reviews, host, "send-as-sms", "Send the fallback text over the next SMS route.");
  addDecision(reviews, host, "dismiss", "Give messages up: they are FAILED.");
}

function addList(reviews: Command, host: Host): void {
  const command = reviews
    .command("list")
    .description("List messages in review, oldest first.")
    .option("--limit <count>", "Most messages to list.", parseCount, 50);
  addFilterOptions(command).action(async (options: ListOptions) => {
    const output = createOutput(host, options);
    printTable(output, await readReviews(connect(options, host), options, host), columns);
  });
}

function addDecision(reviews: Command, host: Host, action: ReviewAction, what: string): void {
  const command = reviews
    .command(action)
    .description(what)
    .argument("[ids...]", "The ids that `reviews list` shows.")
    .option("--all", "All messages in review that the filters let through, instead of ids.")
    .option("--note <text>", "Why; kept in the audit log.");
  if (action !== "dismiss")
    command.option("--force", "Go on although the person may then get the message twice.");
  addFilterOptions(command).action((ids: readonly string[], options: DecideOptions) =>
    decide(action, ids, options, host),
  );
}

function addFilterOptions(command: Command): Command {
  command
    .option("--agent <id>", "Only messages of this agent.")
    .option("--conversation <id>", "Only messages of this conversation.")
    .option("--code <code>", "Only messages whose reason has this code.");
  return addConnectionOptions(command).option("--json", "Print JSON, one message a line.");
}

function filterOf({ agent, conversation, code }: FilterOptions) {
  return {
    ...(agent === undefined ? {} : { agentId: agent }),
    ...(conversation === undefined ? {} : { conversationId: conversation }),
    ...(code === undefined ? {} : { code }),
  };
}

async function readReviews(
  client: Client,
  options: ListOptions,
  host: Host,
): Promise<readonly Review[]> {
  const found: Review[] = [];
  const query = { ...filterOf(options), limit: Math.min(options.limit, 200) };
  for await (const review of client.reviews.listAll(query, { signal: host.interrupt })) {
    found.push(review);
    if (found.length === options.limit) break;
  }
  return found;
}

const columns = [
  { title: "id", cell: (review: Review) => review.id },
  { title: "conversation", cell: (review: Review) => review.conversationId },
  { title: "reason", cell: (review: Review) => review.reason?.code },
  { title: "attempts", cell: (review: Review) => String(review.attempts) },
  { title: "route", cell: (review: Review) => `${review.provider} (${review.channel})` },
  { title: "delivered?", cell: (review: Review) => (review.mayHaveBeenTaken ? "maybe" : "no") },
  { title: "since", cell: (review: Review) => review.since.slice(0, 16).replace("T", " ") },
];

type Result = BulkReviewResponse["results"][number];

async function decide(
  action: ReviewAction,
  ids: readonly string[],
  options: DecideOptions,
  host: Host,
): Promise<void> {
  checkWhich(ids, options);
  const output = createOutput(host, options);
  const client = connect(options, host);
  const progress = createProgress(host, options.all === true ? undefined : ids.length);
  const results: Result[] = [];
  try {
    for await (const answer of eachAnswer(client, requestsOf(action, ids, options), host)) {
      results.push(...answer.results);
      progress.show(results.length);
    }
  } finally {
    progress.end();
  }
  printResults(action, results, output);
  if (results.some(isRefused)) throw new NegativeAnswer();
}

function checkWhich(ids: readonly string[], options: DecideOptions): void {
  const hasFilter = Object.keys(filterOf(options)).length > 0;
  if (ids.length > 0 && options.all !== true && !hasFilter) return;
  if (ids.length === 0 && options.all === true) return;
  throw new CliError("It is not said about which messages to decide.", {
    remedy: "Give ids, or --all with --agent, --conversation or --code where you want fewer.",
  });
}

/** Named messages take as many requests as they need; a filter is one, which is repeated from where it ended. */
function requestsOf(
  action: ReviewAction,
  ids: readonly string[],
  options: DecideOptions,
): readonly BulkReviewRequest[] {
  const decision = {
    action,
    ...(options.force === undefined ? {} : { force: options.force }),
    ...(options.note === undefined ? {} : { note: options.note }),
  };
  if (options.all === true)
    return [{ ...decision, filter: filterOf(options), limit: idsPerRequest }];
  const count = Math.ceil(ids.length / idsPerRequest);
  return Array.from({ length: count }, (_, index) => ({
    ...decision,
    ids: ids.slice(index * idsPerRequest, (index + 1) * idsPerRequest),
  }));
}

async function* eachAnswer(
  client: Client,
  requests: readonly BulkReviewRequest[],
  host: Host,
): AsyncGenerator<BulkReviewResponse, void, undefined> {
  for (const request of requests) {
    let cursor: string | undefined;
    do {
      const body = { ...request, ...(cursor === undefined ? {} : { cursor }) };
      const answer = await client.reviews.decideAll(body, { signal: host.interrupt });
      yield answer;
      cursor = answer.nextCursor;
    } while (cursor !== undefined);
  }
}

function isRefused({ problem }: Result): boolean {
  return problem !== undefined;
}

const pastTense: Readonly<Record<ReviewAction, string>> = {
  retry: "go out again",
  "send-as-sms": "go out as SMS",
  dismiss: "are dismissed",
};

function printResults(action: ReviewAction, results: readonly Result[], output: Output): void {
  if (output.isJson) {
    for (const result of results) output.result(result, () => "");
    return;
  }
  const { colors } = output;
  const refused = results.filter(isRefused);
  const lines = [
    ...refused.map(({ id, problem }) => `${colors.red("✗")} ${id}  ${problem?.detail}`),
    `${colors.green("✓")} ${results.length - refused.length} ${pastTense[action]}, ${refused.length} refused`,
  ];
  output.result(results, () => lines.join("\n"));
}
