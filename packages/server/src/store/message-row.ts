import type {
  MessageContent,
  MessageStatus,
  MessageType,
  Mode,
  TrafficType,
} from "@richline/contract";

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
}

export interface Reason {
  readonly code: string;
  readonly detail?: string | undefined;
}
