import { randomUUID } from "node:crypto";
import type { LaunchState } from "@richline/contract";
import { isUnitedStates } from "../carrier/country.ts";
import type { Agent, AgentMessage, Launch, PersonMessage } from "../carrier/model.ts";
import { actionTapClass, classifyFromPerson } from "../rbm/classification.ts";
import type { Notification } from "./envelope.ts";

/** What happened to a message, as a person's handset reports it. */
export type ReceiptType = "DELIVERED" | "READ";

/** A receipt. Source: RBM guide, "Receive events", UserEvent. */
export function receipt(message: AgentMessage, eventType: ReceiptType, atMs: number): Notification {
  const { phoneNumber } = message.phone.settings;
  return {
    type: "event",
    eventType,
    phoneNumber,
    data: {
      senderPhoneNumber: phoneNumber,
      eventType,
      eventId: randomUUID(),
      messageId: message.messageId,
      sendTime: new Date(atMs).toISOString(),
      agentId: message.agent.agentId,
    },
  };
}

interface PersonEvent {
  readonly phoneNumber: string;
  readonly agentId: string;
  readonly eventType: "IS_TYPING" | "SUBSCRIBE" | "UNSUBSCRIBE";
  readonly atMs: number;
}

/** What a person does without writing. Source: RBM guide, "Receive events", UserEvent. */
export function personEvent({ phoneNumber, agentId, eventType, atMs }: PersonEvent): Notification {
  return {
    type: "event",
    eventType,
    phoneNumber,
    data: {
      senderPhoneNumber: phoneNumber,
      eventType,
      eventId: randomUUID(),
      sendTime: new Date(atMs).toISOString(),
      agentId,
    },
  };
}

/** How a time to live ended. Source: RBM guide, "Receive events", ServerEvent; it has `phoneNumber`, not `senderPhoneNumber`. */
export function expiryEvent(
  message: AgentMessage,
  eventType: "TTL_EXPIRATION_REVOKED" | "TTL_EXPIRATION_REVOKE_FAILED",
  atMs: number,
): Notification {
  const { phoneNumber } = message.phone.settings;
  return {
    type: "event",
    eventType,
    phoneNumber,
    data: {
      phoneNumber,
      messageId: message.messageId,
      agentId: message.agent.agentId,
      eventType,
      eventId: randomUUID(),
      sendTime: new Date(atMs).toISOString(),
    },
  };
}

/** What a person wrote, shared, or chose from the replies. Source: RBM guide, "Receive messages", UserMessage. */
export function personMessage(message: PersonMessage): Notification {
  const { phoneNumber } = message.phone.settings;
  return {
    type: "message",
    phoneNumber,
    data: {
      agentId: message.agent.agentId,
      senderPhoneNumber: phoneNumber,
      messageId: message.messageId,
      sendTime: new Date(message.sentAtMs).toISOString(),
      ...message.content,
      ...inUnitedStates(phoneNumber, () => classifyFromPerson(message.content)),
    },
  };
}

/** The billing class, which only numbers of the United States have. Source: RBM reference, UserMessage. */
function inUnitedStates(phoneNumber: string, classify: () => object): object {
  return isUnitedStates(phoneNumber) ? { richMessageClassification: classify() } : {};
}

/** A tapped action. It comes in the form of an event and has no messageId. Source: RBM guide, "Receive messages", suggested actions. */
export function actionTap(
  phoneNumber: string,
  agentId: string,
  postbackData: string,
): Notification {
  return {
    type: "event",
    phoneNumber,
    data: {
      senderPhoneNumber: phoneNumber,
      eventId: randomUUID(),
      agentId,
      suggestionResponse: { postbackData },
      ...inUnitedStates(phoneNumber, () => actionTapClass),
    },
  };
}

/** A launch that moved on. Source: RBM reference, AgentLaunchEvent. The brand is one that the emulator makes up. */
export function launchEvent(agent: Agent, oldState: LaunchState, launch: Launch): Notification {
  return {
    type: "agent_launch_event",
    eventType: launch.launchState,
    data: {
      eventId: randomUUID(),
      agentId: agent.agentId,
      botDisplayName: agent.displayName,
      brandId: `brand-of-${agent.agentId}`,
      brandDisplayName: agent.displayName,
      regionId: `/v1/regions/${launch.regionId}`,
      oldLaunchState: oldState,
      newLaunchState: launch.launchState,
      actingParty: launch.actingParty,
      ...(launch.comment === undefined ? {} : { comment: launch.comment }),
      sendTime: new Date(launch.updatedAtMs).toISOString(),
    },
  };
}
