import { startChild } from "./child.mjs";
import { phoneNumbers, post } from "./load.mjs";

/**
 * Row 2: whole lifecycles a second (accept → provider → two receipts → events) against a relay in memory
 * that makes the same HTTP exchanges. Time runs from the first request to the last READ.
 */
export async function benchLifecycle(stores, { messages }) {
  const rows = [];
  for (const store of stores) {
    const before = await runRelay(messages);
    const measured = await runGateway(store, messages);
    const after = await runRelay(messages);
    const baseline = (before + after) / 2;
    rows.push({
      what: `whole lifecycle, ${store.name}`,
      measured,
      baseline,
      ratio: measured / baseline,
      aim: 0.6,
    });
  }
  return rows;
}

async function runRelay(messages) {
  const emulator = await startChild("emulator", { phoneNumbers });
  const { token } = await control(emulator.url, "POST", "token");
  const relay = await startChild("relay", { emulatorUrl: emulator.url, token });
  await receiveWebhooks(emulator.url, relay.webhookUrl);
  const perSecond = await measure(relay.url, messages, async () => (await relay.ask("done")).done);
  await relay.close();
  await emulator.close();
  return perSecond;
}

async function runGateway(store, messages) {
  const emulator = await startChild("emulator", { phoneNumbers });
  const gateway = await startChild("gateway", {
    ...(await store.open()),
    emulatorUrl: emulator.url,
    serviceAccount: emulator.serviceAccount,
  });
  await receiveWebhooks(emulator.url, gateway.webhookUrl);
  const perSecond = await measure(gateway.url, messages, () => countApplied(gateway.url));
  await gateway.close();
  await emulator.close();
  return perSecond;
}

/** Warms up, then times `messages` from the first request until `countDone` has grown by as many. */
async function measure(url, messages, countDone) {
  const warmUp = Math.ceil(messages / 5);
  await post(url, { amount: warmUp });
  await reached(countDone, warmUp);
  const startMs = performance.now();
  await post(url, { amount: messages });
  await reached(countDone, warmUp + messages);
  return messages / ((performance.now() - startMs) / 1000);
}

/** Waits until the count is reached; fails when it stands still for 30 s, so that nothing runs for ever. */
async function reached(countDone, target) {
  let last = -1;
  let changedMs = performance.now();
  for (;;) {
    const done = await countDone();
    if (done >= target) return;
    if (done !== last) {
      last = done;
      changedMs = performance.now();
    }
    if (performance.now() - changedMs > 30_000) throw new Error(`stuck at ${done} of ${target}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Receipts that were applied; two a message. */
async function countApplied(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const match = /richline_receipts_total\{provider="emulator",result="applied"\} (\d+)/.exec(text);
  return Math.floor(Number(match?.[1] ?? 0) / 2);
}

async function receiveWebhooks(emulatorUrl, webhookUrl) {
  await control(emulatorUrl, "PUT", "agents/demo", { webhookUrl, clientToken: "benchmark" });
}

async function control(emulatorUrl, method, path, body) {
  const response = await fetch(`${emulatorUrl}/_emulator/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  const parsed = JSON.parse(text);
  return { ...parsed, token: parsed.access_token ?? parsed.accessToken ?? parsed.token };
}
