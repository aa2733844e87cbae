import type { FastifyReply, FastifyRequest } from "fastify";
import type { AnswerFate } from "../carrier/answer-fate.ts";
import type { Carrier } from "../carrier/carrier.ts";
import { timeToPhoneMs } from "../carrier/time-to-phone.ts";
import { recordUnanswered } from "./recording.ts";

/** One request and where its answer goes. */
export interface Exchange {
  readonly carrier: Carrier;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answers a request that was acted on, or lets the answer come to grief. */
export function answerAs(exchange: Exchange, fate: AnswerFate, answer: unknown): unknown {
  switch (fate.kind) {
    case "whole":
      return answer;
    case "late":
      return answerLate(exchange, answer, fate.delayMs);
    case "after_receipts":
      return answerAfterReceipts(exchange, answer);
    case "reset":
      return hangUp(exchange);
    case "truncate":
      return breakOff(exchange, answer);
    case "hang":
      return stall(exchange);
  }
}

/** Time to the phone is part of the wait, so that a receipt comes first, however long it takes to be caused. */
async function answerLate(
  { carrier, request }: Exchange,
  answer: unknown,
  delayMs: number,
): Promise<unknown> {
  await pause(carrier, timeToPhoneMs(carrier, phoneNumberOf(request)) + delayMs);
  return answer;
}

/** Only a send by RBM names the message whose receipts are meant: by its agent and the id that the client chose. */
async function answerAfterReceipts(
  { carrier, request }: Exchange,
  answer: unknown,
): Promise<unknown> {
  await pause(carrier, timeToPhoneMs(carrier, phoneNumberOf(request)));
  const { agentId, messageId } = toFields(request.query);
  const message = carrier.messages.known(String(agentId), String(messageId));
  if (typeof message === "object") await carrier.webhooks.firstTries(message);
  return answer;
}

/** The phone that a send goes to: in the path as of RBM, or in the form as of Twilio. */
function phoneNumberOf({ params, body }: FastifyRequest): string {
  return String(toFields(params)["number"] ?? toFields(body)["To"]);
}

function toFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Waits by the carrier's clock. */
export function pause({ clock }: Carrier, delayMs: number): Promise<void> {
  if (delayMs === 0) return Promise.resolve();
  return new Promise((resolve) => {
    clock.schedule(delayMs, resolve);
  });
}

/** Closes the connection without an answer. */
export function hangUp(exchange: Exchange): FastifyReply {
  const reply = takeOver(exchange);
  exchange.request.raw.socket.resetAndDestroy();
  return reply;
}

/** Closes the connection once the status and half of the body are out. */
function breakOff(exchange: Exchange, answer: unknown): FastifyReply {
  const body = Buffer.from(JSON.stringify(answer));
  const reply = takeOver(exchange);
  reply.raw.writeHead(reply.statusCode, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
  });
  reply.raw.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    exchange.request.raw.socket.resetAndDestroy();
  });
  return reply;
}

/** Leaves the connection open without an answer, as long as the client waits, within a bound. */
function stall(exchange: Exchange): FastifyReply {
  const reply = takeOver(exchange);
  const { socket } = exchange.request.raw;
  const forget = exchange.carrier.stalledCalls.hold(() => socket.resetAndDestroy());
  socket.once("close", forget);
  // The client may have gone while we acted; then it says so no more.
  if (socket.destroyed) forget();
  return reply;
}

/** Fastify is to send nothing; the record says that there was no whole answer. */
function takeOver({ carrier, request, reply }: Exchange): FastifyReply {
  recordUnanswered(carrier, request, reply.elapsedTime);
  return reply.hijack();
}
