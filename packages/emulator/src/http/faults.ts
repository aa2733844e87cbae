import type { FaultRule } from "@richline/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { errorOfStatus } from "../rbm/rpc-error.ts";
import { recordUnanswered } from "./recording.ts";

/** Status of an error whose rule names none. */
export const defaultFaultStatus = 500;

/** One request and where its answer goes. */
export interface Exchange {
  readonly carrier: Carrier;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Which rules apply to a call. */
export interface FaultTarget {
  readonly on: FaultRule["on"];
  readonly phoneNumber?: string | undefined;
  /** The error that the wire answers for a status. Default: Google's. */
  readonly errorOf?: (status: number, retryAfterSeconds?: number) => Error;
}

/** Acts on a request, under the fault rule that applies to it, if any. */
export async function actUnderFault(
  exchange: Exchange,
  target: FaultTarget,
  act: () => unknown,
): Promise<unknown> {
  const rule = exchange.carrier.faults.take(target.on, target.phoneNumber);
  if (rule === undefined) return act();
  await waitFirst(exchange.carrier, rule);
  if (rule.action === "error") {
    const errorOf = target.errorOf ?? errorOfStatus;
    throw errorOf(rule.status ?? defaultFaultStatus, rule.retryAfterSeconds);
  }
  if (rule.action === "reset") return hangUp(exchange);
  const answer = await act();
  return rule.action === "accept_then_reset" ? hangUp(exchange) : answer;
}

/** Closes the connection without an answer. */
export function hangUp({ carrier, request, reply }: Exchange): FastifyReply {
  recordUnanswered(carrier, request, reply.elapsedTime);
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return reply;
}

async function waitFirst({ clock }: Carrier, { delayMs = 0 }: FaultRule): Promise<void> {
  if (delayMs === 0) return;
  await new Promise<void>((resolve) => {
    clock.schedule(delayMs, resolve);
  });
}
