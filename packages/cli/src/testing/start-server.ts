// The SDK's tests have the same. It cannot be shared: TypeScript refuses a path into another package's folder in what
// it emits (TS2878), and an entry of a package would be published with it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** A request as it came over the wire. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answers one request; `index` counts them from 0. */
export type Reply = (request: SeenRequest, response: ServerResponse, index: number) => void;

export interface TestServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
}

/** A real HTTP server on a free port for the running test; it closes with the test. */
export async function startServer(reply: Reply): Promise<TestServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const { method = "", url = "", headers } = incoming;
      requests.push({ method, url, headers, body });
      reply({ method, url, headers, body }, response, requests.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
  };
}

/** Answers JSON. */
export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
