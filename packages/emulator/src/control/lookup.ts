import { e164 } from "@richline/contract";
import type { Carrier } from "../carrier/carrier.ts";
import type { Agent, Phone } from "../carrier/model.ts";
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

/** The agent that a person addresses: the one named, the one of the thread's newest message, or the only one. */
export function requireAddressee(carrier: Carrier, phone: Phone, agentId?: string): Agent {
  if (agentId !== undefined) return requireKnownAgent(carrier, agentId);
  const newest = phone.thread.at(-1)?.agent ?? carrier.agents.only();
  if (newest !== undefined) return newest;
  throw new ControlError("invalid_request", "The thread is empty; give agentId.");
}

/** The agent with this id. */
export function requireKnownAgent(carrier: Carrier, agentId: string): Agent {
  const agent = carrier.agents.find(agentId);
  if (agent !== undefined) return agent;
  throw new ControlError("not_found", `There is no agent ${agentId}.`);
}
