// A carrier that only notes when each text came in: what counts for a limit is what the provider counts.
import { createServer } from "node:http";

const arrivals = [];
let port = 0;
const server = createServer((request, response) => {
  const atMs = performance.timeOrigin + performance.now();
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url.includes("/agentMessages")) {
      const { text } = JSON.parse(Buffer.concat(chunks).toString()).contentMessage;
      arrivals.push({ text, atMs });
    }
    const isToken = request.url.includes("/token");
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify(
        isToken
          ? { access_token: "token", expires_in: 3600 }
          : { name: "phones/x/agentMessages/y" },
      ),
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  ({ port } = server.address());
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.on("message", (message) => {
  if (message === "arrivals") process.send?.({ arrivals });
  if (message === "close") process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
