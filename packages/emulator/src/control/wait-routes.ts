import {
  e164,
  type ScreenLine,
  type ThreadMessage,
  timestamp,
  waitForMessageQuery,
  waitForRequestQuery,
  waitForWebhookQuery,
} from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import type { Message, Phone } from "../carrier/model.ts";
import { lineOf, textsOf } from "../carrier/screen.ts";
import { fitsPattern } from "../pattern.ts";
import type { Delivery } from "../webhooks/sender.ts";
import { agentIdOf, webhookTypeOf } from "../webhooks/webhook-type.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewMessage, viewRequest, viewWebhook } from "./views.ts";
import { WaitingRoom, type Wanted } from "./waiting.ts";

/** How much of what there was a wait in vain tells. */
const toldMax = 20;

/** Adds the waits: for a message of a phone, a webhook and a request. */
export function registerWaits(app: FastifyInstance, carrier: Carrier): void {
  const room = new WaitingRoom(carrier);
  app.addHook("preClose", (done) => {
    room.end();
    done();
  });
  app.get<{ Params: { number: string } }>("/phones/:number/wait", (request) => {
    const phoneNumber = requireNumber(request.params.number);
    const query = parseControl(waitForMessageQuery, request.query);
    return room.wait(request, wantedMessage(carrier, phoneNumber, query));
  });
  app.get("/webhooks/wait", (request) => {
    const query = parseControl(waitForWebhookQuery, request.query);
    return room.wait(request, {
      timeoutMs: query.timeoutMs,
      isNews: ({ type }) => type === "webhook",
      find: () => {
        const found = carrier.webhooks.records().find((one) => fitsWebhook(one, query));
        return found === undefined ? undefined : viewWebhook(found);
      },
      whatElse: () => {
        const webhooks = carrier.webhooks.records().slice(-toldMax).map(viewWebhook);
        const lines = carrier.webhooks.records().slice(-toldMax).map(describeWebhook);
        const detail = `No such webhook within ${query.timeoutMs} ms. ${inWords(lines, "There was none.")}`;
        return { detail, members: { webhooks } };
      },
    });
  });
  app.get("/requests/wait", (request) => {
    const query = parseControl(waitForRequestQuery, request.query);
    return room.wait(request, {
      timeoutMs: query.timeoutMs,
      isNews: ({ type }) => type === "request",
      find: () => {
        const found = carrier.requests.list().find((one) => fitsRequest(one, query));
        return found === undefined ? undefined : viewRequest(found);
      },
      whatElse: () => {
        const requests = carrier.requests.list().slice(-toldMax).map(viewRequest);
        const lines = requests.map(({ method, url, status }) => `${method} ${url} ${status}`);
        const detail = `No such request within ${query.timeoutMs} ms. ${inWords(lines, "There was none.")}`;
        return { detail, members: { requests } };
      },
    });
  });
}

type MessageQuery = z.output<typeof waitForMessageQuery>;

function requireNumber(number: string): string {
  const phoneNumber = e164.safeParse(number);
  if (phoneNumber.success) return phoneNumber.data;
  throw new ControlError("invalid_request", `${number} is not a phone number in E.164.`);
}

/** The phone may come into being while it is waited for. */
function wantedMessage(
  carrier: Carrier,
  phoneNumber: string,
  query: MessageQuery,
): Wanted<ThreadMessage> {
  const thread = () => carrier.phones.find(phoneNumber)?.thread ?? [];
  const sinceMs = timestamp.safeParse(query.since).success ? Date.parse(query.since ?? "") : -1;
  if (query.since !== undefined && sinceMs === -1) {
    requireInThread(carrier.phones.find(phoneNumber), query.since);
  }
  const fits = (message: Message) =>
    message.state !== "forgotten" && arrivedAtMs(message) >= sinceMs && fitsMessage(message, query);
  // A thread only grows, but for a tidying, which makes a new one: each message is looked at once.
  let seen: readonly Message[] = [];
  let from = 0;
  const find = () => {
    const messages = thread();
    if (messages !== seen) {
      seen = messages;
      from = sinceMs === -1 ? placeAfter(messages, query.since) : 0;
    }
    const found = messages.slice(from).find(fits);
    from = messages.length;
    return found === undefined ? undefined : viewMessage(found);
  };
  return {
    timeoutMs: query.timeoutMs,
    isNews: (change) => change.type === "thread" && change.phoneNumber === phoneNumber,
    find,
    whatElse: () => {
      const lines = thread()
        .filter(({ state }) => state !== "forgotten")
        .slice(-toldMax)
        .map(lineOf);
      const detail = `No such message within ${query.timeoutMs} ms. ${inWords(
        lines.map(describeLine),
        `The thread of ${phoneNumber} is empty.`,
      )}`;
      return { detail, members: { lines } };
    },
  };
}

function requireInThread(phone: Phone | undefined, messageId: string): void {
  if (phone?.thread.some((message) => message.messageId === messageId)) return;
  throw new ControlError(
    "not_found",
    `since: the thread shows no message ${messageId}, and it is no instant in RFC 3339.`,
  );
}

function placeAfter(messages: readonly Message[], messageId: string | undefined): number {
  if (messageId === undefined) return 0;
  return messages.findLastIndex((message) => message.messageId === messageId) + 1;
}

/** When a message came to stand in the thread. */
function arrivedAtMs(message: Message): number {
  const deliveredAtMs = message.direction === "outbound" ? message.deliveredAtMs : undefined;
  return deliveredAtMs ?? message.sentAtMs;
}

function fitsMessage(message: Message, query: MessageQuery): boolean {
  const { direction, channel, messageId, agentId, text, textMatches } = query;
  if (direction !== undefined && direction !== message.direction) return false;
  if (channel !== undefined && channel !== message.channel) return false;
  if (messageId !== undefined && messageId !== message.messageId) return false;
  const line = lineOf(message);
  if (agentId !== undefined && agentId !== line.agentId) return false;
  const texts = textsOf(line);
  if (text !== undefined && !texts.includes(text)) return false;
  return textMatches === undefined || texts.some((one) => fitsPattern(one, textMatches));
}

function describeLine({ direction, channel, text }: ScreenLine): string {
  return `${direction === "outbound" ? "agent" : "person"} (${channel}): ${JSON.stringify(text)}`;
}

function inWords(lines: readonly string[], none: string): string {
  return lines.length === 0 ? none : `Instead: ${lines.join("; ")}.`;
}

function fitsWebhook(delivery: Delivery, query: z.output<typeof waitForWebhookQuery>): boolean {
  const { data, phoneNumber } = delivery.outgoing;
  return (
    delivery.id > query.since &&
    delivery.state === query.state &&
    (query.agentId === undefined || query.agentId === agentIdOf(data)) &&
    (query.phoneNumber === undefined || query.phoneNumber === phoneNumber) &&
    (query.type === undefined || query.type === webhookTypeOf(data)) &&
    (query.messageId === undefined || query.messageId === messageIdOf(data))
  );
}

function describeWebhook({ state, outgoing: { data, phoneNumber } }: Delivery): string {
  return [state, webhookTypeOf(data), phoneNumber].filter((word) => word !== undefined).join(" ");
}

/** The message that a webhook is about, by each wire's name for it. */
function messageIdOf(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...data };
  return fields["messageId"] ?? fields["MessageSid"] ?? fields["receipted_message_id"];
}

function fitsRequest(
  record: {
    readonly id: number;
    readonly method: string;
    readonly url: string;
    readonly status: number;
  },
  query: z.output<typeof waitForRequestQuery>,
): boolean {
  return (
    record.id > query.since &&
    (query.method === undefined || query.method.toUpperCase() === record.method) &&
    (query.status === undefined || query.status === record.status) &&
    (query.urlMatches === undefined || fitsPattern(record.url, query.urlMatches))
  );
}
