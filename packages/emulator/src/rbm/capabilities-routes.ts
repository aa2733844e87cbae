import { e164, rbmBatchGetUsers } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import type { Phone } from "../carrier/model.ts";
import type { Exchange } from "../http/answer-as.ts";
import { actUnderFault } from "../http/faults.ts";
import { behaviourOf, isSmsOnly } from "../magic-numbers.ts";
import {
  queryText,
  refuseByBehaviour,
  requireAgent,
  requirePhoneNumber,
  requireRcs,
  requireUuid,
} from "./access.ts";
import { parseBody } from "./rpc-error.ts";

/** What an Android handset can do. Source: RBM guide, "Check capabilities"; PDF in cards is left out, being India's only. */
const androidFeatures = [
  "RICHCARD_STANDALONE",
  "RICHCARD_CAROUSEL",
  "ACTION_CREATE_CALENDAR_EVENT",
  "ACTION_DIAL",
  "ACTION_OPEN_URL",
  "ACTION_OPEN_URL_IN_WEBVIEW",
  "ACTION_SHARE_LOCATION",
  "ACTION_VIEW_LOCATION",
];
/** What an iPhone can do. Ours: Google publishes no list; a webview over the conversation is what iPhones lack. */
const iosFeatures = androidFeatures.filter((feature) => feature !== "ACTION_OPEN_URL_IN_WEBVIEW");

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

function getCapabilities({ carrier, request }: Exchange, phoneNumber: string): object {
  requireAgent(carrier, queryText(request, "agentId"));
  requireUuid("requestId", queryText(request, "requestId"));
  const phone = carrier.phones.findOrCreate(phoneNumber);
  requireRcs(phone);
  refuseByBehaviour(phone.behaviour);
  return { features: featuresOf(phone) };
}

function featuresOf({ behaviour, settings }: Phone): readonly string[] {
  if (behaviour === "text_only") return [];
  return settings.platform === "ios" ? iosFeatures : androidFeatures;
}

/**
 * Which of many numbers can be reached. The sample is every number but each fourth, so it is 75 % and the same each time.
 * The agent is taken from the body, as the reference says, or from the query, as the guide does.
 */
function batchGet({ carrier, request }: Exchange): object {
  const { users, agentId } = parseBody(batchGetRequest, request.body);
  requireAgent(carrier, agentId ?? queryText(request, "agentId"));
  const unique = [...new Set<string>(users)];
  const sample = unique.filter((_user, index) => index % 4 !== 3);
  const reachable = unique.filter((user) => isReachable(carrier, user));
  return {
    reachableUsers: reachable,
    totalRandomSampleUserCount: sample.length,
    reachableRandomSampleUserCount: sample.filter((user) => isReachable(carrier, user)).length,
  };
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
