import type { ServerResponse } from "node:http";
import type { EmulatorChange } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { retention } from "../retention.ts";
import { ControlError } from "./problem.ts";

/** How long changes are gathered before they are sent, in milliseconds: a screen shows no more often. */
const gatherMs = 25;
/** Most different changes gathered; beyond, one `reset` stands for all. */
const gatheredMax = 500;
/** How often an idle stream says that it lives, in milliseconds: less than the minute after which proxies give up. */
const heartbeatMs = 15_000;
/** Bytes that a reader may leave unread before it is cut off (1 MiB). */
const unreadBytesMax = 1_048_576;

/** Adds `GET /stream`: one server-sent event for each thing that changed. */
export function registerStream(app: FastifyInstance, carrier: Carrier): void {
  let clients = 0;
  const open = new Set<ServerResponse>();
  app.addHook("preClose", (done) => {
    for (const response of open) response.end();
    done();
  });
  app.get("/stream", (_request, reply) => {
    if (clients >= retention.streamClientsMax) {
      throw new ControlError("limit_reached", `At most ${retention.streamClientsMax} streams.`);
    }
    clients += 1;
    reply.hijack();
    open.add(reply.raw);
    follow(carrier, reply.raw, () => {
      clients -= 1;
      open.delete(reply.raw);
    });
  });
}

function follow(carrier: Carrier, response: ServerResponse, onClose: () => void): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": connected\n\n");
  const gathered = new Map<string, EmulatorChange>();
  // Real time, not the carrier's: this is about the reader's screen and connection.
  const heartbeat = setInterval(() => write(response, ": alive\n\n"), heartbeatMs);
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = carrier.changes.subscribe((change) => {
    if (gathered.size < gatheredMax) gathered.set(`${change.type} ${change.phoneNumber}`, change);
    else if (gathered.size === gatheredMax) gathered.set("reset", { type: "reset" });
    timer ??= setTimeout(() => {
      timer = undefined;
      const changes = gathered.size > gatheredMax ? [{ type: "reset" }] : [...gathered.values()];
      gathered.clear();
      write(response, changes.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(""));
    }, gatherMs);
  });
  response.on("close", () => {
    clearInterval(heartbeat);
    clearTimeout(timer);
    unsubscribe();
    onClose();
  });
}

function write(response: ServerResponse, text: string): void {
  if (response.writableLength > unreadBytesMax) response.destroy();
  else response.write(text);
}
