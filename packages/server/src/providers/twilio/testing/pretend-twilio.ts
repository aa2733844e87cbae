import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readFixture } from "./read-fixture.ts";

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The form, each parameter once. */
  readonly form: Readonly<Record<string, string>>;
}

/** What the server does with a request: an answer, or one of the ways not to give one. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | "hang"
  | "hang_up";

/** Twilio's API on a free port of this machine. It takes every message under a SID of its own. */
export interface PretendTwilio {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** How it answers from now on, everything or what is at each path. */
  answerWith(answer: Answer | ((path: string) => Answer)): void;
  /** Resolves when the next request has come in. */
  nextRequest(): Promise<ReceivedRequest>;
  /** From now on nobody listens at this address. */
  stopListening(): Promise<void>;
}

export async function startPretendTwilio(): Promise<PretendTwilio> {
  const requests: ReceivedRequest[] = [];
  const waiting: ((request: ReceivedRequest) => void)[] = [];
  let answer: Answer | ((path: string) => Answer) | undefined;
  const server = createServer((request, response) => {
    void read(request).then((received) => {
      requests.push(received);
      for (const resolve of waiting.splice(0)) resolve(received);
      const chosen = typeof answer === "function" ? answer(received.path) : answer;
      reply(response, chosen ?? created(requests.length));
    });
  });
  return {
    url: await listen(server),
    requests,
    answerWith: (next) => {
      answer = next;
    },
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    stopListening: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function created(count: number): Answer {
  const sid = `SM${String(count).padStart(32, "0")}`;
  const body = { ...JSON.parse(readFixture("message-created.json")), sid };
  return { status: 201, body: JSON.stringify(body) };
}

async function read(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
  const { method = "", url = "", headers } = request;
  return { method, path: url, headers, form };
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === "hang") return;
  if (answer === "hang_up") {
    response.destroy();
    return;
  }
  // No connection is kept: one that is broken by stopListening would look like an answer that never came.
  const common = { "content-type": "application/json", connection: "close" };
  response.writeHead(answer.status, { ...common, ...answer.headers }).end(answer.body);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  return `http://127.0.0.1:${address.port}`;
}
