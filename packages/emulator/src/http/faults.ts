import type { FaultRule } from "@richline/contract";
import { fateByRule } from "../carrier/answer-fate.ts";
import { errorOfStatus } from "../rbm/rpc-error.ts";
import { answerAs, type Exchange, hangUp, pause } from "./answer-as.ts";

/** Status of an error whose rule names none. */
export const defaultFaultStatus = 500;

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
  { on, phoneNumber, errorOf = errorOfStatus }: FaultTarget,
  act: () => unknown,
): Promise<unknown> {
  const { faults } = exchange.carrier;
  if (faults.isEmpty) return act();
  const effect = faults.take(on, { phoneNumber, agentId: agentOf(exchange) });
  if (effect === undefined) return act();
  const fate = fateByRule(effect);
  if (fate.kind !== "late") await pause(exchange.carrier, effect.delayMs ?? 0);
  if (effect.action === "error") {
    throw errorOf(effect.status ?? defaultFaultStatus, effect.retryAfterSeconds);
  }
  if (effect.action === "reset") return hangUp(exchange);
  const answer = await act();
  // A magic number may have let the answer come to grief already.
  return exchange.reply.sent ? answer : answerAs(exchange, fate, answer);
}

/** The agent that a call speaks for: in its query, or in its body as of `users.batchGet`. */
function agentOf({ request }: Exchange): string | undefined {
  return textIn(request.query, "agentId") ?? textIn(request.body, "agentId");
}

function textIn(holder: unknown, name: string): string | undefined {
  if (typeof holder !== "object" || holder === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(holder, name)?.value;
  return typeof value === "string" ? value : undefined;
}
