import { type Alerts, createAlerts } from "./resources/alerts.ts";
import { type ApiKeys, createApiKeys } from "./resources/api-keys.ts";
import { type AuditLog, createAuditLog } from "./resources/audit-log.ts";
import { type Capabilities, createCapabilities } from "./resources/capabilities.ts";
import { type Consents, createConsents } from "./resources/consents.ts";
import { type Contacts, createContacts } from "./resources/contacts.ts";
import { type Conversations, createConversations } from "./resources/conversations.ts";
import { createEndpoints, type Endpoints } from "./resources/endpoints.ts";
import { createEvents, type Events } from "./resources/events.ts";
import { createLimits, type Limits } from "./resources/limits.ts";
import { createMedia, type Media } from "./resources/media.ts";
import { createMessages, type Messages } from "./resources/messages.ts";
import { createReviews, type Reviews } from "./resources/reviews.ts";
import { systemTiming, type Timing } from "./timing.ts";
import { createTransport } from "./transport.ts";

export interface ClientOptions {
  /** Where the gateway is. `http://127.0.0.1:4400` when not given. */
  readonly baseUrl?: string | undefined;
  /** `rl_test_…` or `rl_live_…`. */
  readonly apiKey: string;
  /** Another `fetch`, for a proxy or a test. The platform's own when not given. */
  readonly fetch?: typeof fetch | undefined;
  /** How long one try of one call may take, in milliseconds. 30,000 when not given. */
  readonly timeoutMs?: number | undefined;
  /** How often a call is repeated at most, when a repeat is safe. 3 when not given; 0 for never. */
  readonly maxRetries?: number | undefined;
}

/** Everything the API does, by resource. */
export interface Client {
  readonly messages: Messages;
  readonly reviews: Reviews;
  readonly auditLog: AuditLog;
  readonly contacts: Contacts;
  readonly consents: Consents;
  readonly conversations: Conversations;
  readonly media: Media;
  readonly capabilities: Capabilities;
  readonly endpoints: Endpoints;
  readonly events: Events;
  readonly alerts: Alerts;
  readonly apiKeys: ApiKeys;
  readonly limits: Limits;
}

/** Makes a client. It holds no connection and needs no closing. */
export function createClient(options: ClientOptions, timing: Timing = systemTiming): Client {
  if (options.apiKey === "") throw new TypeError("apiKey is empty.");
  const { baseUrl = "http://127.0.0.1:4400" } = options;
  if (!/^https?:\/\//i.test(baseUrl) || !URL.canParse(baseUrl))
    throw new TypeError(`baseUrl is ${baseUrl}; it must begin with http:// or https://.`);
  const transport = createTransport({
    baseUrl: baseUrl.replace(/\/+$/, ""),
    apiKey: options.apiKey,
    // Called through globalThis: a browser's fetch refuses any other `this`.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 30_000,
    maxRetries: options.maxRetries ?? 3,
    timing,
  });
  return {
    messages: createMessages(transport),
    reviews: createReviews(transport),
    auditLog: createAuditLog(transport),
    contacts: createContacts(transport),
    consents: createConsents(transport),
    conversations: createConversations(transport),
    media: createMedia(transport),
    capabilities: createCapabilities(transport),
    endpoints: createEndpoints(transport),
    events: createEvents(transport),
    alerts: createAlerts(transport),
    apiKeys: createApiKeys(transport),
    limits: createLimits(transport),
  };
}
