import { startChild } from "./child.mjs";
import { post } from "./load.mjs";
import { makeServiceAccount } from "./service-account.mjs";

/** The limit that is measured, in messages a second: twice the default, so that a node has several slots every 10 ms. */
const perSecond = 200;

/** How long the nodes have to divide the limit before the mean counts, in milliseconds. */
const dividingMs = 3_000;
/** How much more there is to send than fits into what is measured, in seconds of the limit. */
const backlogSeconds = 4;
/** How long all messages take to be accepted at most, in milliseconds. */
const postingMs = 10_000;

/**
 * Row 4: the most sends that a provider sees in any window of one second, and the mean, against the limit;
 * one node on each store, and three on PostgreSQL. There is always more to send than may be sent. What is
 * measured is when sends arrive at the carrier.
 */
export async function benchRate(stores, { seconds }) {
  const rows = [];
  for (const store of stores) {
    const nodeCounts = store.name === "PostgreSQL" ? [1, 3] : [1];
    for (const nodes of nodeCounts) rows.push(await measure(store, nodes, seconds));
  }
  return rows;
}

async function measure(store, nodes, seconds) {
  const carrier = await startChild("carrier");
  const place = await store.open();
  const options = {
    ...place,
    emulatorUrl: carrier.url,
    serviceAccount: makeServiceAccount(carrier.url),
    messagesPerSecond: perSecond,
  };
  const gateways = [];
  for (let node = 0; node < nodes; node += 1) gateways.push(await startChild("gateway", options));
  // All are due at one instant, so that accepting them takes no time from sending them.
  const messages = perSecond * (seconds + backlogSeconds);
  const dueAtMs = Date.now() + postingMs;
  const sendAt = new Date(dueAtMs).toISOString();
  await post(gateways[0].url, { amount: messages, sendAt, connections: 16 });
  await new Promise((resolve) => setTimeout(resolve, dueAtMs + dividingMs - Date.now()));
  const startMs = (await arrivals(carrier)).at(-1);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const all = await arrivals(carrier);
  if (all.length >= messages) throw new Error("there was nothing left to send");
  for (const gateway of gateways) await gateway.close();
  await carrier.close();
  const measured = all.filter((atMs) => atMs >= startMs && atMs < startMs + seconds * 1_000);
  return {
    what: `rate, ${store.name}, ${nodes} ${nodes === 1 ? "node" : "nodes"}`,
    limit: perSecond,
    most: mostInASecond(all) / perSecond,
    mean: measured.length / seconds / perSecond,
    mostIn100Ms: mostIn(all, 100) / (perSecond / 10),
  };
}

async function arrivals(carrier) {
  return (await carrier.ask("arrivals")).arrivals.map(({ atMs }) => atMs).sort((a, b) => a - b);
}

function mostInASecond(arrivedAtMs) {
  return mostIn(arrivedAtMs, 1_000);
}

/** The most arrivals in any window of this length, wherever it begins. */
function mostIn(arrivedAtMs, windowMs) {
  let most = 0;
  let first = 0;
  for (const [index, atMs] of arrivedAtMs.entries()) {
    while (arrivedAtMs[first] <= atMs - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
