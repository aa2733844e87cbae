import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { retention } from "../retention.ts";

/** Records every request of `app` with its answer. It keeps references only; text is made when somebody reads the log. */
export function recordRequests(app: FastifyInstance, carrier: Carrier): void {
  const answers = new WeakMap<FastifyReply, string>();
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (typeof payload === "string") answers.set(reply, payload);
    done(null, payload);
  });
  app.addHook("onResponse", (request, reply, done) => {
    addRecord(carrier, request, {
      status: reply.statusCode,
      response: answers.get(reply),
      durationMs: reply.elapsedTime,
    });
    done();
  });
}

/** Records a request that gets no answer, or none that is whole: its status is 0. */
export function recordUnanswered(
  carrier: Carrier,
  request: FastifyRequest,
  durationMs: number,
): void {
  addRecord(carrier, request, { status: 0, response: undefined, durationMs });
}

interface Answer {
  readonly status: number;
  readonly response: string | undefined;
  readonly durationMs: number;
}

function addRecord(carrier: Carrier, request: FastifyRequest, answer: Answer): void {
  const { method, url, headers } = request;
  const atMs = carrier.clock.now() - Math.round(answer.durationMs);
  carrier.requests.add({ atMs, method, url, headers, body: recordableBody(request), ...answer });
  carrier.changes.publish("request");
}

function recordableBody(request: FastifyRequest): unknown {
  const { body } = request;
  if (body === undefined || body === null) return undefined;
  if (Buffer.isBuffer(body)) return { bytes: body.length };
  const declared = request.headers["content-length"];
  const bytes = declared === undefined ? JSON.stringify(body).length : Number(declared);
  return bytes > retention.recordedBodyBytesMax ? { bytes } : body;
}
