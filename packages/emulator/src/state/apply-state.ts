import type { Carrier } from "../carrier/carrier.ts";
import type { Message, Phone, SmsSender } from "../carrier/model.ts";
import type { SmsSenderOptions } from "../carrier/sms-senders.ts";
import type { StoredMessage } from "./read-content.ts";
import type { CheckedState } from "./read-state.ts";

type AgentState = NonNullable<CheckedState["agents"]>[number];

/** Puts agents, senders, the partner and settings of a document in place of those there are; what is left out stays. */
export function applySetUp(carrier: Carrier, state: CheckedState): void {
  const { settings, partner } = state;
  if (state.agents !== undefined) replaceAgents(carrier, state.agents);
  if (state.smsSenders !== undefined) replaceSenders(carrier, state.smsSenders);
  if (settings !== undefined) carrier.rbm.settings.change(settings);
  if (partner !== undefined) {
    carrier.rbm.partner.webhookUrl = partner.webhookUrl ?? undefined;
    carrier.rbm.partner.clientToken = partner.clientToken ?? carrier.rbm.partner.clientToken;
  }
}

/** Adds phones, threads and faults of a document to a carrier that has none. */
export function applyScene(carrier: Carrier, state: CheckedState): void {
  for (const { smsOptOuts = [], ...settings } of state.phones ?? []) {
    const phone = carrier.phones.configure(settings);
    for (const address of smsOptOuts) phone.smsOptOuts.add(address);
  }
  for (const { phoneNumber, messages } of state.threads) {
    const phone = carrier.phones.findOrCreate(phoneNumber);
    for (const stored of messages) addStored(carrier, phone, stored);
  }
  const { rules, seed } = state.faults ?? { rules: [], seed: undefined };
  carrier.faults.replace(rules, seed);
}

/** Makes the agents and senders of a document that are missing: its threads need them. */
export function restoreMissing(carrier: Carrier, state: CheckedState): void {
  for (const agent of state.agents ?? []) {
    if (carrier.agents.find(agent.agentId) === undefined) putAgent(carrier, agent);
  }
  for (const sender of state.smsSenders ?? []) {
    const { address, ...wire } = sender;
    if (carrier.smsSenders.find(address) === undefined) carrier.smsSenders.put(address, wire);
  }
}

function replaceAgents(carrier: Carrier, agents: readonly AgentState[]): void {
  for (const { agentId } of carrier.agents.list()) carrier.agents.delete(agentId);
  for (const agent of agents) putAgent(carrier, agent);
}

function putAgent(carrier: Carrier, { agentId, launches = [], ...settings }: AgentState): void {
  const agent = carrier.agents.put(agentId, settings);
  for (const { updatedAt, comment, ...launch } of launches) {
    const updatedAtMs = Date.parse(updatedAt);
    agent.launches.set(launch.regionId, { ...launch, comment, updatedAtMs });
  }
}

function replaceSenders(carrier: Carrier, senders: readonly SmsSenderOptions[]): void {
  for (const { address } of carrier.smsSenders.list()) carrier.smsSenders.delete(address);
  for (const { address, ...wire } of senders) carrier.smsSenders.put(address, wire);
}

function addStored(carrier: Carrier, phone: Phone, stored: StoredMessage): void {
  const message = toMessage(carrier, phone, stored);
  if (message === undefined) return;
  carrier.messages.add(message);
  phone.thread.push(message);
}

/** A message as it stands once all is over; its agent or sender is known, as was checked. */
function toMessage(carrier: Carrier, phone: Phone, stored: StoredMessage): Message | undefined {
  const { messageId, sentAtMs, readAtMs, deliveredAtMs = sentAtMs } = stored;
  if (stored.kind === "sms") {
    const sender = carrier.smsSenders.find(stored.sender);
    return sender && toSms({ sender, phone, stored, deliveredAtMs });
  }
  const agent = carrier.agents.find(stored.agentId);
  if (agent === undefined) return undefined;
  const common = { channel: "rcs", agent, phone, messageId, sentAtMs, readAtMs } as const;
  if (stored.kind === "person") {
    return { ...common, direction: "inbound", content: stored.content, state: "sent" };
  }
  return {
    ...common,
    direction: "outbound",
    content: stored.content,
    trafficType: undefined,
    expireAtMs: undefined,
    state: "delivered",
    deliveredAtMs,
    cancelExpiry: undefined,
  };
}

interface SmsParts {
  readonly sender: SmsSender;
  readonly phone: Phone;
  readonly stored: Extract<StoredMessage, { kind: "sms" }>;
  readonly deliveredAtMs: number;
}

function toSms({ sender, phone, stored, deliveredAtMs }: SmsParts): Message {
  const { messageId, sentAtMs, text, parts } = stored;
  const common = { channel: "sms", sender, phone, messageId, text, parts, sentAtMs } as const;
  if (stored.direction === "inbound") return { ...common, direction: "inbound", state: "sent" };
  return {
    ...common,
    direction: "outbound",
    expireAtMs: sentAtMs,
    reports: { wire: "twilio", statusCallback: undefined, messagingServiceSid: undefined },
    state: "delivered",
    changedAtMs: deliveredAtMs,
    deliveredAtMs,
    cancelExpiry: undefined,
  };
}
