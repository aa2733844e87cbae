// The baseline of the whole lifecycle: a relay that makes the same HTTP exchanges and keeps nothing but a map.
// It answers the request, calls the provider, and takes two receipts; no store, no signature, no retry.
import { randomUUID } from "node:crypto";
import { fastify } from "fastify";

const options = JSON.parse(process.argv[2] ?? "{}");
const statuses = new Map();
let done = 0;
let inFlight = 0;
const waiting = [];

const server = fastify();
server.post("/v1/messages", (request, reply) => {
  waiting.push(request.body);
  reply.code(202).send({ name: request.body.messageId, state: "QUEUED" });
  pump();
});
server.post("/webhooks/emulator", (request, reply) => {
  if (request.body.secret !== undefined) return reply.type("text/plain").send(request.body.secret);
  const event = JSON.parse(Buffer.from(request.body.message.data, "base64").toString());
  statuses.set(event.messageId, event.eventType);
  if (event.eventType === "READ") done += 1;
  return reply.code(200).send();
});

// As many calls at once as the gateway makes.
function pump() {
  while (inFlight < 64 && waiting.length > 0) {
    inFlight += 1;
    void send(waiting.shift()).finally(() => {
      inFlight -= 1;
      pump();
    });
  }
}

async function send({ conversationId, message }) {
  const messageId = randomUUID();
  const query = new URLSearchParams({ messageId, agentId: "demo" });
  const response = await fetch(
    `${options.emulatorUrl}/v1/phones/${conversationId}/agentMessages?${query}`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${options.token}`, "content-type": "application/json" },
      body: JSON.stringify({ contentMessage: message, messageTrafficType: "TRANSACTION" }),
    },
  );
  await response.text();
  if (!statuses.has(messageId)) statuses.set(messageId, "SENT");
}

const url = await server.listen({ port: 0, host: "127.0.0.1" });
process.send?.({ url, webhookUrl: `${url}/webhooks/emulator` });
process.on("message", (message) => {
  if (message === "done") process.send?.({ done });
  if (message === "close") process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
