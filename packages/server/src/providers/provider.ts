import type {
  EventData,
  EventType,
  FailureCode,
  InteractionType,
  MessageContent,
  MessageType,
  TrafficType,
} from "@richline/contract";
import type { Feature } from "../domain/degrade.ts";
import type { StatusChange } from "../domain/lifecycle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { HttpCall } from "../kernel/http-call.ts";
import type { Logger } from "../kernel/logger.ts";

/**
 * The provider port, version 1: what every adapter offers, and nothing about any one of them.
 *
 * An adapter is a folder with a manifest and a factory. It is handed everything it touches the world
 * with, so the emulator is one more base URL. Methods are named `do…`: services call them through
 * dispatch and receipts, never directly. Expected outcomes are values; an exception is a bug or a shutdown.
 */
export interface Provider {
  readonly specificationVersion: "v1";
  /** The name in the configuration, unique among providers. */
  readonly name: string;
  readonly capabilities: ProviderCapabilities;
  doSend(request: SendRequest): Promise<SendOutcome>;
  /** Takes a message back that is not delivered yet. Only with `capabilities.revoke`. */
  doRevoke?(request: RevokeRequest): Promise<RevokeOutcome>;
  /** Which of these numbers can get RCS. Only with `capabilities.reachLookup`. */
  doCheckReach?(request: ReachRequest): Promise<ReachOutcome>;
  /** Shows the person that the agent types, or that it has read. */
  doSendEvent?(request: AgentEventRequest): Promise<SendOutcome>;
  /**
   * How a file is fetched that a person sent. Where it is not given, files are public, and none is on the
   * provider's own address. Total: `uri` is whatever the provider told, and may be no URI at all.
   */
  fileAccess?(uri: string): FileAccess;
  /** Uploads a file for later messages. */
  doUploadFile?(request: UploadRequest): Promise<UploadOutcome>;
  /** Tries address and credentials without sending anything, for `richline doctor`. */
  doDiagnose?(signal: AbortSignal): Promise<readonly Diagnosis[]>;
  /** What the provider asks of a webhook address to see whose it is, and what is right to answer; for `richline doctor`. */
  challengeWebhook?(): { readonly body: string; readonly answer: string };
  /**
   * Opens what stays open (an SMPP session), and from then on hands over what arrives there. Returns at
   * once: connecting, and connecting again, goes on by itself.
   */
  connect?(receive: ReceiveNotifications): void;
  /** Ends calls under way and what `connect` opened. */
  close?(): Promise<void>;
  /** Whether a webhook comes from the provider: constant time, over the bytes as they came. */
  verifyWebhook(webhook: RawWebhook): WebhookVerdict;
  /** What a webhook says. Total: it never throws and never drops; what it does not know it calls `unrecognised`. */
  parseWebhook(webhook: RawWebhook): readonly ProviderNotification[];
}

/** What a provider can do: declared, never sniffed. */
export interface ProviderCapabilities {
  readonly channel: "rcs" | "sms";
  /** What it carries. An `sms` provider carries `text`, and is handed every message as its fallback text. */
  readonly messageTypes: readonly MessageType[];
  /** Whether a message id that was used before is recognised, so that a repeat delivers nothing. */
  readonly idempotentSend: boolean;
  /** Whether we choose the provider's message id, as a UUID. */
  readonly clientMessageId: boolean;
  readonly revoke: boolean;
  readonly reachLookup: boolean;
  /** Whether the provider answers an opt-out to the person itself, and refuses what would be sent after it. No when not given. */
  readonly confirmsOptOut?: boolean;
  /** How many numbers one look-up of many takes, from `min` to `max`; none when they are looked up one by one. */
  readonly bulkReach?: { readonly min: number; readonly max: number };
}

export interface SendRequest {
  readonly providerMessageId: string | null;
  /**
   * What we call this leg, the same at each of its attempts: letters, digits, `-` and `.`, at most 80. A provider
   * that names messages itself is given it where its receipts bring it back whole; `parseWebhook` hands it on.
   * It is what settles a send whose answer was lost.
   */
  readonly reference: string;
  readonly phoneNumber: string;
  readonly content: MessageContent;
  readonly trafficType: TrafficType;
  /** How long the message is of use from now, in milliseconds. */
  readonly ttlMs: number | undefined;
  /**
   * Room within the limits for one more call, where a message takes several that the provider counts, such as the
   * parts of an SMS: awaited right before each but the first, when the one before it was answered. False when none
   * came within `waitMsMax` milliseconds or before `signal` aborted; then the call is not made.
   */
  readonly nextPermit: (waitMsMax: number) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * What came of one provider call.
 * - `accepted`: the provider has the message.
 * - `rejected`: it has not, and says why.
 * - `deferred`: it has not, and wants us to come back.
 * - `unknown`: bytes left and no answer came; it may have the message.
 */
export type SendOutcome = AnswerTime &
  (
    | { readonly kind: "accepted"; readonly providerMessageId: string }
    | { readonly kind: "rejected"; readonly code: FailureCode; readonly detail: string }
    | {
        readonly kind: "deferred";
        readonly code: FailureCode;
        readonly detail: string;
        readonly retryAfterMs: number | undefined;
      }
    | { readonly kind: "unknown"; readonly code: "outcome_unknown"; readonly detail: string }
  );

interface AnswerTime {
  /**
   * How long the provider took to answer, in milliseconds: the longest of several answers, and none of our own
   * waiting. All of the call when not given. A provider that is slow loses messages.
   */
  readonly answeredInMs?: number;
}

export interface RevokeRequest {
  readonly providerMessageId: string;
  readonly phoneNumber: string;
  readonly signal: AbortSignal;
}

export type RevokeOutcome =
  /** `unconfirmed`: the provider was asked, and does not say whether it did. */
  | { readonly kind: "revoked" | "too_late" | "unconfirmed" }
  | { readonly kind: "failed"; readonly code: FailureCode; readonly detail: string };

export interface ReachRequest {
  readonly phoneNumbers: readonly string[];
  /** Whether the answer has to say what each handset can do; a provider's bulk call may not. */
  readonly needsFeatures: boolean;
  readonly signal: AbortSignal;
}

export type ReachOutcome =
  /** A number that is missing could not be looked up now. */
  | { readonly kind: "answered"; readonly reach: ReadonlyMap<string, Reach> }
  | { readonly kind: "failed"; readonly code: FailureCode; readonly detail: string };

export interface Reach {
  readonly reachable: boolean;
  /** What the handset can do; `undefined` when the provider does not say. */
  readonly features: readonly Feature[] | undefined;
}

export interface AgentEventRequest {
  readonly phoneNumber: string;
  /** RFC 4122 id of this event, for the provider to recognise a repeat. */
  readonly eventId: string;
  readonly event:
    | { readonly kind: "typing" }
    | { readonly kind: "read"; readonly providerMessageId: string };
  readonly signal: AbortSignal;
}

export interface FileAccess {
  /** Whether it is on the provider's own address, which the configuration names: then it need not be a public one. */
  readonly isOwn: boolean;
  /** What the request needs beside; for the provider's own address only. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface UploadRequest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly signal: AbortSignal;
}

export type UploadOutcome =
  | { readonly kind: "uploaded"; readonly fileName: string }
  | { readonly kind: "failed"; readonly code: FailureCode; readonly detail: string };

/** One thing that was tried, in words: what, and where it is wrong, what to do. */
export interface Diagnosis {
  readonly ok: boolean;
  /** What is not as it should be, and keeps nothing from being sent. */
  readonly isWarning?: boolean;
  readonly text: string;
}

/** Resolves when the notifications are committed; only then may the provider be told that we have them. Rejects when the store is away. */
export type ReceiveNotifications = (
  notifications: readonly ProviderNotification[],
) => Promise<void>;

export interface RawWebhook {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What followed `?` in the address that was called, as it came; empty when nothing did. Some signatures cover it. */
  readonly query: string;
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
}

export type WebhookVerdict =
  | { readonly kind: "genuine" }
  /** The provider asks whether this address is ours; answer `body` as it stands. */
  | { readonly kind: "challenge"; readonly body: string }
  | { readonly kind: "forged"; readonly reason: string };

/** One thing a provider told us. `dedupeKey` is the same when it tells it again. */
export interface ProviderNotification {
  readonly dedupeKey: string;
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
  /** The payload as it came. */
  readonly raw: string;
  readonly meaning: NotificationMeaning;
}

export type NotificationMeaning =
  | {
      readonly kind: "status";
      readonly providerMessageId: string;
      /** The `reference` of the send, where the provider brings it back. Only from what is proven to be the provider's. */
      readonly reference?: string | undefined;
      readonly change: StatusChange;
      readonly reason?: { readonly code: string; readonly detail?: string } | undefined;
    }
  | {
      readonly kind: "interaction";
      readonly phoneNumber: string;
      /** The provider's id of what the person sent, where it has one and can be told that it was read. */
      readonly providerMessageId?: string | undefined;
      readonly interaction: {
        readonly interactionType: InteractionType;
        readonly postbackData?: string | undefined;
        readonly suggestionText?: string | undefined;
        readonly text?: string | undefined;
        readonly location?: { readonly latitude: number; readonly longitude: number } | undefined;
        readonly file?: EventData["file"];
      };
    }
  | {
      readonly kind: "notice";
      readonly phoneNumber?: string;
      readonly type: EventType;
      readonly data: EventData;
    }
  | { readonly kind: "unrecognised" };

/** What an adapter is built from. `fields` drive validation, masking and the console's form. */
export interface ProviderManifest {
  /** The `type` in the configuration and the path of its webhooks. */
  readonly type: string;
  readonly title: string;
  /** What to enter where at the provider, so that its webhooks come in; nothing when they need no set-up. */
  readonly webhookSetup?: string;
  readonly fields: readonly ManifestField[];
}

export interface ManifestField {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** Never shown or logged. */
  readonly secret: boolean;
  /** A regular expression that the whole value matches. */
  readonly pattern?: string;
  readonly default?: string;
}

/** Everything an adapter touches the world with. */
export interface ProviderContext {
  readonly name: string;
  /** Values of the manifest's fields, validated against it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the provider's webhooks reach us, as the outside sees it: its address is part of some signatures. */
  readonly webhookUrl: string;
  readonly clock: Clock;
  readonly fetch: HttpCall;
  readonly logger: Logger;
}

/** One line of the registry in `app.ts`. */
export interface ProviderFactory {
  readonly manifest: ProviderManifest;
  create(context: ProviderContext): Provider;
}
