import type {
  AgentUseCase,
  LaunchState,
  Phone as PhoneSettings,
  PutSmsSenderRequest,
} from "@richline/contract";
import type { Cancel } from "../clock.ts";
import type { Fifo } from "../fifo.ts";
import type { Behaviour } from "../magic-numbers.ts";
import type { RbmContent } from "../rbm/agent-message.ts";
import type { RateWindow } from "../sms/rate-window.ts";

/** Where webhooks go. */
export interface Webhook {
  webhookUrl: string | undefined;
  /** Shared secret: proves the webhook's owner in the challenge and keys its signatures. */
  clientToken: string | undefined;
}

/** A brand's sender, what phones show of it, and its own webhook; without one, the partner's is used. */
export interface Agent extends Webhook {
  readonly agentId: string;
  displayName: string;
  description: string | undefined;
  color: string | undefined;
  logoUri: string | undefined;
  heroUri: string | undefined;
  phoneNumber: string | undefined;
  email: string | undefined;
  website: string | undefined;
  privacyUri: string | undefined;
  termsUri: string | undefined;
  verifiedBy: string | undefined;
  useCase: AgentUseCase;
  /** Sends a second beyond which it is throttled; the settings' number when there is none. */
  messagesPerSecondMax: number | undefined;
  readonly rate: RateWindow;
  readonly batchGetRate: RateWindow;
  /** Launches by region id. */
  readonly launches: Map<string, Launch>;
}

/** The launch of an agent in one region. */
export interface Launch {
  readonly regionId: string;
  readonly launchState: LaunchState;
  readonly actingParty: string;
  readonly comment: string | undefined;
  readonly updatedAtMs: number;
}

/** Where SMS come from, and the wire by which its owner reaches the carrier. */
export interface SmsSender {
  readonly address: string;
  wire: PutSmsSenderRequest;
  readonly rate: RateWindow;
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
  /** SMS that wait for the phone to be online; they need no RCS. */
  waitingSms: Fifo<SmsToPerson>;
  /** Addresses of the SMS senders from which the person wants no more. */
  readonly smsOptOuts: Set<string>;
  /** Taken away through the control API: what was on its way to it does not arrive. */
  removed: boolean;
  typing: { readonly agentId: string; readonly untilMs: number } | undefined;
}

/** `accepted`: on its way or waiting. `forgotten`: pushed out by newer messages. */
type AgentMessageState = "accepted" | "delivered" | "revoked" | "expired" | "forgotten";

/** A message from an agent to a person. */
export interface AgentMessage {
  readonly channel: "rcs";
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
  readonly channel: "rcs";
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

/**
 * `accepted`: on its way. `sent`: given to the phone's network, and waiting if the phone is offline.
 * `filtered`: the network keeps it back for what it says.
 * `forgotten`: pushed out by newer messages.
 */
export type SmsState =
  | "accepted"
  | "sent"
  | "delivered"
  | "undelivered"
  | "filtered"
  | "expired"
  | "cancelled"
  | "forgotten";

/** Where the sender of an SMS wants to hear what became of it. */
export type SmsReports =
  | {
      readonly wire: "twilio";
      readonly statusCallback: string | undefined;
      readonly messagingServiceSid: string | undefined;
    }
  | { readonly wire: "smpp"; readonly receipts: readonly SmppReceiptWish[] };

/** One submit_sm: the id that it was answered with, and the receipts it asked for. Source: SMPP 3.4, section 5.2.17. */
export interface SmppReceiptWish {
  readonly messageId: string;
  readonly wish: "none" | "always" | "on_failure";
}

/** An SMS to a person. */
export interface SmsToPerson {
  readonly channel: "sms";
  readonly direction: "outbound";
  readonly sender: SmsSender;
  readonly phone: Phone;
  readonly messageId: string;
  /** Empty once forgotten. */
  text: string;
  readonly parts: number;
  readonly sentAtMs: number;
  readonly expireAtMs: number;
  readonly reports: SmsReports;
  state: SmsState;
  changedAtMs: number;
  deliveredAtMs: number | undefined;
  cancelExpiry: Cancel | undefined;
}

/** An SMS from a person. */
export interface SmsFromPerson {
  readonly channel: "sms";
  readonly direction: "inbound";
  readonly sender: SmsSender;
  readonly phone: Phone;
  readonly messageId: string;
  readonly text: string;
  readonly parts: number;
  readonly sentAtMs: number;
  state: "sent" | "forgotten";
}

export type SmsMessage = SmsToPerson | SmsFromPerson;
export type Message = AgentMessage | PersonMessage | SmsMessage;
