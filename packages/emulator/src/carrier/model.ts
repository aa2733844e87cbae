import type { Phone as PhoneSettings } from "@richline/contract";
import type { Cancel } from "../clock.ts";
import type { Fifo } from "../fifo.ts";
import type { Behaviour } from "../magic-numbers.ts";
import type { RbmContent } from "../rbm/agent-message.ts";

/** A brand's sender, and where its webhooks go. */
export interface Agent {
  readonly agentId: string;
  displayName: string;
  color: string | undefined;
  logoUri: string | undefined;
  description: string | undefined;
  webhookUrl: string | undefined;
  /** Shared secret: proves the webhook's owner in the challenge and keys its signatures. */
  clientToken: string | undefined;
}

/** A pretend handset and its thread. */
export interface Phone {
  readonly settings: PhoneSettings;
  readonly behaviour: Behaviour | undefined;
  /** What reached the handset or left it, in that order. Forgotten messages linger until the next tidying. */
  thread: Message[];
  forgottenInThread: number;
  /** Messages to be delivered once the phone can be reached, in order of acceptance. */
  waiting: Fifo<AgentMessage>;
  /** Taken away through the control API: what was on its way to it does not arrive. */
  removed: boolean;
  typing: { readonly agentId: string; readonly untilMs: number } | undefined;
}

/** `accepted`: on its way or waiting. `forgotten`: pushed out by newer messages. */
type AgentMessageState = "accepted" | "delivered" | "revoked" | "expired" | "forgotten";

/** A message from an agent to a person. */
export interface AgentMessage {
  readonly direction: "outbound";
  readonly agent: Agent;
  readonly phone: Phone;
  readonly messageId: string;
  /** Empty once forgotten. */
  content: RbmContent;
  readonly trafficType: string | undefined;
  readonly sentAtMs: number;
  readonly expireAtMs: number | undefined;
  state: AgentMessageState;
  deliveredAtMs: number | undefined;
  readAtMs: number | undefined;
  cancelExpiry: Cancel | undefined;
}

/** A message from a person to an agent. */
export interface PersonMessage {
  readonly direction: "inbound";
  readonly agent: Agent;
  readonly phone: Phone;
  readonly messageId: string;
  readonly content: PersonContent;
  readonly sentAtMs: number;
  state: "sent" | "forgotten";
  readAtMs: number | undefined;
}

/** What a person can send. Source: RBM guide, "Receive messages". */
export type PersonContent =
  | { readonly text: string }
  | { readonly suggestionResponse: SuggestionResponse }
  | { readonly location: { readonly latitude: number; readonly longitude: number } }
  | { readonly userFile: { readonly payload: UserFilePayload } };

interface SuggestionResponse {
  readonly postbackData: string;
  readonly text: string;
  readonly type: "REPLY";
}

interface UserFilePayload {
  readonly mimeType: string;
  readonly fileSizeBytes: number;
  readonly fileUri: string;
  readonly fileName: string;
}

export type Message = AgentMessage | PersonMessage;
