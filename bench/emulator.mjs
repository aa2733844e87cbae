import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import autocannon from "autocannon";
import { startChild } from "./child.mjs";
import { phoneNumbers } from "./load.mjs";

const connections = 64;
const text = "Your order has shipped";
/** How long no receipt may come, in milliseconds, before those that are missing count as lost. */
const patienceMs = 20_000;

/**
 * What the emulator takes on one core: messages a second, each with its receipt to an endpoint, against a bare
 * Fastify route on that core. Load and endpoint have the other core.
 */
export async function benchEmulator({ messages }) {
  const before = await runBare(messages);
  const measured = await runEmulator(messages);
  const after = await runBare(messages);
  return { ...measured, baseline: (before + after) / 2 };
}

/** The core that the process under test has for itself, where there is one to spare. */
const ownCore = process.platform === "linux" && availableParallelism() > 1 ? { core: 1 } : {};

async function runBare(messages) {
  const bare = await startChild("bare", {}, ownCore);
  const message = { conversationId: "user_123", message: { text } };
  const { seconds } = await load(bare.url, messages, () => ({
    method: "POST",
    path: "/v1/messages",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...message, messageId: randomUUID() }),
  }));
  await bare.close();
  return messages / seconds;
}

async function runEmulator(messages) {
  const receiver = await startChild("receiver");
  const agent = { agentId: "demo", webhookUrl: receiver.url, clientToken: "benchmark" };
  const emulator = await startChild("emulator", { agent }, ownCore);
  let n = 0;
  const next = () => {
    n += 1;
    const phoneNumber = phoneNumbers[n % phoneNumbers.length];
    return {
      method: "POST",
      path: `/v1/phones/${phoneNumber}/agentMessages?messageId=${randomUUID()}&agentId=demo`,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${emulator.accessToken}`,
      },
      body: JSON.stringify({ contentMessage: { text } }),
    };
  };
  const warmedUp = await load(emulator.url, Math.ceil(messages / 5), next);
  await untilDelivered(receiver, warmedUp.answered);
  const startMs = performance.now();
  const { answered, seconds } = await load(emulator.url, messages, next);
  const expected = warmedUp.answered + answered;
  const delivered = await untilDelivered(receiver, expected);
  const toldSeconds = (performance.now() - startMs) / 1_000;
  await emulator.close();
  await receiver.close();
  return { accepted: answered / seconds, told: answered / toldSeconds, lost: expected - delivered };
}

async function load(url, amount, setupRequest) {
  const result = await autocannon({
    url,
    connections,
    amount,
    requests: [{ setupRequest: (request) => ({ ...request, ...setupRequest() }) }],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers were no success, ${result.errors} requests failed`);
  }
  return { answered: result.requests.total, seconds: result.duration };
}

/** Waits until every receipt is there, or none has come for a while; answers how many came. */
async function untilDelivered(receiver, expected) {
  let known = 0;
  let changedMs = performance.now();
  while (known < expected && performance.now() - changedMs < patienceMs) {
    const { delivered } = await receiver.ask("delivered");
    if (delivered > known) changedMs = performance.now();
    known = delivered;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return known;
}
