import { randomUUID } from "node:crypto";
import type { RbmContent } from "../rbm/agent-message.ts";
import type { RbmSuggestion } from "../rbm/suggestion.ts";
import { actionTap, personEvent, personMessage } from "../webhooks/payloads.ts";
import { sendRbmWebhook } from "../webhooks/rbm-webhook.ts";
import type { Carrier } from "./carrier.ts";
import type { Agent, AgentMessage, PersonContent, PersonMessage, Phone } from "./model.ts";
import { keywordsOf } from "./opt-out-keywords.ts";

/** Who talks to whom. */
export interface Talk {
  readonly phone: Phone;
  readonly agent: Agent;
  /** What the person reacts to: what is told of that goes out before, so that a reaction is the same each time. */
  readonly after?: AgentMessage;
}

/** The person sends something; it stands in the thread at once. */
export function sendFromPerson(
  carrier: Carrier,
  { phone, agent, after }: Talk,
  content: PersonContent,
): PersonMessage {
  const message: PersonMessage = {
    channel: "rcs",
    direction: "inbound",
    agent,
    phone,
    messageId: randomUUID(),
    content,
    sentAtMs: carrier.clock.now(),
    state: "sent",
    readAtMs: undefined,
  };
  carrier.messages.add(message);
  phone.thread.push(message);
  sendRbmWebhook(carrier, agent, personMessage(message), { about: after ?? message });
  carrier.changes.publish("thread", phone.settings.phoneNumber);
  return message;
}

/** A message's suggestions in the order shown: those of its cards, card by card, then the chips. */
export function suggestionsOf(content: RbmContent): readonly RbmSuggestion[] {
  const { standaloneCard, carouselCard } = content.richCard ?? {};
  const cards = standaloneCard ? [standaloneCard.cardContent] : (carouselCard?.cardContents ?? []);
  return [...cards.flatMap((card) => card.suggestions ?? []), ...(content.suggestions ?? [])];
}

/** The person taps a suggestion. A reply is written into the thread; an action only sends its postback data. */
export function tapSuggestion(
  carrier: Carrier,
  message: AgentMessage,
  suggestion: RbmSuggestion,
): PersonMessage | undefined {
  const { agent, phone } = message;
  const { reply, action } = suggestion;
  if (reply !== undefined) {
    const { text, postbackData } = reply;
    const suggestionResponse = { postbackData, text, type: "REPLY" } as const;
    return sendFromPerson(carrier, { phone, agent, after: message }, { suggestionResponse });
  }
  if (action === undefined) return undefined;
  const tap = actionTap(phone.settings.phoneNumber, agent.agentId, action.postbackData);
  sendRbmWebhook(carrier, agent, tap, { about: message });
  return undefined;
}

/** Taps the first suggestion, if the message has one. */
export function tapFirstSuggestion(carrier: Carrier, message: AgentMessage): void {
  const [first] = suggestionsOf(message.content);
  if (first !== undefined) tapSuggestion(carrier, message, first);
}

/** The person unsubscribes. Google Messages sends both the country's keyword and the event. Source: RBM guide, "Receive events". */
export function optOut(carrier: Carrier, talk: Talk): void {
  const text = keywordsOf(talk.phone.settings.phoneNumber).stop;
  const stop = sendFromPerson(carrier, talk, { text });
  sendPersonEvent(carrier, talk, "UNSUBSCRIBE", stop);
}

/** The person subscribes again: keyword and event. Source: RBM guide, "Receive events". */
export function optIn(carrier: Carrier, talk: Talk): void {
  const text = keywordsOf(talk.phone.settings.phoneNumber).start;
  const start = sendFromPerson(carrier, talk, { text });
  sendPersonEvent(carrier, talk, "SUBSCRIBE", start);
}

/** The person starts to write. */
export function startTyping(carrier: Carrier, talk: Talk): void {
  sendPersonEvent(carrier, talk, "IS_TYPING");
}

function sendPersonEvent(
  carrier: Carrier,
  { phone, agent, after }: Talk,
  eventType: "IS_TYPING" | "SUBSCRIBE" | "UNSUBSCRIBE",
  keyword?: PersonMessage,
): void {
  const { phoneNumber } = phone.settings;
  const atMs = carrier.clock.now();
  const event = personEvent({ phoneNumber, agentId: agent.agentId, eventType, atMs });
  const about = after ?? keyword;
  sendRbmWebhook(carrier, agent, event, about === undefined ? {} : { about });
}
