import autocannon from "autocannon";

const headers = { "content-type": "application/json", authorization: "Bearer rl_test_benchmark" };

/** Numbers of the people that load goes to; none is one of the emulator's magic numbers. */
export const phoneNumbers = Array.from(
  { length: 1000 },
  (_, n) => `+1303555${String(n).padStart(4, "0")}`,
);

/**
 * Posts messages as fast as they are taken, each with an id of its own: for `seconds`, or `amount` of them.
 * `sendAt` far ahead keeps a gateway from sending what it accepts.
 */
export async function post(url, { seconds, amount, sendAt, connections = 64 }) {
  let n = 0;
  const run = Math.random().toString(36).slice(2, 10);
  const result = await autocannon({
    url: `${url}/v1/messages`,
    method: "POST",
    headers,
    connections,
    pipelining: 1,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    requests: [
      {
        setupRequest: (request) => {
          n += 1;
          const body = {
            conversationId: phoneNumbers[n % phoneNumbers.length],
            messageId: `${run}-${n}`,
            message: { text: "Your order has shipped" },
            ...(sendAt === undefined ? {} : { sendAt }),
          };
          return { ...request, body: JSON.stringify(body) };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers were no success, ${result.errors} requests failed`);
  }
  return {
    perSecond: result.requests.total / result.duration,
    p99Ms: result.latency.p99,
    total: result.requests.total,
  };
}

/** Most messages in one request of `postBatches`, and most requests at once. */
const batchSize = 1_000;
const batchesAtOnce = 4;

/** Posts promotions to as many people, a thousand a request. */
export async function postBatches(url, { amount, sendAt }) {
  const run = Math.random().toString(36).slice(2, 10);
  let next = 0;
  const worker = async () => {
    while (next < amount) {
      const first = next;
      next = Math.min(amount, first + batchSize);
      const messages = Array.from({ length: next - first }, (_, index) =>
        promotion(run, first + index, sendAt),
      );
      const answer = await fetch(`${url}/v1/messages:batch`, {
        method: "POST",
        headers,
        body: JSON.stringify({ messages }),
      });
      const { rejected } = await answer.json();
      if (!answer.ok || rejected > 0) throw new Error(`a batch was refused: ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, worker));
}

function promotion(run, index, sendAt) {
  return {
    conversationId: `${run}-${index}`,
    to: `+49151${String(index).padStart(8, "0")}`,
    messageId: `${run}-${index}`,
    trafficType: "PROMOTION",
    message: { text: "Ten per cent off until Sunday" },
    sendAt,
  };
}

/** Posts one-time codes at a steady rate, whatever the answers take; answers each text and when its request began. */
export async function postAtRate(url, { perSecond, seconds }) {
  const run = Math.random().toString(36).slice(2, 10);
  const startMs = performance.now();
  const posted = [];
  const answers = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const waitMs = startMs + (index * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const text = `Your code is ${run}-${index}`;
    posted.push({ text, atMs: performance.timeOrigin + performance.now() });
    answers.push(postCode(url, `${run}-${index}`, { phone: index % phoneNumbers.length, text }));
  }
  await Promise.all(answers);
  return posted;
}

async function postCode(url, messageId, { phone, text }) {
  const answer = await fetch(`${url}/v1/messages`, {
    method: "POST",
    headers,
    body: JSON.stringify({
      conversationId: phoneNumbers[phone],
      messageId,
      trafficType: "AUTHENTICATION",
      message: { text },
    }),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`a code was refused: ${answer.status}`);
}
