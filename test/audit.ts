import type { Client, Event, MessageListItem } from "@richline/sdk";
import { idIn, type Letter } from "./careful-load.ts";
import type { CarrierScene } from "./carrier-scene.ts";
import { until } from "./until.ts";

/** What does not add up between customer, gateway and phones; all empty when nothing was lost or doubled. */
export interface Findings {
  /** Acknowledged, and not on the phone. */
  readonly lost: readonly string[];
  /** More than once on the phone. */
  readonly doubled: readonly string[];
  /** On a phone, and never sent by anybody. */
  readonly strange: readonly string[];
  /** The gateway's status is not what the phone shows. */
  readonly wrongStatus: readonly string[];
  /** Facts that the log tells never or more than once. */
  readonly miscounted: readonly string[];
  /** The last event never reached the customer's endpoint. */
  readonly untold: readonly string[];
}

export const nothing: Findings = {
  lost: [],
  doubled: [],
  strange: [],
  wrongStatus: [],
  miscounted: [],
  untold: [],
};

interface Shown {
  readonly count: number;
  /** What its status must be: what the phone shows of it. */
  readonly status: "SENT" | "DELIVERED" | "READ";
}

interface Evidence {
  readonly shown: ReadonlyMap<string, Shown>;
  readonly stored: ReadonlyMap<string, MessageListItem>;
  /** How often the log tells of a fact, by message id and event type. */
  readonly logged: ReadonlyMap<string, number>;
  /** Which facts reached the endpoint, likewise. */
  readonly told: ReadonlySet<string>;
}

/** Waits until nothing is under way any more, at the carrier or at the gateway, then compares what both sides say. */
export async function audit(
  scene: CarrierScene,
  client: Client,
  options: { readonly url: string; readonly letters: readonly Letter[]; readonly withinMs: number },
): Promise<Findings> {
  const { url, letters, withinMs } = options;
  await until("nothing is under way any more", () => isIdle(scene, url), { withinMs });
  const evidence = await gather(scene, client);
  const ids = letters.map(({ messageId }) => messageId);
  const known = new Set(ids);
  return {
    lost: ids.filter((id) => !evidence.shown.has(id)),
    doubled: ids.filter((id) => (evidence.shown.get(id)?.count ?? 0) > 1),
    strange: [...evidence.shown.keys()].filter((id) => !known.has(id)),
    wrongStatus: ids.filter(
      (id) => evidence.stored.get(id)?.status !== evidence.shown.get(id)?.status,
    ),
    miscounted: ids.flatMap((id) => findMiscounted(evidence, id)),
    untold: ids.filter((id) => !evidence.told.has(factOf(id, lastEvent(evidence, id)))),
  };
}

/** Every webhook of the carrier is acknowledged and the gateway has no job left. */
async function isIdle({ carrier }: CarrierScene, url: string): Promise<true | undefined> {
  if ((await carrier.webhooksPending()) > 0) return undefined;
  const jobs = await readMetric(url, "richline_jobs");
  return jobs === 0 ? true : undefined;
}

/** The sum of a metric over its labels, or over those that have `label`. */
export async function readMetric(url: string, name: string, label = ""): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function gather(scene: CarrierScene, client: Client): Promise<Evidence> {
  const stored = new Map<string, MessageListItem>();
  for await (const message of client.messages.listAll({ limit: 200 })) {
    stored.set(message.id, message);
  }
  const logged = new Map<string, number>();
  for (const event of await readSettledLog(client)) {
    const fact = factOf(event.messageId, event.type);
    logged.set(fact, (logged.get(fact) ?? 0) + 1);
  }
  const told = new Set(
    scene.endpoint.received.map(({ event }) => factOf(event.messageId, event.type)),
  );
  return { shown: await readPhones(scene), stored, logged, told };
}

/**
 * The whole log. In PostgreSQL it ends before the oldest transaction that is still running, somebody else's
 * included; so it is read until it shows an event that was logged after all others.
 */
async function readSettledLog(client: Client): Promise<readonly Event[]> {
  const [endpoint] = (await client.endpoints.list()).items;
  const { eventId } = await client.endpoints.test(endpoint?.id ?? "");
  return until("the log shows its end", async () => {
    const events = await readLog(client);
    return events.at(-1)?.id === eventId ? events : undefined;
  });
}

async function readLog(client: Client): Promise<readonly Event[]> {
  const events: Event[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.events.list({ limit: 200, cursor });
    events.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return events;
}

async function readPhones({ carrier, phoneNumbers }: CarrierScene) {
  const shown = new Map<string, Shown>();
  for (const phoneNumber of phoneNumbers) {
    for (const message of await carrier.thread(phoneNumber)) {
      const id = idIn(message.content["text"]);
      const status = message.readAt !== undefined ? "READ" : "DELIVERED";
      shown.set(id, { count: (shown.get(id)?.count ?? 0) + 1, status });
    }
  }
  return shown;
}

/** Each fact once; that it was sent may be told by the receipt alone, when the answer to the send was lost. */
function findMiscounted({ logged, shown }: Evidence, id: string): readonly string[] {
  const isRead = shown.get(id)?.status === "READ";
  const allowed: Readonly<Record<string, readonly number[]>> = {
    "message.queued": [1],
    "message.sent": [0, 1],
    "message.delivered": [1],
    "message.read": isRead ? [1] : [0],
  };
  return Object.entries(allowed).flatMap(([type, counts]) => {
    const count = logged.get(factOf(id, type)) ?? 0;
    return counts.includes(count) ? [] : [`${factOf(id, type)}: ${count} times`];
  });
}

function lastEvent({ shown }: Evidence, id: string): string {
  return shown.get(id)?.status === "READ" ? "message.read" : "message.delivered";
}

function factOf(messageId: string | undefined, type: string): string {
  return `${messageId} ${type}`;
}
