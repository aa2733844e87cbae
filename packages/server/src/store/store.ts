import type {
  AuditAction,
  EventData,
  EventType,
  FailureCode,
  InteractionType,
  MessageStatus,
  Mode,
} from "@richline/contract";
import type { AlertKey } from "../domain/alert-hysteresis.ts";
import type { ProviderCounts, Span } from "../domain/alert-rules.ts";
import type { Feature } from "../domain/degrade.ts";
import type { LegEnd } from "../domain/fallback-policy.ts";
import type { Channel, StatusChange } from "../domain/lifecycle.ts";
import type { RateLimitRow, RateShareRow, Share, ShareRequest } from "../domain/rate-shares.ts";
import type { ApiKeyChanges, ApiKeyRow } from "./api-key-row.ts";
import type { ConsentStore, ReceiptConsent } from "./consent-store.ts";
import type { ContactStore } from "./contact-row.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { DisabledEndpoint, EndpointChanges, EndpointRow } from "./endpoint-row.ts";
import type { ErasureStore } from "./erasure-row.ts";
import type { FormStore } from "./form-store.ts";
import type { LinkStore } from "./link-store.ts";
import type { MediaStore } from "./media-store.ts";
import type {
  MessageKey,
  MessageRow,
  NewEvent,
  NewLeg,
  NewMessage,
  Reason,
} from "./message-row.ts";
import type { Page, PageRequest } from "./page.ts";

export type * from "./consent-store.ts";
export type * from "./message-row.ts";
export type { Page, PageRequest } from "./page.ts";

/**
 * The store: everything that must survive, behind one port with two implementations and one
 * conformance suite (`store/conformance.ts`).
 *
 * - All times are epoch milliseconds, all ids text.
 * - A method that writes has committed when its promise resolves (invariant 1), and a status never
 *   changes without its event in the same transaction (invariant 2): no method does one alone.
 * - A store that cannot be reached rejects with `PlatformError("store_unavailable")` and has written nothing.
 * - Batch methods answer one result an item, in the order of the items.
 */
export interface Store
  extends ConsentStore,
    ContactStore,
    ConversationStore,
    ErasureStore,
    FormStore,
    LinkStore,
    MediaStore {
  // --- accept -------------------------------------------------------------
  /** The messages under these ids, in the order asked; `undefined` where there is none. */
  findKnown(keys: readonly MessageKey[]): Promise<readonly (KnownMessage | undefined)[]>;
  /** Stores messages with their first leg, send job, event and, where new, contact. A known id writes nothing. */
  acceptMessages(batch: readonly NewMessage[]): Promise<readonly AcceptResult[]>;

  // --- send ---------------------------------------------------------------
  /** Leases due send jobs of one agent, most urgent first, and reads their messages. A lease that runs out makes the job due again. */
  claimSends(request: ClaimRequest): Promise<readonly ClaimedSend[]>;
  /**
   * Commits the intent to send before bytes leave (invariant 4): the attempt and the status SENDING. Only what
   * has `begun` may call: who has lost the lease may not, nor for a message that went on meanwhile, nor to a
   * person who opted out. Of those nothing is written.
   */
  beginAttempts(batch: readonly NewAttempt[]): Promise<readonly BeginResult[]>;
  /** Writes what came of attempts: attempt, leg, status, event, and the job's end or next time. A lease that was lost writes nothing but the attempt and what the provider told us. */
  settleSends(batch: readonly SendSettlement[]): Promise<readonly undefined[]>;
  /** Leases due watchdogs of one agent: legs that a provider took and that have not delivered in time, or never will. */
  claimWatches(request: ClaimRequest): Promise<readonly ClaimedWatch[]>;
  /** Writes what follows from legs that were watched: another leg with its send job, the message's end, or another look later. */
  settleWatches(batch: readonly WatchSettlement[]): Promise<readonly undefined[]>;
  /** The lanes that have jobs of a kind, configured or not. */
  listLanes(kind: "send" | "watchdog"): Promise<readonly string[]>;
  /** Gives leased jobs back untouched, due at once (invariant 7). */
  releaseJobs(jobs: readonly LeasedJob[]): Promise<void>;

  // --- decided by people --------------------------------------------------
  /** Takes a message out of the queue that no provider can have. Who holds its job, or may have handed it over, wins. */
  cancelMessage(cancellation: Cancellation): Promise<CancelResult>;
  /** Writes that a provider has taken a message back; answers the message as it is then. A delivery wins, and so does another leg. */
  recordRevocation(revocation: Revocation): Promise<MessageRow | undefined>;
  /** Where these messages stand, in the order asked; `undefined` where there is none. */
  findStandings(keys: readonly MessageKey[]): Promise<readonly (MessageStanding | undefined)[]>;
  /** Messages in review, the oldest first. */
  listReviews(query: ReviewQuery): Promise<Page<MessageStanding>>;
  /** Writes decisions on messages in review, each with its line of the audit log. One that is not in review any more is left as it is. At most 200. */
  decideReviews(batch: readonly ReviewDecision[]): Promise<readonly ReviewResult[]>;
  /** Who decided what, the newest first. */
  listAuditLog(query: AuditQuery): Promise<Page<AuditRow>>;

  /** What is known of these numbers over these providers, in the order asked. */
  findCapabilities(keys: readonly CapabilityKey[]): Promise<readonly (CapabilityRow | undefined)[]>;
  putCapabilities(learnt: readonly CapabilityRow[]): Promise<void>;
  /** What was known of these is in doubt: the next who needs it asks the provider. */
  forgetCapabilities(keys: readonly CapabilityKey[]): Promise<void>;

  /** Whether a lane has a send job that is due. */
  hasDueSends(question: Omit<ClaimRequest, "leaseMs" | "limit">): Promise<boolean>;

  // --- limits -------------------------------------------------------------
  /**
   * Divides limits over the nodes that want some of them, in whole slots: those of all unexpired shares of a
   * bucket never exceed its limit, except while a lowered limit waits for what is still in use.
   */
  renewShares(batch: readonly ShareRequest[]): Promise<readonly Share[]>;
  /** Shares that have not expired. */
  listRateShares(nowMs: number): Promise<readonly RateShareRow[]>;
  /** Puts a limit in the place of the configured one, on every node; null for no limit, `undefined` to go back. */
  setRateLimit(bucket: string, perSecond: number | null | undefined, atMs: number): Promise<void>;
  listRateLimits(): Promise<readonly RateLimitRow[]>;

  // --- receipts -----------------------------------------------------------
  /** Keeps what a provider told us as it came and applies it, in one transaction. */
  recordReceipts(batch: readonly NewReceipt[]): Promise<readonly ReceiptResult[]>;
  /** Applies parked receipts whose leg is known by now; answers how many. Bounded by `limit`. */
  applyParkedReceipts(limit: number): Promise<number>;

  // --- events and webhooks ------------------------------------------------
  /** Logs events that change no message (a test delivery, an unrecognised payload). */
  logEvents(events: readonly NewEvent[]): Promise<void>;
  listEvents(query: EventQuery): Promise<Page<EventRow>>;
  /** The cursor behind the newest event. */
  endOfEvents(): Promise<string>;
  claimDeliveries(request: ClaimRequest): Promise<readonly ClaimedDelivery[]>;
  settleDeliveries(batch: readonly DeliverySettlement[]): Promise<readonly undefined[]>;
  listDeliveries(query: DeliveryQuery): Promise<Page<DeliveryRow>>;
  /** Makes a delivery due again; false when there is none. */
  replayDelivery(endpointId: string, eventId: string, atMs: number): Promise<boolean>;
  insertEndpoint(endpoint: EndpointRow): Promise<void>;
  /** Changes what is given and nothing else; answers the row as it is then, or `undefined` when there is none. */
  updateEndpoint(id: string, changes: EndpointChanges): Promise<EndpointRow | undefined>;
  /** A new secret, which the one before it goes on signing beside until `untilMs`. */
  rotateEndpoint(id: string, secret: string, untilMs: number): Promise<EndpointRow | undefined>;
  /**
   * Disables an endpoint and logs `event`. One that is disabled already, or that its owner has changed
   * since `url` was tried, is left as it is, and nothing is logged.
   */
  disableEndpoint(which: DisabledEndpoint, event: NewEvent): Promise<void>;
  deleteEndpoint(id: string): Promise<void>;
  listEndpoints(): Promise<readonly EndpointRow[]>;

  // --- alerts -------------------------------------------------------------
  /** Adds what a node counted of providers. Whether they stand well is as the newest row of a minute says. */
  addProviderMinutes(minutes: readonly ProviderMinute[]): Promise<void>;
  /** What providers did in each of these spans, over all nodes; a minute belongs to the span in which it begins. At most 20 spans. */
  sumProviderMinutes(
    spans: readonly Span[],
  ): Promise<readonly ReadonlyMap<string, ProviderCounts>[]>;
  /** Deletes what was counted before `beforeMs`. */
  forgetProviderMinutes(beforeMs: number): Promise<void>;
  /** How many messages wait for review since before `beforeMs`; counts no further than `max`. */
  countOldReviews(mode: Mode, beforeMs: number, max: number): Promise<number>;
  /** Makes work that one node does for all this holder's until `untilMs`; false while it is another's. */
  takeLease(lease: Lease): Promise<boolean>;
  /** Opens and closes alerts, each with its event. One that is open already opens no second, and none closes twice; answers the ids of those that changed. */
  changeAlerts(changes: AlertChanges): Promise<ReadonlySet<string>>;
  /** Alerts that are open, in both modes; at most 1,000. */
  listOpenAlerts(): Promise<readonly AlertRow[]>;
  /** The newest first. */
  listAlerts(query: AlertQuery): Promise<Page<AlertRow>>;

  // --- read ---------------------------------------------------------------
  getMessage(mode: Mode, id: string): Promise<MessageRow | undefined>;
  listMessages(query: MessageQuery): Promise<Page<MessageRow>>;
  listInteractions(messageUid: string): Promise<readonly InteractionRow[]>;
  listTimeline(messageUid: string): Promise<Timeline>;

  // --- keys --------------------------------------------------
  insertApiKey(key: ApiKeyRow): Promise<void>;
  findApiKey(hash: string): Promise<ApiKeyRow | undefined>;
  listApiKeys(mode?: Mode): Promise<readonly ApiKeyRow[]>;
  /** Changes what is given and nothing else. A limit counts on every node from its next renewal of shares on. */
  updateApiKey(mode: Mode, id: string, changes: ApiKeyChanges): Promise<ApiKeyRow | undefined>;
  revokeApiKey(mode: Mode, id: string, atMs: number): Promise<boolean>;

  /** The secret of this name, the same on every node: the one given where there is none yet. */
  keepSecret(name: string, secret: string): Promise<string>;

  // --- life ---------------------------------------------------------------
  /** Calls back when there may be new work of a kind. A hint for latency only; due times are the truth. Answers how to stop. */
  onHint(listener: (hint: Hint) => void): () => void;
  /** Rejects when the store cannot be used now. */
  check(): Promise<void>;
  /** Counts for metrics: waiting jobs by kind. */
  countJobs(): Promise<Readonly<Record<JobKind, number>>>;
  /** Resolves when the store has ended by itself and for good: only a new process helps. It may never. */
  readonly ended: Promise<Error>;
  close(): Promise<void>;
}

export type JobKind = "send" | "watchdog" | "webhook" | "media";
/** What there may be to do; `urgent` are send jobs that overtake (`isUrgent`), `send` all others. */
export type Hint = JobKind | "urgent" | "event";

/** The lane of send jobs of one agent over one provider; a limit of either is a limit of the lane. */
export function sendLane(agentId: string, provider: string): string {
  return `${agentId}/${provider}`;
}

export type AcceptResult =
  | { readonly kind: "accepted" }
  /** The id was used before. Compare hashes to tell a repeat from a conflict. */
  | ({ readonly kind: "known" } & KnownMessage)
  /** The conversation was new when this was planned, and has another number by now. Nothing is stored. */
  | { readonly kind: "contact_taken" }
  /** The person has opted out. Nothing is stored. */
  | { readonly kind: "opted_out" };

export interface KnownMessage {
  readonly message: MessageRow;
  readonly requestHash: string;
}

export interface EventRow {
  /** Stands for the place right behind this event. */
  readonly cursor: string;
  readonly mode: Mode;
  readonly type: EventType;
  readonly atMs: number;
  /** The event as delivered, JSON text. */
  readonly body: string;
}

export interface EventQuery extends PageRequest {
  readonly mode: Mode;
  readonly types?: readonly EventType[] | undefined;
  readonly conversationId?: string | undefined;
  readonly messageId?: string | undefined;
}

export interface ClaimRequest {
  /** Sends: `sendLane`. Watchdogs: the agent. Webhooks: the endpoint. Files: `mediaLane`. */
  readonly lane: string;
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly limit: number;
  /** Only jobs as urgent as this or more; all when not given. */
  readonly priorityMax?: number;
}

/** A job that we hold until its lease ends. `leaseToken` fences: whoever lost the lease cannot end the job. */
export interface LeasedJob {
  readonly jobId: number;
  readonly leaseToken: string;
}

export interface ClaimedSend extends LeasedJob {
  /** Retries used up on the current leg. */
  readonly retriesUsed: number;
  /** Attempts made so far, on any leg. */
  readonly tries: number;
  /** Whether an attempt of this leg ended without an answer, or was interrupted: whoever lost the lease may have made the call. */
  readonly mayHaveBeenTaken: boolean;
  readonly message: MessageRow;
  readonly leg: NewLeg;
  /** False when the message went on over another leg meanwhile. */
  readonly isCurrent: boolean;
  /** Whether the person has opted out by now of the message's purpose or of all. */
  readonly hasOptedOut: boolean;
  /** Whose order the job keeps; none for a job that keeps none. */
  readonly conversation: string | null;
}

/** A leg to look after: its time has run out, or a receipt said how it ended. */
export interface ClaimedWatch extends LeasedJob {
  /** Looks that were taken before. */
  readonly tries: number;
  /** Whether one of them ended without an answer: the message may have been taken back already. */
  readonly mayHaveBeenTakenBack: boolean;
  readonly message: MessageRow;
  readonly leg: NewLeg;
  readonly isCurrent: boolean;
  readonly hasOptedOut: boolean;
  /** What a receipt said of the leg's end. */
  readonly ended: { readonly end: LegEnd; readonly reason: Reason | null } | undefined;
}

export interface WatchSettlement extends LeasedJob {
  readonly messageUid: string;
  readonly legIndex: number;
  readonly change: StatusChange | undefined;
  readonly reason: Reason | undefined;
  /** The leg that follows; its send job is due at once. */
  readonly newLeg: NewLeg | undefined;
  /** How the leg that is left ended. One that may deliver all the same keeps a later failure from being the message's end. */
  readonly leftEnd: LegEnd | undefined;
  /** When to look again; the watch ends when not given. */
  readonly againAtMs: number | undefined;
  /** Looks that were taken by then. */
  readonly tries: number;
  readonly nowMs: number;
}

/** One line of the audit log. */
export interface NewAuditEntry {
  readonly mode: Mode;
  readonly atMs: number;
  /** The id of the API key that asked. */
  readonly actor: string;
  readonly action: AuditAction;
  /** The id of the message, or of the erasure. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | boolean | number>>;
}

export interface AuditRow extends NewAuditEntry {
  readonly id: string;
}

export interface AuditQuery extends PageRequest {
  readonly mode: Mode;
  readonly subject?: string | undefined;
}

export interface Cancellation {
  readonly key: MessageKey;
  readonly reason: Reason;
  readonly audit: NewAuditEntry;
}

export type CancelResult =
  /** Now, or before. */
  | { readonly kind: "cancelled"; readonly message: MessageRow }
  /** Somebody holds its job: the call is being made, or was when its maker was lost. */
  | { readonly kind: "being_sent" }
  /** It is queued, and an attempt before may have delivered it. */
  | { readonly kind: "may_have_been_taken" }
  /** It is in a status from which nothing is cancelled. */
  | { readonly kind: "too_late"; readonly status: MessageStatus }
  | { readonly kind: "not_found" };

export interface Revocation {
  readonly messageUid: string;
  /** The leg that the provider has taken back. */
  readonly legIndex: number;
  readonly reason: Reason;
  readonly audit: NewAuditEntry;
}

/** A message and its current leg, with what is known of what the leg may have done. */
export interface MessageStanding {
  readonly message: MessageRow;
  readonly leg: NewLeg;
  /** Provider calls that were recorded, over all legs. */
  readonly attempts: number;
  /** Whether the leg may have delivered: a provider took it, gave no answer, or was called by who was then lost. */
  readonly mayHaveBeenTaken: boolean;
  /** Whether a provider said that it has the leg. */
  readonly wasTaken: boolean;
  /** From when its time to live counts: the last retry by a person, else when it was to be sent first. */
  readonly timeBeganAtMs: number;
  /** When it came into review the last time; null when it never did. */
  readonly inReviewSinceMs: number | null;
  /** Whether the person has opted out of the message's purpose or of all. */
  readonly hasOptedOut: boolean;
}

export interface ReviewQuery extends PageRequest {
  readonly mode: Mode;
  readonly agentId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** The code of the message's reason. */
  readonly code?: string | undefined;
}

export interface ReviewDecision {
  readonly messageUid: string;
  /** The current leg and the count of attempts when this was decided: a message that has gone on since is left as it is. */
  readonly legIndex: number;
  readonly attempts: number;
  /** `requeued` tries the same leg again; its time to live begins anew. */
  readonly change:
    | { readonly kind: "requeued" | "dismissed" }
    | { readonly kind: "next_leg"; readonly channel: Channel };
  /** Given with `next_leg`; its send job is due at once. */
  readonly newLeg: NewLeg | undefined;
  /** With `next_leg`: that the leg which is left may deliver all the same. */
  readonly leftEnd?: "inconclusive";
  readonly reason: Reason | undefined;
  readonly audit: NewAuditEntry;
}

export type ReviewResult = "decided" | "not_in_review";

/** What a node counted of a provider in a minute. */
export interface ProviderMinute extends ProviderCounts {
  readonly provider: string;
  /** When the minute begins. */
  readonly minuteMs: number;
  readonly node: string;
}

export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly nowMs: number;
  /** Not after `nowMs`: the holder gives it back. */
  readonly untilMs: number;
}

export interface AlertRow extends AlertKey {
  readonly id: string;
  readonly detail: string;
  readonly openedAtMs: number;
  /** Null while it is open. */
  readonly closedAtMs: number | null;
}

export interface AlertChanges {
  readonly opened: readonly { readonly alert: AlertRow; readonly event: NewEvent }[];
  readonly closed: readonly {
    readonly id: string;
    readonly atMs: number;
    readonly event: NewEvent;
  }[];
}

export interface AlertQuery extends PageRequest {
  readonly mode: Mode;
  readonly state?: "open" | "closed" | undefined;
}

export interface CapabilityKey {
  readonly provider: string;
  readonly phoneNumber: string;
}

/** What a phone can do over a provider, and when that was learnt. */
export interface CapabilityRow extends CapabilityKey {
  readonly reachable: boolean;
  /** `undefined` when the provider did not say. */
  readonly features: readonly Feature[] | undefined;
  readonly checkedAtMs: number;
}

export interface NewAttempt extends LeasedJob {
  /** Whether it is not begun when the person has opted out by now. */
  readonly unlessOptedOut?: boolean;
  readonly attempt: AttemptRow;
}

export type BeginResult = "begun" | "not_ours" | "opted_out";

/** What an attempt came to, in the provider's words. */
export interface AttemptRow {
  readonly messageUid: string;
  readonly legIndex: number;
  readonly number: number;
  readonly provider: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly outcome: "accepted" | "rejected" | "deferred" | "unknown" | "started";
  readonly code: FailureCode | null;
  readonly detail: string | null;
}

export interface SendSettlement extends LeasedJob {
  /** None when nothing was attempted (the message had moved on, or had expired). */
  readonly attempt: AttemptRow | undefined;
  readonly messageUid: string;
  readonly agentId: string;
  readonly legIndex: number;
  /** What the provider called the message, where it chooses the name. */
  readonly providerMessageId: string | undefined;
  readonly change: StatusChange | undefined;
  readonly reason: Reason | undefined;
  /** When and where to try again; the job ends when not given. */
  readonly next: NextAttempt | undefined;
  /** When to look whether the leg has delivered; nobody looks when not given. */
  readonly watchAtMs: number | undefined;
  /** Features that the content asked for and the handset lacks; the event tells of them. */
  readonly missing?: readonly Feature[] | undefined;
  /** The claim's: those who wait for the job to end. */
  readonly conversation: string | null;
  readonly nowMs: number;
}

export interface NextAttempt {
  readonly dueAtMs: number;
  /** Retries used up on the leg that comes next. */
  readonly retriesUsed: number;
  /** Attempts made so far, on any leg. */
  readonly tries: number;
  readonly legIndex: number;
  /** Given when the next attempt takes a route that was not taken before. */
  readonly newLeg: NewLeg | undefined;
}

/** What a person did, as the adapter understood it. */
export interface NewInteraction {
  /** The adapter's word for it; for a tap, what the customer's message says it is wins. */
  readonly interactionType: InteractionType;
  readonly postbackData?: string | undefined;
  readonly suggestionText?: string | undefined;
  readonly text?: string | undefined;
  readonly location?: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly file?: EventData["file"];
}

export interface NewReceipt {
  readonly provider: string;
  readonly mode: Mode;
  readonly agentId: string;
  /** The provider's own id of what it told us; the same again is counted, not stored. */
  readonly dedupeKey: string;
  /** The payload as it came. */
  readonly raw: string;
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
  readonly meaning: ReceiptMeaning;
  /** What it came over, where that is known. */
  readonly channel?: Channel | undefined;
  /** For a file: the name of our copy, and the link to it that events have. Without it no copy is made. */
  readonly media?: { readonly id: string; readonly link: string } | undefined;
  /** What it says about the person's will, beside what it means otherwise. */
  readonly consent?: ReceiptConsent | undefined;
}

export type ReceiptMeaning =
  /** A message's status. Parked while no leg has this provider message id, unless our reference says which leg it is: then that leg has the id from now on. */
  | {
      readonly kind: "status";
      readonly providerMessageId: string;
      /** `domain/leg-reference.ts`; looked at only where the id is not known. */
      readonly reference?: string | undefined;
      readonly change: StatusChange;
      readonly reason?: Reason | undefined;
    }
  | {
      readonly kind: "interaction";
      readonly phoneNumber: string;
      /** The provider's id of what the person sent, where it has one. */
      readonly providerMessageId?: string | undefined;
      readonly interaction: NewInteraction;
    }
  /** Something about the recipient or the agent that changes no message. */
  | {
      readonly kind: "notice";
      readonly phoneNumber?: string;
      readonly type: EventType;
      readonly data: EventData;
    }
  | { readonly kind: "unrecognised" };

export type ReceiptResult = "applied" | "parked" | "duplicate" | "unrecognised";

export interface InteractionRow {
  readonly id: string;
  readonly interactionType: InteractionType;
  readonly postbackData: string | null;
  readonly createdAtMs: number;
}

export interface ReceiptRow {
  readonly provider: string;
  readonly kind: string;
  readonly raw: string;
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
  readonly seenCount: number;
}

export interface Timeline {
  readonly events: readonly EventRow[];
  readonly attempts: readonly AttemptRow[];
  readonly receipts: readonly ReceiptRow[];
}

export interface MessageQuery extends PageRequest {
  readonly mode: Mode;
  readonly status?: MessageStatus | undefined;
  readonly conversationId?: string | undefined;
  readonly agentId?: string | undefined;
}

export interface ClaimedDelivery extends LeasedJob {
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: EventType;
  /** Tries made before. */
  readonly attempts: number;
  /** The event as delivered, JSON text. */
  readonly body: string;
  readonly createdAtMs: number;
}

export interface DeliverySettlement extends LeasedJob {
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: EventType;
  readonly attempts: number;
  readonly state: "pending" | "succeeded" | "failed";
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly createdAtMs: number;
  readonly attemptedAtMs: number;
  /** When to try again; with state `pending` only. */
  readonly nextAttemptAtMs: number | null;
}

export interface DeliveryRow {
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: EventType;
  readonly state: "pending" | "succeeded" | "failed";
  readonly attempts: number;
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly createdAtMs: number;
  readonly lastAttemptAtMs: number | null;
  readonly nextAttemptAtMs: number | null;
}

export interface DeliveryQuery extends PageRequest {
  readonly endpointId: string;
  readonly state?: DeliveryRow["state"] | undefined;
}
