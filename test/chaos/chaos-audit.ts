import type { Client, MessageListItem } from "@richline/sdk";
import { readMetric } from "../audit.ts";
import { idIn, type Letter } from "../careful-load.ts";
import type { CustomerEndpoint } from "../customer-endpoint.ts";
import { until } from "../until.ts";
import { allPhones, type ChaosCarrier } from "./chaos-carrier.ts";
import { type Fleet, messagesPerSecond } from "./chaos-fleet.ts";

/** What must not be; every list is empty and the share at most 1 when the promises hold. */
export interface ChaosFindings {
  /** Accepted, on no phone, and nobody is told that something is wrong with it. */
  readonly lost: readonly string[];
  /** Twice on a phone over the provider that knows repeated ids. */
  readonly doubledOverRcs: readonly string[];
  /** Twice on a phone by SMS, whose provider knows no repeats. */
  readonly resentBySms: readonly string[];
  /** By RCS and by SMS. */
  readonly overBoth: readonly string[];
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
  wrongFinal: [],
  untold: [],
};

export interface ChaosReport {
  readonly findings: ChaosFindings;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Most sends in any second, as a share of the limit. */
  readonly limitShare: number;
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
  const of = (id: string): Shown => shown.get(id) ?? { rcs: 0, sms: 0, read: false };
  return {
    findings: {
      lost: ids.filter(
        (id) => of(id).rcs + of(id).sms === 0 && !isOpenlyUndelivered(stored.get(id)),
      ),
      doubledOverRcs: ids.filter((id) => of(id).rcs > 1),
      resentBySms: ids.filter((id) => of(id).sms > 1),
      overBoth: ids.filter((id) => of(id).rcs > 0 && of(id).sms > 0),
      wrongFinal: ids.filter((id) => !agrees(stored.get(id)?.status, of(id))),
      untold: ids.filter((id) => !isTold(told, stored.get(id))),
    },
    byStatus: countBy([...stored.values()].map(({ status }) => status)),
    limitShare: mostInASecond(carrier.sendTimes) / messagesPerSecond,
  };
}

interface Sides {
  readonly carrier: ChaosCarrier;
  readonly fleet: Fleet;
  readonly client: Client;
}

async function untilDone(sides: Sides): Promise<void> {
  let left = "";
  try {
    await until(
      "the storm's work is done",
      async () => {
        left = await whatIsLeft(sides);
        return left === "" ? true : undefined;
      },
      { withinMs: 60_000 },
    );
  } catch (error) {
    throw new Error(`Not done: ${left}\n${sides.fleet.logs()}`, { cause: error });
  }
}

/** What still has to be sent or told. Whatever a person may decide without doubt is decided: to try again. */
async function whatIsLeft({ carrier, fleet, client }: Sides): Promise<string> {
  const { items } = await client.reviews.list({ limit: 200 });
  const ids = items.map(({ id }) => id);
  const decided =
    ids.length === 0 ? undefined : await client.reviews.decideAll({ action: "retry", ids });
  if (decided?.results.some(({ status }) => status === 200)) return "reviewed messages";
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
