import { createServer, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** A host of media files, on a free port. */
export interface MediaHost {
  readonly url: string;
  /** Its name with its port, as `allowedMediaHosts` wants it. */
  readonly host: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Resolves when so many requests have come in. */
  take(count: number): Promise<void>;
}

/** Answers a request for a path; what it does not end stays open until the test ends. */
type Serve = (path: string, response: ServerResponse) => void;

/** Starts a host that answers as `serve` says. */
export async function startMediaHost(serve: Serve): Promise<MediaHost> {
  const asked: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    serve(request.url ?? "", response);
    for (const one of waiting) if (asked.length >= one.count) one.resolve();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  return {
    url: `http://${host}`,
    host,
    asked,
    take: async (count) => {
      if (asked.length >= count) return;
      await new Promise<void>((resolve) => {
        waiting.push({ count, resolve });
      });
    },
  };
}

/** A picture of so many bytes. */
export function servePicture(response: ServerResponse, bytes = 12, type = "image/png"): void {
  response.writeHead(200, { "content-type": type, "content-length": bytes });
  response.end(Buffer.alloc(bytes));
}
