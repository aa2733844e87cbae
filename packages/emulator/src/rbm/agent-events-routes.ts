import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import type { Agent, Phone } from "../carrier/model.ts";
import {
  queryText,
  refuseByBehaviour,
  requireAgent,
  requirePhoneNumber,
  requireRcs,
  requireTester,
  requireUuid,
} from "./access.ts";
import { rbmAgentEvent } from "./agent-message.ts";
import { parseBody } from "./rpc-error.ts";

/** How long the typing bubble shows, in milliseconds. Source: RBM guide, "Send events" (about 20 s). */
const typingShownMs = 20_000;

/** Adds `phones.agentEvents.create`: the agent types, or has read a message. Source: RBM reference. */
export function registerAgentEvents(app: FastifyInstance, carrier: Carrier): void {
  app.post<{ Params: { number: string } }>("/v1/phones/:number/agentEvents", (request, reply) => {
    const phoneNumber = requirePhoneNumber(request.params.number);
    const agent = requireAgent(carrier, queryText(request, "agentId"));
    const eventId = requireUuid("eventId", queryText(request, "eventId"));
    const event = parseBody(rbmAgentEvent, request.body);
    const phone = carrier.phones.findOrCreate(phoneNumber);
    requireTester(carrier, agent, phoneNumber);
    requireRcs(phone);
    refuseByBehaviour(phone.behaviour);
    if (carrier.messages.known(agent.agentId, eventId) === undefined) {
      carrier.messages.markEvent(agent.agentId, eventId);
      if (event.eventType === "IS_TYPING") showTyping(carrier, phone, agent);
      else markRead(carrier, phone, event.messageId);
    }
    return reply.send({
      name: `phones/${phoneNumber}/agentEvents/${eventId}`,
      ...event,
      sendTime: new Date(carrier.clock.now()).toISOString(),
    });
  });
}

/** A typing event is not kept for a phone that is offline. */
function showTyping(carrier: Carrier, phone: Phone, agent: Agent): void {
  if (!phone.settings.online) return;
  phone.typing = { agentId: agent.agentId, untilMs: carrier.clock.now() + typingShownMs };
  carrier.changes.publish("thread", phone.settings.phoneNumber);
}

function markRead(carrier: Carrier, phone: Phone, messageId: string | undefined): void {
  const message = phone.thread.findLast((one) => one.messageId === messageId);
  if (message?.channel !== "rcs" || message.direction !== "inbound") return;
  message.readAtMs ??= carrier.clock.now();
  carrier.changes.publish("thread", phone.settings.phoneNumber);
}
