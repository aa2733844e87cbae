import { randomUUID } from "node:crypto";
import type { Mode } from "@richline/contract";
import type { Span } from "../../domain/alert-rules.ts";
import type { ShareRequest } from "../../domain/rate-shares.ts";
import type { ApiKeyChanges, ApiKeyRow } from "../api-key-row.ts";
import type { ConsentSubject } from "../consent-row.ts";
import type { ContactChange, ContactKey, ContactQuery, ContactStore } from "../contact-row.ts";
import type { ConversationChange, ConversationKey, NoteRow } from "../conversation-row.ts";
import type {
  ConversationQuery,
  ConversationStore,
  NoteQuery,
  NoteRemoval,
  ThreadQuery,
} from "../conversation-store.ts";
import type { DisabledEndpoint, EndpointChanges, EndpointRow } from "../endpoint-row.ts";
import type { ErasureQuery, ErasureStore, NewErasure } from "../erasure-row.ts";
import type { FormStore, FormSubmission } from "../form-store.ts";
import type { Click, LinkStore } from "../link-store.ts";
import {
  type MediaChunk,
  type MediaSettlement,
  type MediaStore,
  mediaLane,
} from "../media-store.ts";
import type {
  AlertChanges,
  AlertQuery,
  AuditQuery,
  Cancellation,
  CapabilityKey,
  CapabilityRow,
  ClaimRequest,
  ConsentChange,
  ConsentHistoryQuery,
  ConsentQuery,
  ConsentStore,
  DeliveryQuery,
  DeliverySettlement,
  EventQuery,
  JobKind,
  Lease,
  LeasedJob,
  MessageKey,
  MessageQuery,
  NewAttempt,
  NewEvent,
  NewMessage,
  NewReceipt,
  ProviderMinute,
  ReviewDecision,
  ReviewQuery,
  Revocation,
  SendSettlement,
  Store,
  WatchSettlement,
} from "../store.ts";
import { acceptMessages, findKnown } from "./accept-messages.ts";
import * as alerts from "./alerts.ts";
import * as apiKeys from "./api-keys.ts";
import { beginAttempts } from "./attempts.ts";
import { listAuditLog } from "./audit-log.ts";
import { cancelMessage, recordRevocation } from "./cancel-messages.ts";
import * as capabilities from "./capabilities.ts";
import { claimJobs, hasDueSends } from "./claim-jobs.ts";
import { claimSends, claimWatches, listLanes } from "./claim-sends.ts";
import * as consents from "./consents.ts";
import * as contacts from "./contacts.ts";
import * as notes from "./conversation-notes.ts";
import { changeConversation } from "./conversations.ts";
import * as deliveries from "./deliveries.ts";
import { releaseJobs } from "./end-jobs.ts";
import * as endpoints from "./endpoints.ts";
import * as erasures from "./erase-person.ts";
import * as forms from "./forms.ts";
import { insertEvents } from "./insert-events.ts";
import { listInteractions } from "./interactions.ts";
import * as links from "./links.ts";
import * as media from "./media.ts";
import { findOptOuts } from "./opt-outs.ts";
import * as providerMinutes from "./provider-minutes.ts";
import * as rateShares from "./rate-shares.ts";
import { findConversation, findLastInbound, listConversations } from "./read-conversations.ts";
import { endOfEvents, listEvents } from "./read-events.ts";
import { getMessage, listMessages, readTimeline } from "./read-messages.ts";
import { listThread } from "./read-thread.ts";
import { applyParked, recordReceipts } from "./record-receipts.ts";
import { decideReviews, listReviews } from "./reviews.ts";
import { keepSecret } from "./secrets.ts";
import { type Database, numberOf, type Session, textOf } from "./session.ts";
import { settleSends } from "./settle-sends.ts";
import { settleWatches } from "./settle-watches.ts";
import { findStandings } from "./standings.ts";

/** The store over either database: which statements make one transaction, and who hears of it. */
export function createSqlStore(database: Database): Store {
  return {
    ...workMethods(database),
    ...decisionMethods(database),
    ...alertMethods(database),
    ...consentMethods(database),
    ...formMethods(database),
    ...linkMethods(database),
    ...conversationMethods(database),
    ...mediaMethods(database),
    ...contactMethods(database),
    ...erasureMethods(database),
    ...recordMethods(database),
    onHint: (listener) => database.onHint(listener),
    check: () => database.read(async (s) => void (await s.all("SELECT 1 AS one"))),
    ended: new Promise(() => undefined),
    close: () => database.close(),
  };
}

type WorkMethod =
  | "acceptMessages"
  | "claimSends"
  | "beginAttempts"
  | "settleSends"
  | "claimWatches"
  | "settleWatches"
  | "listLanes"
  | "releaseJobs"
  | "hasDueSends"
  | "renewShares"
  | "recordReceipts"
  | "applyParkedReceipts"
  | "logEvents"
  | "claimDeliveries"
  | "settleDeliveries"
  | "countJobs";

/** What moves messages and deliveries on. */
function workMethods({ read, write }: Database): Pick<Store, WorkMethod> {
  return {
    acceptMessages: (batch: readonly NewMessage[]) => write((s) => acceptMessages(s, batch)),
    claimSends: (request: ClaimRequest) => write((s) => claimSends(s, request)),
    beginAttempts: (batch: readonly NewAttempt[]) => write((s) => beginAttempts(s, batch)),
    settleSends: (batch: readonly SendSettlement[]) => write((s) => settleSends(s, batch)),
    claimWatches: (request: ClaimRequest) => write((s) => claimWatches(s, request)),
    settleWatches: (batch: readonly WatchSettlement[]) => write((s) => settleWatches(s, batch)),
    listLanes: (kind) => read((s) => listLanes(s, kind)),
    releaseJobs: (jobs: readonly LeasedJob[]) => write((s) => releaseJobs(s, jobs)),
    hasDueSends: (question) => read((s) => hasDueSends(s, question)),
    renewShares: (batch: readonly ShareRequest[]) => write((s) => rateShares.renewShares(s, batch)),
    recordReceipts: (batch: readonly NewReceipt[]) => write((s) => recordReceipts(s, batch)),
    applyParkedReceipts: (limit: number) => write((s) => applyParked(s, { limit })),
    logEvents: (events: readonly NewEvent[]) => write((s) => insertEvents(s, events)),
    claimDeliveries: (request: ClaimRequest) =>
      write(async (s) => {
        const leaseToken = randomUUID();
        return deliveries.readDeliveries(
          s,
          await claimJobs(s, "webhook", request, leaseToken),
          leaseToken,
        );
      }),
    settleDeliveries: (batch: readonly DeliverySettlement[]) =>
      write((s) => deliveries.settleDeliveries(s, batch)),
    countJobs: () => read(countJobs),
  };
}

type DecisionMethod =
  | "cancelMessage"
  | "recordRevocation"
  | "findStandings"
  | "listReviews"
  | "decideReviews"
  | "listAuditLog";

/** What people decide about messages, and what they need to know for it. */
function decisionMethods({ read, write }: Database): Pick<Store, DecisionMethod> {
  return {
    cancelMessage: (cancellation: Cancellation) => write((s) => cancelMessage(s, cancellation)),
    recordRevocation: (revocation: Revocation) => write((s) => recordRevocation(s, revocation)),
    findStandings: (keys: readonly MessageKey[]) => read((s) => findStandings(s, keys)),
    listReviews: (query: ReviewQuery) => read((s) => listReviews(s, query)),
    decideReviews: (batch: readonly ReviewDecision[]) => write((s) => decideReviews(s, batch)),
    listAuditLog: (query: AuditQuery) => read((s) => listAuditLog(s, query)),
  };
}

type AlertMethod =
  | "addProviderMinutes"
  | "sumProviderMinutes"
  | "forgetProviderMinutes"
  | "countOldReviews"
  | "takeLease"
  | "changeAlerts"
  | "listOpenAlerts"
  | "listAlerts";

/** What alerts are made of. */
function alertMethods({ read, write }: Database): Pick<Store, AlertMethod> {
  return {
    addProviderMinutes: (minutes: readonly ProviderMinute[]) =>
      write((s) => providerMinutes.addProviderMinutes(s, minutes)),
    sumProviderMinutes: (spans: readonly Span[]) =>
      read((s) => providerMinutes.sumProviderMinutes(s, spans)),
    forgetProviderMinutes: (beforeMs: number) =>
      write((s) => providerMinutes.forgetProviderMinutes(s, beforeMs)),
    countOldReviews: (mode: Mode, beforeMs: number, max: number) =>
      read((s) => alerts.countOldReviews(s, { mode, beforeMs, max })),
    takeLease: (lease: Lease) => write((s) => alerts.takeLease(s, lease)),
    changeAlerts: (changes: AlertChanges) => write((s) => alerts.changeAlerts(s, changes)),
    listOpenAlerts: () => read(alerts.listOpenAlerts),
    listAlerts: (query: AlertQuery) => read((s) => alerts.listAlerts(s, query)),
  };
}

/** What people want. */
function consentMethods({ read, write }: Database): ConsentStore {
  return {
    changeConsents: (batch: readonly ConsentChange[]) =>
      write((s) => consents.changeConsents(s, batch)),
    findOptOuts: (subjects: readonly ConsentSubject[]) =>
      read(async (s) => {
        const places = await findOptOuts(s, subjects);
        return subjects.map((_, place) => places.has(place));
      }),
    findConsents: (mode: Mode, phoneNumber: string) =>
      read((s) => consents.findConsents(s, mode, phoneNumber)),
    listConsents: (query: ConsentQuery) => read((s) => consents.listConsents(s, query)),
    listConsentHistory: (query: ConsentHistoryQuery) =>
      read((s) => consents.listConsentHistory(s, query)),
  };
}

/** The pages of forms. */
function formMethods({ read, write }: Database): FormStore {
  return {
    findForm: (token: string) => read((s) => forms.findForm(s, token)),
    findFormLinks: (messageUids: readonly string[]) =>
      read((s) => forms.findFormLinks(s, messageUids)),
    submitForm: (submission: FormSubmission) => write((s) => forms.submitForm(s, submission)),
  };
}

/** Tracked links. */
function linkMethods({ read, write }: Database): LinkStore {
  return {
    findLink: (code: string) => read((s) => links.findLink(s, code)),
    listLinks: (messageUid: string) => read((s) => links.listLinks(s, messageUid)),
    recordClicks: (clicks: readonly Click[]) => write((s) => links.recordClicks(s, clicks)),
  };
}

/** Conversations, and what is in them. */
function conversationMethods({ read, write }: Database): ConversationStore {
  return {
    findConversation: (key) => read((s) => findConversation(s, key)),
    listConversations: (query: ConversationQuery) => read((s) => listConversations(s, query)),
    changeConversation: (change: ConversationChange) => write((s) => changeConversation(s, change)),
    listThread: (query: ThreadQuery) => read((s) => listThread(s, query)),
    findLastInbound: (key: ConversationKey) => read((s) => findLastInbound(s, key)),
    addNote: (note: NoteRow) => write((s) => notes.addNote(s, note)),
    listNotes: (query: NoteQuery) => read((s) => notes.listNotes(s, query)),
    deleteNote: (removal: NoteRemoval) => write((s) => notes.deleteNote(s, removal)),
  };
}

/** People's files. */
function mediaMethods({ read, write }: Database): MediaStore {
  return {
    claimMedia: (request) =>
      write(async (s) => {
        const leaseToken = randomUUID();
        const jobs = await claimJobs(s, "media", { ...request, lane: mediaLane }, leaseToken);
        return media.readClaimed(s, jobs, leaseToken);
      }),
    putMediaChunk: (chunk: MediaChunk) => write((s) => media.putChunk(s, chunk)),
    settleMedia: (settlement: MediaSettlement) => write((s) => media.settleMedia(s, settlement)),
    findMedia: (id: string) => read((s) => media.findMedia(s, id)),
    readMediaChunk: (which) => read((s) => media.readChunk(s, which)),
    sumMediaBytes: () => read(media.sumBytes),
    forgetMedia: (beforeMs: number, limit: number) =>
      write((s) => media.forgetMedia(s, beforeMs, limit)),
  };
}

/** Who people are. */
function contactMethods({ read, write }: Database): ContactStore {
  return {
    findContacts: (keys: readonly ContactKey[]) => read((s) => contacts.findContacts(s, keys)),
    changeContacts: (batch: readonly ContactChange[], store: boolean) =>
      write((s) => contacts.changeContacts(s, batch, store)),
    deleteContact: (key: ContactKey) =>
      write(async (s) => (await contacts.deleteContacts(s, [key])).length > 0),
    listContacts: (query: ContactQuery) => read((s) => contacts.listContacts(s, query)),
  };
}

/** Forgetting people. */
function erasureMethods({ read, write }: Database): ErasureStore {
  return {
    startErasure: (erasure: NewErasure) => write((s) => erasures.startErasure(s, erasure)),
    erasePiece: (id: string | undefined, nowMs: number) =>
      write((s) => erasures.erasePiece(s, { id, nowMs })),
    findErasure: (mode: Mode, id: string) => read((s) => erasures.findErasure(s, mode, id)),
    listErasures: (query: ErasureQuery) => read((s) => erasures.listErasures(s, query)),
  };
}

/** What is looked up and administered. */
function recordMethods({
  read,
  write,
}: Database): Omit<
  Store,
  | WorkMethod
  | DecisionMethod
  | AlertMethod
  | keyof ConsentStore
  | keyof FormStore
  | keyof LinkStore
  | keyof ConversationStore
  | keyof MediaStore
  | keyof ContactStore
  | keyof ErasureStore
  | "onHint"
  | "check"
  | "ended"
  | "close"
> {
  return {
    findKnown: (keys: readonly MessageKey[]) => read((s) => findKnown(s, keys)),
    findCapabilities: (keys: readonly CapabilityKey[]) =>
      read((s) => capabilities.findCapabilities(s, keys)),
    putCapabilities: (learnt: readonly CapabilityRow[]) =>
      write((s) => capabilities.putCapabilities(s, learnt)),
    forgetCapabilities: (keys: readonly CapabilityKey[]) =>
      write((s) => capabilities.forgetCapabilities(s, keys)),
    listEvents: (query: EventQuery) => read((s) => listEvents(s, query)),
    endOfEvents: () => read(endOfEvents),
    listDeliveries: (query: DeliveryQuery) => read((s) => deliveries.listDeliveries(s, query)),
    replayDelivery: (endpointId: string, eventId: string, atMs: number) =>
      write((s) => deliveries.replayDelivery(s, endpointId, eventId, atMs)),
    insertEndpoint: (endpoint: EndpointRow) => write((s) => endpoints.insertEndpoint(s, endpoint)),
    updateEndpoint: (id: string, changes: EndpointChanges) =>
      write((s) => endpoints.updateEndpoint(s, id, changes)),
    rotateEndpoint: (id: string, secret: string, untilMs: number) =>
      write((s) => endpoints.rotateEndpoint(s, id, { secret, untilMs })),
    disableEndpoint: (which: DisabledEndpoint, event: NewEvent) =>
      write(async (s) => {
        if (await endpoints.disableEndpoint(s, which)) await insertEvents(s, [event]);
      }),
    deleteEndpoint: (id: string) => write((s) => endpoints.deleteEndpoint(s, id)),
    listEndpoints: () => read(endpoints.listEndpoints),
    getMessage: (mode: Mode, id: string) => read((s) => getMessage(s, mode, id)),
    listMessages: (query: MessageQuery) => read((s) => listMessages(s, query)),
    listInteractions: (messageUid: string) => read((s) => listInteractions(s, messageUid)),
    listTimeline: (messageUid: string) => read((s) => readTimeline(s, messageUid)),
    listRateShares: (nowMs: number) => read((s) => rateShares.listRateShares(s, nowMs)),
    listRateLimits: () => read(rateShares.listRateLimits),
    setRateLimit: (bucket: string, perSecond: number | null | undefined, atMs: number) =>
      write((s) => rateShares.setRateLimit(s, bucket, perSecond, atMs)),
    insertApiKey: (key: ApiKeyRow) => write((s) => apiKeys.insertApiKey(s, key)),
    findApiKey: (hash: string) => read((s) => apiKeys.findApiKey(s, hash)),
    listApiKeys: (mode?: Mode) => read((s) => apiKeys.listApiKeys(s, mode)),
    updateApiKey: (mode: Mode, id: string, changes: ApiKeyChanges) =>
      write((s) => apiKeys.updateApiKey(s, { mode, id }, changes)),
    keepSecret: (name: string, secret: string) => write((s) => keepSecret(s, name, secret)),
    revokeApiKey: (mode: Mode, id: string, atMs: number) =>
      write((s) => apiKeys.revokeApiKey(s, mode, id, atMs)),
  };
}

async function countJobs(session: Session): Promise<Readonly<Record<JobKind, number>>> {
  const rows = await session.all("SELECT kind, count(*) AS total FROM jobs GROUP BY kind");
  const totals = new Map(rows.map((row) => [textOf(row, "kind"), numberOf(row, "total")]));
  const count = (kind: JobKind) => totals.get(kind) ?? 0;
  return {
    send: count("send"),
    watchdog: count("watchdog"),
    webhook: count("webhook"),
    media: count("media"),
  };
}
