import { e164, rbmBatchGetUsers } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import type { Exchange } from "../http/answer-as.ts";
import { actUnderFault } from "../http/faults.ts";
import { behaviourOf, isSmsOnly } from "../magic-numbers.ts";
import {
  isTestable,
  queryText,
  refuseByBehaviour,
  requireAgent,
  requirePhoneNumber,
  requireRcs,
  requireTester,
  requireUuid,
} from "./access.ts";
import { featuresOf } from "./features.ts";
import { parseBody, resourceExhausted } from "./rpc-error.ts";
import { networkOf } from "./us-networks.ts";

const batchGetRequest = z.strictObject({
  users: z
    .array(e164)
    .max(rbmBatchGetUsers.max)
    .refine((users) => new Set(users).size >= rbmBatchGetUsers.min, {
      error: `Must hold at least ${rbmBatchGetUsers.min} unique phone numbers.`,
    }),
  agentId: z.string().optional(),
});

/** Adds `phones.getCapabilities` and `users.batchGet`. Source: RBM reference. */
export function registerCapabilities(app: FastifyInstance, carrier: Carrier): void {
  app.get<{ Params: { number: string } }>("/v1/phones/:number/capabilities", (request, reply) => {
    const phoneNumber = requirePhoneNumber(request.params.number);
    const exchange = { carrier, request, reply };
    return actUnderFault(exchange, { on: "capabilities", phoneNumber }, () =>
      getCapabilities(exchange, phoneNumber),
    );
  });
  app.post("/v1/users::batchGet", (request, reply) => {
    const exchange = { carrier, request, reply };
    return actUnderFault(exchange, { on: "capabilities" }, () => batchGet(exchange));
  });
}

/** A request id that the agent has used before is answered as then. Source: RBM reference: "the RBM platform ignores the new request". */
function getCapabilities({ carrier, request }: Exchange, phoneNumber: string): object {
  const agent = requireAgent(carrier, queryText(request, "agentId"));
  const requestId = requireUuid("requestId", queryText(request, "requestId"));
  const key = `${agent.agentId} ${requestId}`;
  const before = carrier.rbm.capabilityAnswers.get(key);
  if (before !== undefined) return before;
  const phone = carrier.phones.findOrCreate(phoneNumber);
  requireTester(carrier, agent, phoneNumber);
  requireRcs(phone);
  refuseByBehaviour(phone.behaviour);
  const network = networkOf(phoneNumber, phone);
  const answer = {
    features: featuresOf(phone),
    ...(network === undefined ? {} : { carrier: network }),
  };
  carrier.rbm.capabilityAnswers.set(key, answer);
  return answer;
}

/**
 * Which of many numbers can be reached. The sample is every number but each fourth, so it is 75 % and the same each time.
 * The agent is taken from the body, as the reference says, or from the query, as the guide does.
 */
function batchGet({ carrier, request }: Exchange): object {
  const { users, agentId } = parseBody(batchGetRequest, request.body);
  const agent = requireAgent(carrier, agentId ?? queryText(request, "agentId"));
  const { batchGetsPerMinuteMax } = carrier.rbm.settings.current.quotas;
  if (!agent.batchGetRate.take(batchGetsPerMinuteMax, carrier.clock.now())) {
    throw resourceExhausted(`Quota exceeded: ${batchGetsPerMinuteMax} calls a minute.`, 60);
  }
  const unique = [...new Set<string>(users)];
  const sample = unique.filter((_user, index) => index % 4 !== 3);
  const reachable = unique.filter(
    (user) => isReachable(carrier, user) && isTestable(carrier, agent, user),
  );
  const byNetwork = groupByNetwork(carrier, reachable);
  return {
    reachableUsers: reachable,
    totalRandomSampleUserCount: sample.length,
    reachableRandomSampleUserCount: sample.filter((user) => isReachable(carrier, user)).length,
    ...(Object.keys(byNetwork).length === 0 ? {} : { reachableUsersMap: byNetwork }),
  };
}

/** Reachable numbers of the United States by network. Source: RBM reference, users.batchGet, reachableUsersMap. */
function groupByNetwork(
  carrier: Carrier,
  users: readonly string[],
): Readonly<Record<string, string[]>> {
  const groups = new Map<string, string[]>();
  for (const user of users) {
    const network = networkOf(user, carrier.phones.find(user));
    if (network === undefined) continue;
    const group = groups.get(network);
    if (group === undefined) groups.set(network, [user]);
    else group.push(user);
  }
  return Object.fromEntries(groups);
}

/** Looks a number up without making a phone of it: a list of 10,000 is no use of 10,000 phones. */
function isReachable(carrier: Carrier, phoneNumber: string): boolean {
  const phone = carrier.phones.find(phoneNumber);
  if (phone !== undefined) return phone.settings.rcs === "enabled";
  const behaviour = behaviourOf(phoneNumber);
  return !(
    behaviour === "not_capable" ||
    behaviour === "disabled" ||
    behaviour === "invalid_number" ||
    isSmsOnly(behaviour)
  );
}
