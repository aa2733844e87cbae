import {
  type PersonEventRequest,
  personEventRequest,
  personSendsRequest,
  tapRequest,
} from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import { readThread } from "../carrier/delivery.ts";
import type { AgentMessage, Message, PersonContent, Phone } from "../carrier/model.ts";
import {
  optIn,
  optOut,
  sendFromPerson,
  startTyping,
  suggestionsOf,
  tapSuggestion,
} from "../carrier/person.ts";
import { sendSmsFromPerson } from "../carrier/sms.ts";
import type { RbmSuggestion } from "../rbm/suggestion.ts";
import {
  requireAddressee,
  requireKnownAgent,
  requireOnlinePhone,
  requirePhone,
  requireSmsAddressee,
  requireUsablePhone,
} from "./lookup.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewMessage } from "./views.ts";

interface OnePhone {
  Params: { number: string };
}

/** Adds what the person with the phone can do: write, tap, read, type, subscribe and unsubscribe. */
export function registerPerson(app: FastifyInstance, carrier: Carrier): void {
  app.post<OnePhone>("/phones/:number/messages", (request, reply) => {
    const body = parseControl(personSendsRequest, request.body);
    return reply.code(201).send(viewMessage(send(carrier, request.params.number, body)));
  });
  app.post<OnePhone>("/phones/:number/taps", (request) => {
    const tap = parseControl(tapRequest, request.body);
    const phone = requireUsablePhone(carrier, request.params.number);
    const message = requireShown(phone, tap.messageId);
    const suggestion = requireSuggestion(message, tap);
    const answer = tapSuggestion(carrier, message, suggestion);
    return { suggestion, ...(answer === undefined ? {} : { message: viewMessage(answer) }) };
  });
  app.post<OnePhone>("/phones/:number/events", (request) => {
    const { event, agentId } = parseControl(personEventRequest, request.body);
    const phone = requireUsablePhone(carrier, request.params.number);
    if (event === "read") {
      if (agentId !== undefined) requireKnownAgent(carrier, agentId);
      return { event, messagesRead: readThread(carrier, phone, agentId) };
    }
    act(carrier, phone, { event, agentId });
    return { event };
  });
}

type PersonSends = z.output<typeof personSendsRequest>;

function send(carrier: Carrier, number: string, body: PersonSends): Message {
  if (channelOf(requirePhone(carrier, number), body) === "rcs") {
    const phone = requireUsablePhone(carrier, number);
    const agent = requireAddressee(carrier, phone, body.agentId);
    return sendFromPerson(carrier, { phone, agent }, toContent(body));
  }
  const phone = requireOnlinePhone(carrier, number);
  const sender = requireSmsAddressee(carrier, phone, body.sender);
  if (body.text !== undefined) return sendSmsFromPerson(carrier, phone, sender, body.text);
  throw new ControlError("invalid_request", "The thread's newest message is an SMS: give text.");
}

/** The channel asked for; that of an agent who is named; that of the thread's newest message. */
function channelOf(phone: Phone, { channel, agentId }: PersonSends): Message["channel"] {
  if (channel !== undefined) return channel;
  return agentId === undefined ? (phone.thread.at(-1)?.channel ?? "rcs") : "rcs";
}

function toContent(body: PersonSends): PersonContent {
  if (body.text !== undefined) return { text: body.text };
  if (body.location !== undefined) return { location: body.location };
  if (body.file !== undefined) {
    return { userFile: { payload: { ...body.file, fileSizeBytes: body.file.fileSizeBytes ?? 0 } } };
  }
  throw new ControlError("invalid_request", "Give exactly one of text, location and file.");
}

function act(
  carrier: Carrier,
  phone: Phone,
  {
    event,
    agentId,
  }: { event: Exclude<PersonEventRequest["event"], "read">; agentId: string | undefined },
): void {
  const agent = requireAddressee(carrier, phone, agentId);
  switch (event) {
    case "typing":
      startTyping(carrier, { phone, agent });
      break;
    case "subscribe":
      optIn(carrier, { phone, agent });
      break;
    case "unsubscribe":
      optOut(carrier, { phone, agent });
      break;
  }
}

/** A message from an agent that the thread shows. */
function requireShown(phone: Phone, messageId: string): AgentMessage {
  const message = phone.thread.findLast(
    (one) => one.messageId === messageId && one.state !== "forgotten",
  );
  if (message?.channel === "rcs" && message.direction === "outbound") return message;
  throw new ControlError(
    "not_found",
    `The thread of ${phone.settings.phoneNumber} shows no message ${messageId} from an agent. Is it delivered?`,
  );
}

function requireSuggestion(
  message: AgentMessage,
  { index, postbackData }: z.output<typeof tapRequest>,
): RbmSuggestion {
  const suggestions = suggestionsOf(message.content);
  const found =
    index === undefined
      ? suggestions.find(({ reply, action }) => (reply ?? action)?.postbackData === postbackData)
      : suggestions[index];
  if (found !== undefined) return found;
  const asked = index === undefined ? `with postbackData "${postbackData}"` : `number ${index}`;
  const known = suggestions.map(({ reply, action }) => (reply ?? action)?.postbackData).join(", ");
  throw new ControlError(
    "not_found",
    suggestions.length === 0
      ? "The message has no suggestions."
      : `The message has no suggestion ${asked}. Its postback data, from number 0: ${known}.`,
  );
}
