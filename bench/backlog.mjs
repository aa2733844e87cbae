import { spawnSync } from "node:child_process";
import { startChild } from "./child.mjs";
import { postAtRate, postBatches } from "./load.mjs";
import { makeServiceAccount } from "./service-account.mjs";

/** The backlog that the cost of a claim is measured at first. */
const few = 10_000;
const rounds = 3;
/** How far ahead the backlog is scheduled while it is filled in, in milliseconds: nothing of it is sent meanwhile. */
const aheadMs = 86_400_000;
/** The provider's limit while the backlog is worked off, in messages a second: twice the default. */
const messagesPerSecond = 200;
/** One-time codes a second beside it. */
const codesPerSecond = 40;

/**
 * Rows 3 and 6: what a backlog of promotions costs. First the claim itself, as the backlog grows; then how
 * long a one-time code takes from its request to the provider, with that backlog on the same lane and
 * always more to send than may be sent, against a gateway that has nothing else to do.
 */
export async function benchBacklog(stores, { messages, seconds }) {
  const rows = [];
  for (const store of stores) {
    const small = await store.open();
    await fill(store.name, small, few);
    const place = await store.open();
    await fill(store.name, place, messages);
    const { before, after } = await compareClaims(small, place);
    rows.push(claimRow(`one claim, ${store.name}`, messages, { before, after, aim: 1.2 }));
    const delays = await compareDelays(store, place, seconds);
    rows.push(delayRow(`one-time code, ${store.name}`, messages, { ...delays, aim: 1.5 }));
  }
  return rows;
}

/** Claims on both in turn, so that what else the machine does meets both; the median of each. */
async function compareClaims(small, large) {
  const costs = { small: [], large: [] };
  for (let turn = 0; turn < rounds; turn += 1) {
    costs.small.push(await claimCost(small));
    costs.large.push(await claimCost(large));
  }
  return { before: median(costs.small), after: median(costs.large) };
}

/** Codes alone and beside the backlog in turn; the median of each, since one stall of the disk can be a run's 99th percentile. */
async function compareDelays(store, place, seconds) {
  const delays = { quiet: [], busy: [] };
  for (let turn = 0; turn < rounds; turn += 1) {
    delays.quiet.push(await codeDelay(await store.open(), seconds));
    delays.busy.push(await codeDelay(place, seconds, { clockAheadMs: 3 * aheadMs }));
  }
  const shown = (values) => values.map((value) => value.toFixed(1)).join(", ");
  console.log(
    `${store.name}: ${shown(delays.quiet)} ms alone, ${shown(delays.busy)} ms beside the backlog`,
  );
  return { before: median(delays.quiet), after: median(delays.busy) };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function claimRow(what, messages, { before, after, aim }) {
  return { what, backlog: messages, unit: "ms, median", before, after, ratio: after / before, aim };
}

function delayRow(what, messages, { before, after, aim }) {
  return { what, backlog: messages, unit: "ms, p99", before, after, ratio: after / before, aim };
}

let round = 0;

/** Accepts promotions through the API, each to another person. */
async function fill(name, place, amount) {
  const gateway = await startGateway(place, { url: "http://127.0.0.1:9" });
  const sendAt = new Date(Date.now() + aheadMs).toISOString();
  const startMs = performance.now();
  await postBatches(gateway.url, { amount, sendAt });
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(`${name}: ${amount} messages accepted in ${seconds.toFixed(0)} s`);
  await gateway.close();
  // Until the system has written it back, every commit that follows waits behind it.
  spawnSync("sync");
}

/** A round's claims stay leased for a second; the next round is farther ahead, and finds the same jobs due. */
async function claimCost(place) {
  round += 1;
  const claims = await startChild("claims", {
    ...place,
    lane: "demo/emulator",
    aheadMs: 2 * aheadMs + round * 10_000,
  });
  const { medianMs } = await claims.ask("measure");
  await claims.close();
  return medianMs;
}

/** The 99th percentile of the time from a one-time code's request to its arrival at the provider, in milliseconds. */
async function codeDelay(place, seconds, options = {}) {
  const carrier = await startChild("carrier");
  const gateway = await startGateway(place, { url: carrier.url, ...options });
  // Until shares are divided and connections are open, both sides of the row are slower.
  await postAtRate(gateway.url, { perSecond: codesPerSecond, seconds: 5 });
  const posted = await postAtRate(gateway.url, { perSecond: codesPerSecond, seconds });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const { arrivals } = await carrier.ask("arrivals");
  await gateway.close();
  await carrier.close();
  const arrivedAtMs = new Map(arrivals.map(({ text, atMs }) => [text, atMs]));
  const delays = posted.map(({ text, atMs }) => {
    const arrived = arrivedAtMs.get(text);
    if (arrived === undefined) throw new Error("a one-time code did not reach the provider");
    return arrived - atMs;
  });
  delays.sort((a, b) => a - b);
  return delays[Math.floor(delays.length * 0.99)];
}

function startGateway(place, { url, ...options }) {
  return startChild("gateway", {
    ...place,
    emulatorUrl: url,
    serviceAccount: makeServiceAccount(url),
    messagesPerSecond,
    ...options,
  });
}
