// An endpoint for webhooks that only notes which message was said to be delivered.
import { createServer } from "node:http";

const delivered = new Set();
const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { message, secret } = JSON.parse(Buffer.concat(chunks).toString());
    if (message !== undefined) {
      const { eventType, messageId } = JSON.parse(Buffer.from(message.data, "base64").toString());
      if (eventType === "DELIVERED") delivered.add(messageId);
    }
    response.end(secret);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.send?.({ url: `http://127.0.0.1:${server.address().port}/rbm` });
});
process.on("message", (message) => {
  if (message === "delivered") process.send?.({ delivered: delivered.size });
  if (message === "close") process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
