import { once } from "node:events";
import type { EventType, Mode } from "@richline/contract";
import type { FastifyReply } from "fastify";
import { pause } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { HttpContext } from "./http-context.ts";

/** Most streams of one node; each holds a socket and reads the log by itself. */
const streamsMax = 100;
/** A line this often keeps proxies from closing a quiet stream, in milliseconds. */
const heartbeatMs = 15_000;
/** Looks for events at least this often, in milliseconds; a hint comes sooner. */
const pollMs = 1_000;
/** Events read at once. */
const pageSize = 200;

export interface StreamRequest {
  readonly mode: Mode;
  /** From now on when not given. */
  readonly cursor: string | undefined;
  readonly types: readonly EventType[] | undefined;
  /** Whether the key is still good; asked at every heartbeat. */
  readonly isAllowed: () => Promise<boolean>;
}

export interface LiveStreams {
  /** Answers with the events from `cursor` on, until the client or this node goes. */
  open(reply: FastifyReply, request: StreamRequest): Promise<void>;
  close(): Promise<void>;
}

/** The event log as server-sent events. Source: WHATWG HTML, "Server-sent events". */
export function createLiveStreams(context: HttpContext): LiveStreams {
  const open = new Set<AbortController>();
  return {
    open: async (reply, request) => {
      if (open.size >= streamsMax) {
        throw new PlatformError("rate_limited", {
          publicMessage: `At most ${streamsMax} streams a node are open at once.`,
          retryAfterSeconds: 5,
        });
      }
      // The place is taken, and the client's going noticed, before anything is waited for.
      const ended = new AbortController();
      open.add(ended);
      reply.raw.on("close", () => ended.abort());
      try {
        // Before the headers go out: a bad cursor is still a clean error.
        const cursor = request.cursor ?? (await context.store.endOfEvents());
        await context.store.listEvents({ ...filterOf(request), cursor, limit: 1 });
        begin(reply);
        await follow(context, reply, { ...request, cursor }, ended.signal);
        reply.raw.end();
      } finally {
        open.delete(ended);
      }
    },
    close: async () => {
      for (const stream of open) stream.abort();
    },
  };
}

function begin(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
}

async function follow(
  context: HttpContext,
  reply: FastifyReply,
  request: StreamRequest & { readonly cursor: string },
  signal: AbortSignal,
): Promise<void> {
  let { cursor } = request;
  let rest = new AbortController();
  const forget = context.store.onHint((hint) => {
    if (hint === "event") rest.abort();
  });
  let checkedAtMs = context.clock.now();
  // An id by itself: a client that is cut off before the first event still knows where to go on.
  reply.raw.write(`id: ${cursor}\n\n`);
  try {
    while (!signal.aborted) {
      rest = new AbortController();
      const end = await context.store.endOfEvents();
      const page = await context.store.listEvents({
        ...filterOf(request),
        cursor,
        limit: pageSize,
      });
      for (const event of page.items) {
        cursor = event.cursor;
        await write(
          reply,
          `id: ${event.cursor}\nevent: ${event.type}\ndata: ${event.body}\n\n`,
          signal,
        );
      }
      if (page.nextCursor !== undefined) continue;
      // What the filter left out is not read again on the next hint.
      cursor = laterCursor(cursor, end);
      if (context.clock.now() - checkedAtMs >= heartbeatMs) {
        checkedAtMs = context.clock.now();
        if (!(await request.isAllowed())) return;
        await write(reply, ": keep-alive\n\n", signal);
      }
      await pause(context.clock, pollMs, AbortSignal.any([signal, rest.signal]));
    }
  } finally {
    forget();
  }
}

/** What the store is asked for, and nothing of what is the stream's own. */
function filterOf({ mode, types }: StreamRequest) {
  return { mode, types };
}

/** Waits for a slow reader instead of gathering its events in memory. */
async function write(reply: FastifyReply, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || reply.raw.write(text)) return;
  await once(reply.raw, "drain", { signal }).catch(() => undefined);
}

/** The later of two places in the log; both are `transaction.sequence`. */
function laterCursor(a: string, b: string): string {
  const [aXid = 0, aSeq = 0] = a.split(".").map(Number);
  const [bXid = 0, bSeq = 0] = b.split(".").map(Number);
  return bXid > aXid || (bXid === aXid && bSeq > aSeq) ? b : a;
}
