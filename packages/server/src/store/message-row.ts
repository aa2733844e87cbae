import type {
  EventData,
  EventType,
  MessageContent,
  MessageStatus,
  MessageType,
  Mode,
  TrafficType,
} from "@richline/contract";
import type { Channel } from "../domain/lifecycle.ts";
import type { NewContact } from "./contact-row.ts";
import type { NewForm } from "./form-row.ts";
import type { NewLink } from "./link-row.ts";

export interface MessageKey {
  readonly mode: Mode;
  readonly id: string;
}

/** What the customer asked for; `uid` is ours, unique over both modes. */
export interface MessageRow {
  readonly uid: string;
  readonly mode: Mode;
  readonly id: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly userId: string | null;
  readonly phoneNumber: string;
  readonly messageType: MessageType;
  readonly content: MessageContent;
  readonly fallbackText: string | null;
  /** `never`: no SMS after RCS. */
  readonly fallback: "auto" | "never";
  readonly trafficType: TrafficType;
  /** What it is for; null when nothing is said. */
  readonly purpose: string | null;
  readonly priority: number;
  readonly status: MessageStatus;
  readonly deviceSupport: "unknown" | "rcs" | "sms_fallback";
  readonly reason: Reason | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly createdAtMs: number;
  readonly sendAtMs: number | null;
  /** Until when RCS may try. */
  readonly expiresAtMs: number | null;
  readonly sentAtMs: number | null;
  readonly deliveredAtMs: number | null;
  readonly readAtMs: number | null;
  /** When the person was erased; the number is empty then, and the content an empty text. */
  readonly erasedAtMs: number | null;
}

export interface Reason {
  readonly code: string;
  readonly detail?: string | undefined;
}

export interface NewLeg {
  /** 0 for the agent's first route. */
  readonly index: number;
  readonly provider: string;
  readonly channel: Channel;
  /** Chosen by us where the provider lets us; else null until the provider answers. */
  readonly providerMessageId: string | null;
  /** Whether another route may follow: then what ends this leg does not end the message. */
  readonly hasNext: boolean;
}

export interface NewEvent {
  readonly id: string;
  readonly mode: Mode;
  readonly type: EventType;
  /** When it happened: the event's `timestamp`. */
  readonly atMs: number;
  /** When we learnt of it; deliveries to endpoints are due from then. */
  readonly loggedAtMs: number;
  /** The message it belongs to, if any. */
  readonly messageUid?: string | undefined;
  readonly data: EventData;
  /** Only this endpoint gets it; all that ask for its type when not given. */
  readonly endpointId?: string | undefined;
}

export interface NewMessage {
  readonly message: MessageRow;
  /** SHA-256 of the canonical request, hex: tells a repeat from a conflict. */
  readonly requestHash: string;
  readonly leg: NewLeg;
  readonly event: NewEvent;
  /** The contact of a conversation that has none yet; one that is there by now stays. */
  readonly contact: NewContact | undefined;
  /** Whether it is refused when the person opted out (`ConsentStore.findOptOuts`). */
  readonly unlessOptedOut?: boolean;
  /** The page of its form. */
  readonly form?: NewForm | undefined;
  /** What stands in the place of its URLs. */
  readonly links?: readonly NewLink[] | undefined;
}
