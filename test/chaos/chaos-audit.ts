import type { Client, MessageListItem } from "@richline/sdk";
import { readMetric } from "../audit.ts";
import { idIn, type Letter } from "../careful-load.ts";
import type { CustomerEndpoint } from "../customer-endpoint.ts";
import { until } from "../until.ts";
import { allPhones, type ChaosCarrier } from "./chaos-carrier.ts";
import { type Fleet, messagesPerSecond } from "./chaos-fleet.ts";
import { stormSeconds } from "./storm-seconds.ts";

/** What must not be; every list is empty and the share at most 1 when the promises hold. */
export interface ChaosFindings {
  /** Accepted, on no phone, and nobody is told that something is wrong with it. */
  readonly lost: readonly string[];
  /** Twice on a phone over the provider that knows repeated ids. */
  readonly doubledOverRcs: readonly string[];
  /** Twice on a phone by SMS, whose provider knows no repeats. */
  readonly resentBySms: readonly string[];
  /** By RCS and by SMS, where the policy is not to risk that. */
  readonly overBoth: readonly string[];
  /** On a phone, and never sent by anybody. */
  readonly strange: readonly string[];
  /** Final at the gateway, and otherwise on the phone. */
  readonly wrongFinal: readonly string[];
  /** Final, and the customer's endpoint was never told. */
  readonly untold: readonly string[];
}

export const nothingWrong: ChaosFindings = {
  lost: [],
  doubledOverRcs: [],
  resentBySms: [],
  overBoth: [],
  strange: [],
  wrongFinal: [],
  untold: [],
};

export interface ChaosReport {
  readonly findings: ChaosFindings;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Most sends in any second over each wire, as a share of its limit. */
  readonly limitShare: Readonly<Record<"rcs" | "sms", number>>;
  /** What happened to the first messages with which something is wrong, a line an entry of their timelines. */
  readonly stories: string;
}

interface Shown {
  readonly rcs: number;
  readonly sms: number;
  readonly read: boolean;
}

/** Waits for the end of all work, then compares what customer, gateway, carrier and phones say. */
export async function auditChaos(
  {
    carrier,
    fleet,
    endpoint,
    client,
  }: {
    readonly carrier: ChaosCarrier;
    readonly fleet: Fleet;
    readonly endpoint: CustomerEndpoint;
    readonly client: Client;
  },
  letters: readonly Letter[],
): Promise<ChaosReport> {
  await untilDone({ carrier, fleet, client });
  const stored = new Map<string, MessageListItem>();
  for await (const one of client.messages.listAll({ limit: 200 })) stored.set(one.id, one);
  const shown = await readPhones(carrier);
  const told = new Set(endpoint.received.map(({ event }) => `${event.messageId} ${event.type}`));
  const ids = letters.map(({ messageId }) => messageId);
  const known = new Set(ids);
  const of = (id: string): Shown => shown.get(id) ?? { rcs: 0, sms: 0, read: false };
  const findings: ChaosFindings = {
    lost: ids.filter((id) => of(id).rcs + of(id).sms === 0 && !isOpenlyUndelivered(stored.get(id))),
    doubledOverRcs: ids.filter((id) => of(id).rcs > 1),
    resentBySms: ids.filter((id) => of(id).sms > 1),
    // A one-time code is worth a second copy when nobody can say what became of the first.
    overBoth: letters
      .filter(({ trafficType }) => trafficType !== "AUTHENTICATION")
      .map(({ messageId }) => messageId)
      .filter((id) => of(id).rcs > 0 && of(id).sms > 0),
    strange: [...shown.keys()].filter((id) => !known.has(id)),
    wrongFinal: ids.filter((id) => !agrees(stored.get(id)?.status, of(id))),
    untold: ids.filter((id) => !isTold(told, stored.get(id))),
  };
  return {
    findings,
    stories: await tellStories(client, [...new Set(Object.values(findings).flat())]),
    byStatus: countBy([...stored.values()].map(({ status }) => status)),
    limitShare: {
      rcs: mostInASecond(carrier.sendTimes.rcs) / messagesPerSecond.rcs,
      sms: mostInASecond(carrier.sendTimes.sms) / messagesPerSecond.sms,
    },
  };
}

/** Most messages whose story is told. */
const storiesMax = 5;

async function tellStories(client: Client, ids: readonly string[]): Promise<string> {
  const stories = await Promise.all(
    ids.slice(0, storiesMax).map(async (id) => {
      const { entries } = await client.messages.timeline(id);
      return [id, ...entries.map((entry) => JSON.stringify(entry))].join("\n");
    }),
  );
  return stories.join("\n\n");
}

interface Sides {
  readonly carrier: ChaosCarrier;
  readonly fleet: Fleet;
  readonly client: Client;
}

/** Most times a message in review is tried again: one whose phone has no RCS, and that RCS may have had, comes back each time. */
const reviewRetriesMax = 2;

/**
 * How long the work may take that a storm leaves, in milliseconds. A killed node's shares of a limit are free
 * after 30 s, so while one is killed every few seconds hardly anything goes over the slower wire; all of that goes
 * afterwards, at its limit.
 */
const restMsMax = 120_000 + 3_000 * stormSeconds;

async function untilDone(sides: Sides): Promise<void> {
  let left = "";
  const retries = new Map<string, number>();
  try {
    await until(
      "the storm's work is done",
      async () => {
        left = await whatIsLeft(sides, retries);
        return left === "" ? true : undefined;
      },
      { withinMs: restMsMax },
    );
  } catch (error) {
    const waiting = await describeWaiting(sides.client);
    throw new Error(`Not done: ${left}\n${waiting}\n${sides.fleet.logs()}`, { cause: error });
  }
}

/** Asks for deliveries that were put off for minutes, as a customer would whose endpoint is well again. */
async function hurryDeliveries({ endpoints }: Client): Promise<void> {
  const [endpoint] = (await endpoints.list()).items;
  const { items } = await endpoints.deliveries(endpoint?.id ?? "", { state: "pending" });
  const late = items.filter(
    ({ nextAttemptAt }) => Date.parse(nextAttemptAt ?? "") > Date.now() + 10_000,
  );
  for (const { eventId } of late) await endpoints.replay(endpoint?.id ?? "", eventId);
}

/** The newest entries in the timelines of some messages that still wait. */
async function describeWaiting(client: Client): Promise<string> {
  const { items } = await client.messages.list({ status: "QUEUED", limit: 3 });
  const timelines = await Promise.all(items.map(({ id }) => client.messages.timeline(id)));
  return timelines
    .map(({ entries }) =>
      entries
        .slice(-4)
        .map((entry) => JSON.stringify(entry))
        .join("\n"),
    )
    .join("\n\n");
}

/** What still has to be sent or told. Whatever a person may decide without doubt is decided: to try again. */
async function whatIsLeft(
  { carrier, fleet, client }: Sides,
  retries: Map<string, number>,
): Promise<string> {
  const { items } = await client.reviews.list({ limit: 200 });
  const ids = items.map(({ id }) => id).filter((id) => (retries.get(id) ?? 0) < reviewRetriesMax);
  for (const id of ids) retries.set(id, (retries.get(id) ?? 0) + 1);
  const decided =
    ids.length === 0 ? undefined : await client.reviews.decideAll({ action: "retry", ids });
  if (decided?.results.some(({ status }) => status === 200)) return "reviewed messages";
  await hurryDeliveries(client);
  const pending = await carrier.control.webhooksPending();
  if (pending > 0) return `${pending} webhooks of the carrier`;
  const [url = ""] = fleet.urls();
  for (const kind of ["send", "webhook"]) {
    const jobs = await readMetric(url, "richline_jobs", `kind="${kind}"`);
    if (jobs > 0) return `${jobs} jobs of the kind ${kind}`;
  }
  return "";
}

/** Not delivered, and whoever sent it can see so. */
function isOpenlyUndelivered(message: MessageListItem | undefined): boolean {
  const open = ["UNCERTAIN", "NEEDS_REVIEW", "FAILED", "EXPIRED", "CANCELLED"];
  return message !== undefined && open.includes(message.status);
}

/** A final status says what the phone shows. A status that a lost receipt holds back is not final. */
function agrees(status: string | undefined, { rcs, sms, read }: Shown): boolean {
  const isShown = rcs + sms > 0;
  switch (status) {
    case "READ":
      return read;
    case "DELIVERED":
      return isShown;
    case "FAILED":
    case "EXPIRED":
    case "CANCELLED":
      return !isShown;
    default:
      return status !== undefined;
  }
}

function isTold(told: ReadonlySet<string>, message: MessageListItem | undefined): boolean {
  const types: Readonly<Record<string, string>> = {
    READ: "message.read",
    DELIVERED: "message.delivered",
    FAILED: "message.failed",
    EXPIRED: "message.expired",
  };
  const type = message === undefined ? undefined : types[message.status];
  return type === undefined || told.has(`${message?.id} ${type}`);
}

async function readPhones({ control }: ChaosCarrier): Promise<ReadonlyMap<string, Shown>> {
  const shown = new Map<string, Shown>();
  for (const phoneNumber of allPhones) {
    for (const { channel, content, readAt, deliveredAt } of await control.thread(phoneNumber)) {
      if (deliveredAt === undefined) continue;
      const id = idIn(content["text"]);
      const known = shown.get(id) ?? { rcs: 0, sms: 0, read: false };
      shown.set(id, {
        rcs: known.rcs + (channel === "rcs" ? 1 : 0),
        sms: known.sms + (channel === "sms" ? 1 : 0),
        read: known.read || readAt !== undefined,
      });
    }
  }
  return shown;
}

/** The largest number of times in any window of one second. */
export function mostInASecond(times: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? time) <= time - 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
