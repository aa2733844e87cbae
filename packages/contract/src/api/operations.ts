import { z } from "zod";
import type { ErrorCode } from "../error-codes.ts";
import { event } from "../event.ts";
import * as alerts from "./alerts.ts";
import * as keys from "./api-keys.ts";
import * as audit from "./audit-log.ts";
import * as capabilities from "./capabilities.ts";
import * as contacts from "./contacts.ts";
import * as endpoints from "./endpoints.ts";
import * as events from "./events.ts";
import * as rates from "./limits.ts";
import * as messages from "./messages.ts";
import * as reviews from "./reviews.ts";

/** One operation of the API: what the reference and the OpenAPI document say of it, and what the server checks. */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{parameters}`. */
  readonly path: string;
  readonly group:
    | "Messages"
    | "Reviews"
    | "Audit log"
    | "Contacts"
    | "Capabilities"
    | "Endpoints"
    | "Events"
    | "Alerts"
    | "API keys"
    | "Limits"
    | "Health";
  readonly summary: string;
  /** What the key must be allowed; none for operations that need no key. */
  readonly scope?: keys.Scope;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Status and body of success. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>;
  /** Errors beyond those that every operation can answer. */
  readonly errors?: readonly ErrorCode[];
}

const sendErrors: readonly ErrorCode[] = [
  "invalid_request",
  "message_id_conflict",
  "recipient_unknown",
  "recipient_invalid",
  "recipient_mismatch",
  "agent_unknown",
  "content_unsupported",
];

/** Every operation of the API, in the order of the reference. A test holds the server's routes against it. */
export const operations = {
  sendMessage: {
    method: "POST",
    path: "/v1/messages",
    group: "Messages",
    summary:
      "Send a message. The same `messageId` and body again answers as the first time, with 200 and `Idempotent-Replayed: true`.",
    scope: "send",
    body: messages.sendMessageRequest,
    answers: { 202: messages.sendMessageResponse, 200: messages.sendMessageResponse },
    errors: sendErrors,
  },
  sendBatch: {
    method: "POST",
    path: "/v1/messages:batch",
    group: "Messages",
    summary: "Send up to 1,000 messages. Each is judged by itself and gets its own result.",
    scope: "send",
    body: messages.batchRequest,
    answers: { 200: messages.batchResponse },
    errors: ["invalid_request"],
  },
  validateMessage: {
    method: "POST",
    path: "/v1/messages:validate",
    group: "Messages",
    summary: "Judge a message without storing anything.",
    scope: "send",
    body: messages.sendMessageRequest,
    answers: { 200: messages.validateResponse },
    errors: ["invalid_request", "agent_unknown", "content_unsupported"],
  },
  listMessages: {
    method: "GET",
    path: "/v1/messages",
    group: "Messages",
    summary: "List messages, newest first.",
    scope: "read",
    query: messages.listMessagesQuery,
    answers: { 200: messages.messagePage },
    errors: ["invalid_request"],
  },
  getMessage: {
    method: "GET",
    path: "/v1/messages/{id}",
    group: "Messages",
    summary: "Read one message with its interactions.",
    scope: "read",
    answers: { 200: messages.message },
    errors: ["not_found"],
  },
  getTimeline: {
    method: "GET",
    path: "/v1/messages/{id}/timeline",
    group: "Messages",
    summary: "Every attempt, receipt and event of one message, in the provider's own words.",
    scope: "read",
    answers: { 200: messages.timeline },
    errors: ["not_found"],
  },
  cancelMessage: {
    method: "POST",
    path: "/v1/messages/{id}:cancel",
    group: "Messages",
    summary:
      "Cancel a message that was not handed to a provider yet. One that is cancelled already is answered as it is.",
    scope: "send",
    answers: { 200: messages.message },
    errors: ["not_found", "message_not_cancellable"],
  },
  revokeMessage: {
    method: "POST",
    path: "/v1/messages/{id}:revoke",
    group: "Messages",
    summary:
      "Take a message back that a provider has and that is not delivered yet. The provider is asked before the answer; a delivery wins.",
    scope: "send",
    answers: { 200: messages.message },
    errors: ["not_found", "message_not_revocable", "provider_refused", "provider_unavailable"],
  },
  listReviews: {
    method: "GET",
    path: "/v1/reviews",
    group: "Reviews",
    summary: "List the messages that wait for a person's decision, oldest first.",
    scope: "read",
    query: reviews.listReviewsQuery,
    answers: { 200: reviews.reviewPage },
    errors: ["invalid_request"],
  },
  retryReview: {
    method: "POST",
    path: "/v1/reviews/{id}:retry",
    group: "Reviews",
    summary:
      "Try the message again over the same route, with all its retries. Its time to live begins anew.",
    scope: "send",
    body: reviews.decideReviewRequest,
    answers: { 200: messages.message },
    errors: [
      "invalid_request",
      "not_found",
      "not_in_review",
      "outcome_unknown_needs_force",
      "provider_not_configured",
    ],
  },
  sendReviewAsSms: {
    method: "POST",
    path: "/v1/reviews/{id}:send-as-sms",
    group: "Reviews",
    summary:
      "Send the message's fallback text over the agent's next SMS route. What RCS may have delivered is taken back first.",
    scope: "send",
    body: reviews.decideReviewRequest,
    answers: { 200: messages.message },
    errors: [
      "invalid_request",
      "not_found",
      "not_in_review",
      "no_sms_route",
      "outcome_unknown_needs_force",
      "provider_refused",
      "provider_unavailable",
    ],
  },
  dismissReview: {
    method: "POST",
    path: "/v1/reviews/{id}:dismiss",
    group: "Reviews",
    summary: "Give the message up: it is FAILED with the reason `dismissed`.",
    scope: "send",
    body: reviews.dismissReviewRequest,
    answers: { 200: messages.message },
    errors: ["invalid_request", "not_found", "not_in_review"],
  },
  decideReviews: {
    method: "POST",
    path: "/v1/reviews:bulk",
    group: "Reviews",
    summary:
      "Decide on up to 1,000 messages at once: those named, or the oldest that a filter finds. Each gets its own result.",
    scope: "send",
    body: reviews.bulkReviewRequest,
    answers: { 200: reviews.bulkReviewResponse },
    errors: ["invalid_request"],
  },
  listAuditLog: {
    method: "GET",
    path: "/v1/audit-log",
    group: "Audit log",
    summary: "Who decided what by hand, newest first.",
    scope: "admin",
    query: audit.listAuditLogQuery,
    answers: { 200: audit.auditPage },
    errors: ["invalid_request", "invalid_cursor"],
  },
  listContacts: {
    method: "GET",
    path: "/v1/contacts",
    group: "Contacts",
    summary: "List contacts by conversation id.",
    scope: "read",
    query: contacts.listContactsQuery,
    answers: { 200: contacts.contactPage },
    errors: ["invalid_request"],
  },
  putContact: {
    method: "PUT",
    path: "/v1/contacts/{conversationId}",
    group: "Contacts",
    summary: "Create a contact, or change its number.",
    scope: "send",
    body: contacts.putContactRequest,
    answers: { 200: contacts.contact },
    errors: ["invalid_request", "recipient_invalid"],
  },
  getContact: {
    method: "GET",
    path: "/v1/contacts/{conversationId}",
    group: "Contacts",
    summary: "Read one contact.",
    scope: "read",
    answers: { 200: contacts.contact },
    errors: ["not_found"],
  },
  deleteContact: {
    method: "DELETE",
    path: "/v1/contacts/{conversationId}",
    group: "Contacts",
    summary: "Forget a conversation's number. Messages stay.",
    scope: "send",
    answers: { 204: "Deleted." },
    errors: ["not_found"],
  },
  checkCapabilities: {
    method: "POST",
    path: "/v1/capabilities:check",
    group: "Capabilities",
    summary:
      "Which of up to 10,000 numbers have RCS, and what their phones can show. Answers are remembered; 500 or more are asked in bulk, which says nothing about features.",
    scope: "send",
    body: capabilities.checkCapabilitiesRequest,
    answers: { 200: capabilities.capabilityList },
    errors: ["invalid_request", "agent_unknown", "lookup_unsupported"],
  },
  createEndpoint: {
    method: "POST",
    path: "/v1/endpoints",
    group: "Endpoints",
    summary: "Have events delivered to a URL. The answer shows the signing secret once.",
    scope: "admin",
    body: endpoints.createEndpointRequest,
    answers: { 201: endpoints.endpointWithSecret },
    errors: ["invalid_request", "endpoint_address_forbidden", "limit_reached"],
  },
  listEndpoints: {
    method: "GET",
    path: "/v1/endpoints",
    group: "Endpoints",
    summary: "List endpoints.",
    scope: "read",
    answers: { 200: endpoints.endpointPage },
  },
  getEndpoint: {
    method: "GET",
    path: "/v1/endpoints/{id}",
    group: "Endpoints",
    summary: "Read one endpoint.",
    scope: "read",
    answers: { 200: endpoints.endpoint },
    errors: ["not_found"],
  },
  updateEndpoint: {
    method: "PATCH",
    path: "/v1/endpoints/{id}",
    group: "Endpoints",
    summary: "Change an endpoint; `enabled: true` puts a disabled one back.",
    scope: "admin",
    body: endpoints.updateEndpointRequest,
    answers: { 200: endpoints.endpoint },
    errors: ["invalid_request", "endpoint_address_forbidden", "not_found"],
  },
  deleteEndpoint: {
    method: "DELETE",
    path: "/v1/endpoints/{id}",
    group: "Endpoints",
    summary: "Delete an endpoint with its waiting deliveries.",
    scope: "admin",
    answers: { 204: "Deleted." },
    errors: ["not_found"],
  },
  rotateSecret: {
    method: "POST",
    path: "/v1/endpoints/{id}:rotate",
    group: "Endpoints",
    summary:
      "Make a new signing secret. For a day the Standard Webhooks header carries both signatures.",
    scope: "admin",
    answers: { 200: endpoints.endpointWithSecret },
    errors: ["not_found"],
  },
  testEndpoint: {
    method: "POST",
    path: "/v1/endpoints/{id}:test",
    group: "Endpoints",
    summary: "Send this endpoint an `endpoint.tested` event.",
    scope: "admin",
    answers: { 202: z.object({ eventId: z.string() }) },
    errors: ["not_found"],
  },
  listDeliveries: {
    method: "GET",
    path: "/v1/endpoints/{id}/deliveries",
    group: "Endpoints",
    summary: "The delivery log of one endpoint, newest event first.",
    scope: "read",
    query: endpoints.listDeliveriesQuery,
    answers: { 200: endpoints.deliveryPage },
    errors: ["invalid_request", "not_found"],
  },
  replayDelivery: {
    method: "POST",
    path: "/v1/endpoints/{id}/deliveries/{eventId}:replay",
    group: "Endpoints",
    summary: "Deliver an event to this endpoint again, now.",
    scope: "admin",
    answers: { 202: z.object({ eventId: z.string() }) },
    errors: ["not_found"],
  },
  listEvents: {
    method: "GET",
    path: "/v1/events",
    group: "Events",
    summary: "Read the event log, oldest first.",
    scope: "read",
    query: events.listEventsQuery,
    answers: { 200: events.eventPage },
    errors: ["invalid_request", "invalid_cursor"],
  },
  streamEvents: {
    method: "GET",
    path: "/v1/events:stream",
    group: "Events",
    summary:
      "Follow the event log (server-sent events): `id` is the cursor, `event` the type, `data` the event.",
    scope: "read",
    query: events.streamEventsQuery,
    answers: { 200: event },
    errors: ["invalid_request", "invalid_cursor"],
  },
  listAlerts: {
    method: "GET",
    path: "/v1/alerts",
    group: "Alerts",
    summary: "List what needs a person's eye, newest first.",
    scope: "read",
    query: alerts.listAlertsQuery,
    answers: { 200: alerts.alertPage },
    errors: ["invalid_request"],
  },
  createApiKey: {
    method: "POST",
    path: "/v1/api-keys",
    group: "API keys",
    summary: "Make a key of the same mode. The answer shows it once.",
    scope: "admin",
    body: keys.createApiKeyRequest,
    answers: { 201: keys.apiKeyWithSecret },
    errors: ["invalid_request"],
  },
  listApiKeys: {
    method: "GET",
    path: "/v1/api-keys",
    group: "API keys",
    summary: "List keys, without their secrets.",
    scope: "admin",
    answers: { 200: keys.apiKeyPage },
  },
  updateApiKey: {
    method: "PATCH",
    path: "/v1/api-keys/{id}",
    group: "API keys",
    summary: "Change a key's name or its limit. Other nodes follow within 5 seconds.",
    scope: "admin",
    body: keys.updateApiKeyRequest,
    answers: { 200: keys.apiKey },
    errors: ["invalid_request", "not_found"],
  },
  revokeApiKey: {
    method: "DELETE",
    path: "/v1/api-keys/{id}",
    group: "API keys",
    summary: "Revoke a key. Other nodes follow within 5 seconds.",
    scope: "admin",
    answers: { 204: "Revoked." },
    errors: ["not_found"],
  },
  listLimits: {
    method: "GET",
    path: "/v1/limits",
    group: "Limits",
    summary: "List the sending limits of providers and agents, with the nodes' shares.",
    scope: "read",
    answers: { 200: rates.rateLimitPage },
  },
  putLimit: {
    method: "PUT",
    path: "/v1/limits/{bucket}",
    group: "Limits",
    summary:
      "Change a sending limit while it is in use; null for none. `bucket` is `provider:name` or `agent:id`. All nodes follow within a second; a limit of live traffic is changed with a live key.",
    scope: "admin",
    body: rates.putLimitRequest,
    answers: { 200: rates.rateLimit },
    errors: ["invalid_request", "not_found"],
  },
  resetLimit: {
    method: "DELETE",
    path: "/v1/limits/{bucket}",
    group: "Limits",
    summary: "Go back to the limit of the configuration.",
    scope: "admin",
    answers: { 200: rates.rateLimit },
    errors: ["not_found"],
  },
  getHealth: {
    method: "GET",
    path: "/healthz",
    group: "Health",
    summary: "The process is alive.",
    answers: { 200: z.object({ status: z.literal("ok") }) },
  },
  getReadiness: {
    method: "GET",
    path: "/readyz",
    group: "Health",
    summary: "The store can be used and work is taken.",
    answers: { 200: z.object({ status: z.literal("ready") }) },
    errors: ["store_unavailable", "shutting_down"],
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;
