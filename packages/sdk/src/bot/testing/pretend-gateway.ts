import type { ServerResponse } from "node:http";
import { replyJson, startServer } from "../../testing/start-server.ts";
import type { BotEvent } from "../event-kinds.ts";

/** A message that a bot sent. */
export interface SentMessage {
  readonly messageId: string;
  readonly conversationId: string;
  readonly agentId?: string;
  readonly message: { readonly text?: string } & Record<string, unknown>;
  readonly trafficType?: string;
}

/** As much of a gateway as a bot meets: messages with their idempotency, hints, contacts and the event stream. */
export interface PretendGateway {
  readonly url: string;
  /** What people got: each message once, in the order of its first acceptance. */
  readonly sent: readonly SentMessage[];
  readonly texts: () => readonly (string | undefined)[];
  /** Every call, such as `POST /v1/messages`. */
  readonly calls: readonly string[];
  /** What each stream was asked for. */
  readonly streamQueries: readonly string[];
  /** Lets the next calls of a path fail with these statuses. */
  failNext(path: string, ...statuses: readonly number[]): void;
  /** Adds an event to the log; streams that are open get it. */
  happens(event: BotEvent): void;
  /** Ends all streams. */
  cutStreams(): void;
  /** Resolves when so many messages were accepted. */
  untilSent(count: number): Promise<void>;
}

export async function startPretendGateway(): Promise<PretendGateway> {
  const sent: SentMessage[] = [];
  const bodies = new Map<string, string>();
  const calls: string[] = [];
  const failures = new Map<string, number[]>();
  const log = createEventLog();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  const accept = (body: string, response: ServerResponse): void => {
    // SAFETY: only the SDK calls this server.
    const message = JSON.parse(body) as SentMessage;
    const before = bodies.get(message.messageId);
    if (before !== undefined && before !== body) {
      problem(response, 409, "message_id_conflict");
      return;
    }
    if (before === undefined) {
      bodies.set(message.messageId, body);
      sent.push(message);
    }
    const headers: Record<string, string> =
      before === undefined ? {} : { "idempotent-replayed": "true" };
    const answer = { name: "x", createTime: "2026-11-23T10:00:00Z", state: "QUEUED" };
    replyJson(response, before === undefined ? 202 : 200, answer, headers);
    for (const one of waiting) if (sent.length >= one.count) one.resolve();
  };

  const server = await startServer(({ method, url, body }, response) => {
    const { pathname, searchParams } = new URL(url, "http://gateway");
    calls.push(`${method} ${pathname}`);
    const status = failures.get(pathname)?.shift();
    if (status !== undefined) problem(response, status, "pretended");
    else if (pathname === "/v1/messages") accept(body, response);
    else if (pathname === "/v1/events:stream") log.openStream(searchParams, response);
    else if (/^\/v1\/conversations\/[^/]+\/(typing|read)$/.test(pathname)) {
      response.writeHead(202).end();
    } else if (pathname === "/v1/contacts/ana") {
      replyJson(response, 200, { conversationId: "ana" });
    } else problem(response, 404, "not_found");
  });
  return {
    url: server.url,
    sent,
    texts: () => sent.map(({ message }) => message.text),
    calls,
    streamQueries: log.queries,
    failNext: (path, ...statuses) => {
      failures.set(path, [...statuses]);
    },
    happens: log.add,
    cutStreams: log.cut,
    untilSent: (count) =>
      new Promise((resolve) => {
        if (sent.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}

/** The gateway's log of events; the cursor of an event is its number. */
function createEventLog() {
  const events: BotEvent[] = [];
  const queries: string[] = [];
  const streams = new Set<{ response: ServerResponse; types: readonly string[] | undefined }>();
  const write = (response: ServerResponse, index: number): void => {
    response.write(`id: ${index + 1}\ndata: ${JSON.stringify(events[index])}\n\n`);
  };
  return {
    queries,
    openStream: (query: URLSearchParams, response: ServerResponse): void => {
      queries.push(String(query));
      response.writeHead(200, { "content-type": "text/event-stream" });
      const from = Number(query.get("cursor") ?? events.length);
      response.write(`id: ${from}\n\n`);
      for (let index = from; index < events.length; index += 1) write(response, index);
      const stream = { response, types: query.get("types")?.split(",") };
      streams.add(stream);
      response.on("close", () => streams.delete(stream));
    },
    add: (event: BotEvent): void => {
      events.push(event);
      for (const { response, types } of streams) {
        if (types?.includes(event.type) !== false) write(response, events.length - 1);
      }
    },
    cut: (): void => {
      for (const { response } of streams) response.destroy();
    },
  };
}

function problem(response: ServerResponse, status: number, code: string): void {
  replyJson(response, status, { status, code, detail: code, requestId: "req_1" });
}
