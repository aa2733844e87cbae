import type { Mode, TrafficType } from "@richline/contract";
import { trafficPriority } from "../domain/traffic.ts";
import { newId, newTimeOrderedUuid, newUuid } from "../kernel/ids.ts";
import type { Provider } from "../providers/provider.ts";
import type { NewMessage } from "../store/store.ts";

interface ConfirmationOptions {
  readonly mode: Mode;
  readonly agentId: string;
  readonly phoneNumber: string;
  readonly text: string;
  readonly state: "OPTED_OUT" | "OPTED_IN";
  readonly provider: Provider;
  /** The provider's place in the agent's routes. */
  readonly index: number;
  readonly nowMs: number;
}

/** Source: RBM reference, MessageTrafficType: ACKNOWLEDGEMENT confirms an opt-out, SERVICEREQUEST answers what the person asked for. */
const trafficTypes: Readonly<Record<ConfirmationOptions["state"], TrafficType>> = {
  OPTED_OUT: "ACKNOWLEDGEMENT",
  OPTED_IN: "SERVICEREQUEST",
};

/**
 * A message that tells a person that their will is done, over the one route that they used. Its conversation is
 * the person's, which the store knows.
 */
export function buildConfirmation(options: ConfirmationOptions): NewMessage {
  const { mode, agentId, phoneNumber, text, state, provider, index, nowMs } = options;
  const trafficType = trafficTypes[state];
  const message: NewMessage["message"] = {
    uid: newTimeOrderedUuid(),
    mode,
    id: newId("msg"),
    agentId,
    conversationId: phoneNumber,
    userId: null,
    phoneNumber,
    messageType: "text",
    content: { text },
    fallbackText: text,
    fallback: "never",
    trafficType,
    purpose: null,
    priority: trafficPriority[trafficType],
    status: "QUEUED",
    deviceSupport: "unknown",
    reason: null,
    metadata: null,
    createdAtMs: nowMs,
    sendAtMs: null,
    expiresAtMs: null,
    sentAtMs: null,
    deliveredAtMs: null,
    readAtMs: null,
    erasedAtMs: null,
  };
  const { name, capabilities } = provider;
  return {
    message,
    // No request made it, so none repeats it.
    requestHash: "",
    leg: {
      index,
      provider: name,
      channel: capabilities.channel,
      providerMessageId: capabilities.clientMessageId ? newUuid() : null,
      hasNext: false,
    },
    event: {
      id: newId("evt"),
      mode,
      type: "message.queued",
      atMs: nowMs,
      loggedAtMs: nowMs,
      messageUid: message.uid,
      data: {
        agentId,
        conversationId: message.conversationId,
        messageId: message.id,
        messageStatus: message.status,
      },
    },
    contact: undefined,
  };
}
