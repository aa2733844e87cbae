import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";
import { Ring } from "../ring.ts";
import type { AgentMessage, Message, Phone, SmsMessage } from "./model.ts";

/** Stands for an agent's event among the known ids. */
export const agentEventMark = Symbol("agent event");

/** The newest messages of all phones, and the ids that each agent has used. */
export class MessageLog {
  readonly #messages = new Ring<Message>(retention.messagesMax);
  readonly #known = new RecentMap<AgentMessage | typeof agentEventMark>(retention.knownIdsMax);

  readonly #sms = new RecentMap<SmsMessage>(retention.knownIdsMax);

  /** The SMS with this id, if it is not forgotten. */
  sms(messageId: string): SmsMessage | undefined {
    const message = this.#sms.get(messageId);
    return message?.state === "forgotten" ? undefined : message;
  }

  /** What an agent used this id for, if it did. */
  known(agentId: string, id: string): AgentMessage | typeof agentEventMark | undefined {
    return this.#known.get(`${agentId} ${id}`);
  }

  markEvent(agentId: string, eventId: string): void {
    this.#known.set(`${agentId} ${eventId}`, agentEventMark);
  }

  /** Adds a message; if the log is full the oldest is forgotten. */
  add(message: Message): void {
    if (message.channel === "sms") {
      this.#sms.set(message.messageId, message);
    } else if (message.direction === "outbound") {
      this.#known.set(`${message.agent.agentId} ${message.messageId}`, message);
    }
    const displaced = this.#messages.push(message);
    if (displaced !== undefined) forget(displaced);
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Forgets everything; what was on its way does not arrive. */
  clear(): void {
    for (const message of this.#messages.toArray()) forget(message);
    this.#messages.clear();
    this.#known.clear();
    this.#sms.clear();
  }
}

function forget(message: Message): void {
  const { phone } = message;
  const shown = message.direction === "inbound" || message.state === "delivered";
  if (message.direction === "outbound") {
    message.cancelExpiry?.();
    if (message.channel === "sms") message.text = "";
    else message.content = {};
  }
  message.state = "forgotten";
  while (phone.waiting.peek()?.state === "forgotten") phone.waiting.shift();
  while (phone.waitingSms.peek()?.state === "forgotten") phone.waitingSms.shift();
  if (shown) tidyThread(phone);
}

/** Doing the work only when half of a thread is forgotten makes its cost constant on average. */
function tidyThread(phone: Phone): void {
  phone.forgottenInThread += 1;
  if (phone.forgottenInThread * 2 <= phone.thread.length) return;
  phone.thread = phone.thread.filter((message) => message.state !== "forgotten");
  phone.forgottenInThread = 0;
}
