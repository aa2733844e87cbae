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
