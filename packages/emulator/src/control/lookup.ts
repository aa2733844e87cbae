import { e164 } from "@richline/contract";
import type { Carrier } from "../carrier/carrier.ts";
import type { Agent, Phone, SmsSender } from "../carrier/model.ts";
import { ControlError } from "./problem.ts";

/** The phone that a path names. */
export function requirePhone(carrier: Carrier, number: string): Phone {
  const phoneNumber = e164.safeParse(number);
  if (!phoneNumber.success) {
    throw new ControlError("invalid_request", `${number} is not a phone number in E.164.`);
  }
  const phone = carrier.phones.find(phoneNumber.data);
  if (phone !== undefined) return phone;
  throw new ControlError(
    "not_found",
    `There is no phone ${number}. Make it with POST /_emulator/phones, or send it a message.`,
  );
}

/** A phone with which a person can do something: on the network, with RCS. */
export function requireUsablePhone(carrier: Carrier, number: string): Phone {
  const phone = requirePhone(carrier, number);
  const { online, rcs } = phone.settings;
  if (online && rcs === "enabled") return phone;
  const why = online ? `its rcs is "${rcs}"` : "it is offline";
  throw new ControlError("conflict", `The phone ${number} cannot send: ${why}.`);
}

/** A phone from which an SMS can be sent: on the network; RCS is not needed. */
export function requireOnlinePhone(carrier: Carrier, number: string): Phone {
  const phone = requirePhone(carrier, number);
  if (phone.settings.online) return phone;
  throw new ControlError("conflict", `The phone ${number} cannot send: it is offline.`);
}

/** The agent that a person addresses: the one named, the one of the thread's newest RCS message, or the only one. */
export function requireAddressee(carrier: Carrier, phone: Phone, agentId?: string): Agent {
  if (agentId !== undefined) return requireKnownAgent(carrier, agentId);
  const newest = phone.thread.findLast((message) => message.channel === "rcs");
  const agent = newest?.agent ?? carrier.agents.only();
  if (agent !== undefined) return agent;
  throw new ControlError("invalid_request", "The thread has no RCS message; give agentId.");
}

/** The sender that a person answers by SMS: the one named, the one of the thread's newest SMS, or the only one. */
export function requireSmsAddressee(carrier: Carrier, phone: Phone, address?: string): SmsSender {
  if (address !== undefined) return requireKnownSender(carrier, address);
  const newest = phone.thread.findLast((message) => message.channel === "sms");
  const sender = newest?.sender ?? carrier.smsSenders.only();
  if (sender !== undefined) return sender;
  throw new ControlError("invalid_request", "The thread has no SMS; give sender.");
}

/** The SMS sender with this address. */
export function requireKnownSender(carrier: Carrier, address: string): SmsSender {
  const sender = carrier.smsSenders.find(address);
  if (sender !== undefined) return sender;
  throw new ControlError("not_found", `There is no SMS sender ${address}.`);
}

/** The agent with this id. */
export function requireKnownAgent(carrier: Carrier, agentId: string): Agent {
  const agent = carrier.agents.find(agentId);
  if (agent !== undefined) return agent;
  throw new ControlError("not_found", `There is no agent ${agentId}.`);
}
