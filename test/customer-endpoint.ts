import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { Event, EventType } from "@richline/sdk";

/** One delivery as it came over the wire. */
export interface ReceivedDelivery {
  readonly headers: IncomingHttpHeaders;
  /** The body before any parsing: what the signatures are about. */
  readonly body: string;
  readonly event: Event;
}

/** A customer's own HTTP server, which takes the gateway's events. */
export interface CustomerEndpoint {
  readonly url: string;
  /** Everything that came, in its order, repeats included. */
  readonly received: readonly ReceivedDelivery[];
  ofType(type: EventType): readonly ReceivedDelivery[];
  close(): Promise<void>;
}

/** Which status to answer; a promise that never settles is an endpoint that never answers. */
export type EndpointReply = (delivery: ReceivedDelivery) => number | Promise<number>;

/** Starts an endpoint on a free port. It answers 200 unless `reply` says otherwise. */
export async function startCustomerEndpoint(
  reply: EndpointReply = () => 200,
): Promise<CustomerEndpoint> {
  const received: ReceivedDelivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const delivery = { headers: request.headers, body, event: JSON.parse(body) };
      received.push(delivery);
      void answer(response, reply(delivery));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/webhooks/rcs`,
    received,
    ofType: (type) => received.filter(({ event }) => event.type === type),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(response: ServerResponse, status: number | Promise<number>): Promise<void> {
  response.writeHead(await status).end();
}
