// A carrier that only notes when each send came in: what counts for a limit is what the provider counts.
import { createServer } from "node:http";

const arrivedAtMs = [];
let port = 0;
const server = createServer((request, response) => {
  if (request.url.includes("/agentMessages")) arrivedAtMs.push(performance.now());
  request.resume();
  request.on("end", () => {
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
  if (message === "arrivals") process.send?.({ arrivedAtMs });
  if (message === "close") process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
