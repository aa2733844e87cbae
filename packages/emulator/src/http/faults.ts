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
  target: FaultTarget,
  act: () => unknown,
): Promise<unknown> {
  const rule = exchange.carrier.faults.take(target.on, target.phoneNumber);
  if (rule === undefined) return act();
  const fate = fateByRule(rule);
  if (fate.kind !== "late") await pause(exchange.carrier, rule.delayMs ?? 0);
  if (rule.action === "error") {
    const errorOf = target.errorOf ?? errorOfStatus;
    throw errorOf(rule.status ?? defaultFaultStatus, rule.retryAfterSeconds);
  }
  if (rule.action === "reset") return hangUp(exchange);
  const answer = await act();
  // A magic number may have let the answer come to grief already.
  return exchange.reply.sent ? answer : answerAs(exchange, fate, answer);
}
