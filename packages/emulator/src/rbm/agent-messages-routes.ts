import { limits } from "@richline/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { fateByNumber } from "../carrier/answer-fate.ts";
import type { Carrier } from "../carrier/carrier.ts";
import { acceptMessage, revokeMessage } from "../carrier/delivery.ts";
import { agentEventMark } from "../carrier/messages.ts";
import type { AgentMessage } from "../carrier/model.ts";
import { answerAs, type Exchange, hangUp } from "../http/answer-as.ts";
import { actUnderFault } from "../http/faults.ts";
import {
  queryText,
  refuseByBehaviour,
  requireAgent,
  requirePhoneNumber,
  requireRcs,
  requireUuid,
} from "./access.ts";
import {
  durationMs,
  type RbmAgentMessage,
  type RbmContent,
  rbmAgentMessage,
} from "./agent-message.ts";
import { refuseSend } from "./refuse-send.ts";
import { type FieldViolation, invalidArgument, parseBody, RpcError } from "./rpc-error.ts";

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

function send(exchange: Exchange, phoneNumber: string): unknown {
  const { carrier, request } = exchange;
  const agent = requireAgent(carrier, queryText(request, "agentId"));
  const messageId = requireUuid("messageId", queryText(request, "messageId"));
  requireSize(request);
  const body = parseBody(rbmAgentMessage, request.body);
  const expireAtMs = requireExpiry(carrier, body);
  requireFiles(carrier, body.contentMessage);
  const known = carrier.messages.known(agent.agentId, messageId);
  if (known !== undefined) return answerRepeat(carrier, known, { phoneNumber, messageId });

  const phone = carrier.phones.findOrCreate(phoneNumber);
  requireRcs(phone);
  refuseByBehaviour(phone.behaviour);
  const key = `${agent.agentId} ${messageId}`;
  refuseSend(carrier, phone.behaviour, { key, content: body.contentMessage });
  if (phone.behaviour === "reset_before_accept") return hangUp(exchange);
  const message = acceptMessage(carrier, {
    agent,
    phone,
    messageId,
    content: body.contentMessage,
    trafficType: body.messageTrafficType,
    expireAtMs,
  });
  return answerAs(exchange, fateByNumber("rcs", phone.behaviour), toAnswer(message));
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
  if (known !== agentEventMark) return toAnswer(known);
  const sendTime = new Date(carrier.clock.now()).toISOString();
  return { name: `phones/${phoneNumber}/agentMessages/${messageId}`, sendTime };
}

function toAnswer(message: AgentMessage): object {
  const { expireAtMs, trafficType } = message;
  return {
    name: `phones/${message.phone.settings.phoneNumber}/agentMessages/${message.messageId}`,
    sendTime: new Date(message.sentAtMs).toISOString(),
    contentMessage: message.content,
    ...(trafficType === undefined ? {} : { messageTrafficType: trafficType }),
    ...(expireAtMs === undefined ? {} : { expireTime: new Date(expireAtMs).toISOString() }),
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

/** Every uploaded file that a message names must have been uploaded. */
function requireFiles({ files }: Carrier, content: RbmContent): void {
  const violations = namedFiles(content)
    .filter(({ name }) => files.find(name.slice("files/".length)) === undefined)
    .map(
      ({ field, name }): FieldViolation => ({
        field,
        description: `No file ${name} was uploaded.`,
      }),
    );
  if (violations.length > 0) throw invalidArgument(...violations);
}

interface NamedFile {
  readonly field: string;
  readonly name: string;
}

function namedFiles(content: RbmContent): NamedFile[] {
  const { richCard } = content;
  if (richCard === undefined) return filesOf(content, "contentMessage");
  const { standaloneCard, carouselCard } = richCard;
  const inside = "contentMessage.richCard";
  const single = filesOf(
    standaloneCard?.cardContent.media,
    `${inside}.standaloneCard.cardContent.media`,
  );
  const several = (carouselCard?.cardContents ?? []).flatMap(({ media }, index) =>
    filesOf(media, `${inside}.carouselCard.cardContents[${index}].media`),
  );
  return [...single, ...several];
}

function filesOf(
  holder: Pick<RbmContent, "fileName" | "uploadedRbmFile"> | undefined,
  field: string,
): NamedFile[] {
  const { fileName, uploadedRbmFile } = holder ?? {};
  const found = [
    { field: `${field}.fileName`, name: fileName },
    { field: `${field}.uploadedRbmFile.fileName`, name: uploadedRbmFile?.fileName },
    { field: `${field}.uploadedRbmFile.thumbnailName`, name: uploadedRbmFile?.thumbnailName },
  ];
  return found.flatMap(({ field, name }) => (name === undefined ? [] : [{ field, name }]));
}

function revoke(exchange: Exchange, phoneNumber: string, messageId: string): object {
  const { carrier, request } = exchange;
  const agent = requireAgent(carrier, queryText(request, "agentId"));
  const phone = carrier.phones.find(phoneNumber);
  refuseByBehaviour(phone?.behaviour);
  const known = carrier.messages.known(agent.agentId, messageId);
  const own = known !== agentEventMark && known?.phone.settings.phoneNumber === phoneNumber;
  const revoked = own && revokeMessage(known);
  if (revoked || carrier.revokeBehaviour === "legacy") return {};
  throw new RpcError(
    "NOT_FOUND",
    own
      ? "The message was delivered already and cannot be revoked."
      : "The agent has sent no such message to this phone.",
  );
}
