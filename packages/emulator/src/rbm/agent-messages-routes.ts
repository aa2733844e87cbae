import { limits } from "@richline/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { fateByNumber } from "../carrier/answer-fate.ts";
import type { Carrier } from "../carrier/carrier.ts";
import { isUnitedStates } from "../carrier/country.ts";
import { acceptMessage, revokeMessage } from "../carrier/delivery.ts";
import { agentEventMark } from "../carrier/messages.ts";
import type { Agent, AgentMessage } from "../carrier/model.ts";
import { answerAs, type Exchange, hangUp } from "../http/answer-as.ts";
import { actUnderFault } from "../http/faults.ts";
import {
  queryText,
  refuseByBehaviour,
  requireAgent,
  requirePhoneNumber,
  requireRcs,
  requireTester,
  requireUuid,
} from "./access.ts";
import { durationMs, type RbmAgentMessage, rbmAgentMessage } from "./agent-message.ts";
import { classifyFromAgent } from "./classification.ts";
import { mediaBytesOf, requireFiles, requireMedia } from "./content-media.ts";
import { requireFeatures } from "./features.ts";
import { refuseSend, throttle } from "./refuse-send.ts";
import { invalidArgument, parseBody, RpcError } from "./rpc-error.ts";
import { networkOf } from "./us-networks.ts";

/** Adds `phones.agentMessages.create` and `.delete`. Source: RBM reference. */
export function registerAgentMessages(app: FastifyInstance, carrier: Carrier): void {
  app.post<{ Params: { number: string } }>("/v1/phones/:number/agentMessages", (request, reply) => {
    const phoneNumber = requirePhoneNumber(request.params.number);
    const exchange = { carrier, request, reply };
    return actUnderFault(exchange, { on: "send", phoneNumber }, () => send(exchange, phoneNumber));
  });
  app.delete<{ Params: { number: string; messageId: string } }>(
    "/v1/phones/:number/agentMessages/:messageId",
    (request, reply) => {
      const phoneNumber = requirePhoneNumber(request.params.number);
      const exchange = { carrier, request, reply };
      return actUnderFault(exchange, { on: "revoke", phoneNumber }, () =>
        revoke(exchange, phoneNumber, request.params.messageId),
      );
    },
  );
}

/** A send whose words are in order. */
interface Send {
  readonly agent: Agent;
  readonly phoneNumber: string;
  readonly messageId: string;
  readonly body: RbmAgentMessage;
  readonly trafficType: string;
  readonly expireAtMs: number | undefined;
}

function send(exchange: Exchange, phoneNumber: string): unknown {
  const { carrier, request } = exchange;
  const agent = requireAgent(carrier, queryText(request, "agentId"));
  const messageId = requireUuid("messageId", queryText(request, "messageId"));
  throttle(carrier, agent);
  requireSize(request);
  const body = parseBody(rbmAgentMessage, request.body);
  const expireAtMs = requireExpiry(carrier, body);
  const trafficType = requireTrafficType(agent, body.messageTrafficType);
  requireFiles(carrier, body.contentMessage);
  const known = carrier.messages.known(agent.agentId, messageId);
  if (known !== undefined) return answerRepeat(carrier, known, { phoneNumber, messageId });
  const wanted = { agent, phoneNumber, messageId, body, trafficType, expireAtMs };
  const fetched = requireMedia(carrier, body.contentMessage);
  return fetched === undefined
    ? accept(exchange, wanted)
    : fetched.then(() => acceptAfterWait(exchange, wanted));
}

/** While files were fetched, the same message may have come again and been accepted. */
function acceptAfterWait(exchange: Exchange, wanted: Send): unknown {
  const { agent, messageId } = wanted;
  const known = exchange.carrier.messages.known(agent.agentId, messageId);
  return known === undefined
    ? accept(exchange, wanted)
    : answerRepeat(exchange.carrier, known, wanted);
}

function accept(exchange: Exchange, wanted: Send): unknown {
  const { carrier } = exchange;
  const { agent, phoneNumber, messageId, body, trafficType, expireAtMs } = wanted;
  const phone = carrier.phones.findOrCreate(phoneNumber);
  requireTester(carrier, agent, phoneNumber);
  requireRcs(phone);
  refuseByBehaviour(phone.behaviour);
  const key = `${agent.agentId} ${messageId}`;
  refuseSend(carrier, phone.behaviour, { key });
  requireFeatures(carrier, phone, body.contentMessage);
  if (phone.behaviour === "reset_before_accept") return hangUp(exchange);
  const message = acceptMessage(carrier, {
    agent,
    phone,
    messageId,
    content: body.contentMessage,
    trafficType,
    expireAtMs,
  });
  return answerAs(exchange, fateByNumber("rcs", phone.behaviour), toAnswer(carrier, message));
}

/** What an agent of each kind sends unless it says so. Source: RBM guide, "Send messages", message traffic type. */
const defaultTrafficTypes = {
  OTP: "AUTHENTICATION",
  TRANSACTIONAL: "TRANSACTION",
  PROMOTIONAL: "PROMOTION",
  MULTI_USE: undefined,
} as const;

function requireTrafficType(
  { useCase }: Agent,
  given: RbmAgentMessage["messageTrafficType"],
): string {
  if (given !== undefined && given !== "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED") return given;
  const type = defaultTrafficTypes[useCase];
  if (type !== undefined) return type;
  const description = "An agent whose use case is MULTI_USE must say it with each message.";
  throw invalidArgument({ field: "messageTrafficType", description });
}

/**
 * A repeated id is answered as the first time and otherwise ignored, whatever the body says now.
 * Source: RBM reference, agentMessages.create, messageId.
 */
function answerRepeat(
  carrier: Carrier,
  known: AgentMessage | typeof agentEventMark,
  { phoneNumber, messageId }: { readonly phoneNumber: string; readonly messageId: string },
): object {
  if (known !== agentEventMark) return toAnswer(carrier, known);
  const sendTime = new Date(carrier.clock.now()).toISOString();
  return { name: `phones/${phoneNumber}/agentMessages/${messageId}`, sendTime };
}

function toAnswer(carrier: Carrier, message: AgentMessage): object {
  const { expireAtMs, trafficType } = message;
  const { phoneNumber } = message.phone.settings;
  return {
    name: `phones/${phoneNumber}/agentMessages/${message.messageId}`,
    sendTime: new Date(message.sentAtMs).toISOString(),
    contentMessage: message.content,
    ...(trafficType === undefined ? {} : { messageTrafficType: trafficType }),
    ...(expireAtMs === undefined ? {} : { expireTime: new Date(expireAtMs).toISOString() }),
    ...(isUnitedStates(phoneNumber) ? billingOf(carrier, message) : {}),
  };
}

/** What is told of a message to the United States. Source: RBM reference, AgentMessage, output only. */
function billingOf(carrier: Carrier, { content, phone }: AgentMessage): object {
  const payloadBytes = Buffer.byteLength(JSON.stringify(content)) + mediaBytesOf(carrier, content);
  return {
    richMessageClassification: classifyFromAgent(content),
    totalPayloadSizeBytes: String(payloadBytes),
    carrier: networkOf(phone.settings.phoneNumber, phone),
  };
}

/** The bytes on the wire bound the stringified message, so only bodies beyond the limit, or of unknown size, are counted. */
function requireSize({ headers, body }: FastifyRequest): void {
  const declared = Number(headers["content-length"] ?? Number.POSITIVE_INFINITY);
  if (declared <= limits.messageBytesMax) return;
  const bytes = Buffer.byteLength(JSON.stringify(body ?? {}));
  if (bytes <= limits.messageBytesMax) return;
  const description = `The message is ${bytes} bytes of JSON; the limit is ${limits.messageBytesMax}.`;
  throw invalidArgument({ field: "contentMessage", description });
}

/** When the message ends; an expireTime must lie ahead, at most 15 days. Source: RBM guide, "Set a message expiration". */
function requireExpiry(carrier: Carrier, body: RbmAgentMessage): number | undefined {
  const nowMs = carrier.clock.now();
  if (body.ttl !== undefined) return nowMs + durationMs(body.ttl);
  if (body.expireTime === undefined) return undefined;
  const expireAtMs = Date.parse(body.expireTime);
  if (expireAtMs > nowMs && expireAtMs <= nowMs + limits.ttlMsMax) return expireAtMs;
  const description = "Must be in the future and at most 15 days from now.";
  throw invalidArgument({ field: "expireTime", description });
}

function revoke(exchange: Exchange, phoneNumber: string, messageId: string): object {
  const { carrier, request } = exchange;
  const agent = requireAgent(carrier, queryText(request, "agentId"));
  const phone = carrier.phones.find(phoneNumber);
  refuseByBehaviour(phone?.behaviour);
  const known = carrier.messages.known(agent.agentId, messageId);
  const own = known !== agentEventMark && known?.phone.settings.phoneNumber === phoneNumber;
  const revoked = own && revokeMessage(known);
  if (revoked || carrier.rbm.settings.current.revokeBehaviour === "legacy") return {};
  throw new RpcError(
    "NOT_FOUND",
    own
      ? "The message was delivered already and cannot be revoked."
      : "The agent has sent no such message to this phone.",
  );
}
