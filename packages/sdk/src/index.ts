export type {
  Alert,
  AlertKind,
  AlertPage,
  ApiKey,
  ApiKeyPage,
  ApiKeyWithSecret,
  AuditAction,
  AuditEntry,
  AuditPage,
  BatchResponse,
  BulkReviewRequest,
  BulkReviewResponse,
  ConsentImportLine,
  Contact,
  ContactImportLine,
  ContactPage,
  Conversation,
  ConversationEntry,
  ConversationPage,
  ConversationState,
  ConversationThread,
  CreateApiKeyRequest,
  CreateEndpointRequest,
  CreateNoteRequest,
  Delivery,
  DeliveryPage,
  Endpoint,
  EndpointPage,
  EndpointWithSecret,
  Erasure,
  ErasurePage,
  Event,
  EventPage,
  EventType,
  FieldError,
  ImportConsentsResponse,
  ImportContactsResponse,
  ImportProblem,
  MediaFile,
  Message,
  MessageContent,
  MessageListItem,
  MessagePage,
  MessageStatus,
  Note,
  NotePage,
  PatchContactRequest,
  PutContactRequest,
  PutLimitRequest,
  RateLimit,
  RateLimitPage,
  Review,
  ReviewAction,
  ReviewPage,
  SendMessageResponse,
  SignalResponse,
  Timeline,
  UpdateApiKeyRequest,
  UpdateConversationRequest,
  UpdateEndpointRequest,
  ValidateResponse,
} from "@richline/contract";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export { RichlineConnectionError, RichlineError } from "./errors.ts";
export type { ImportOptions, ImportSource } from "./files/import-file.ts";
export type { FileFormat, FileText } from "./files/split-file.ts";
export { MessageBuildError } from "./messages/check-field.ts";
export {
  type CardOptions,
  type CarouselOptions,
  card,
  carousel,
  type FileOptions,
  file,
  type MediaOptions,
  type StandaloneCardOptions,
  type Suggestions,
  text,
} from "./messages/content.ts";
export {
  type FormField,
  type FormOption,
  type FormOptions,
  type FormWords,
  field,
  form,
} from "./messages/form.ts";
export {
  decodePostback,
  type JsonValue,
  type PostbackInput,
  type PostbackObject,
} from "./messages/postback-data.ts";
export {
  type ActionOptions,
  type CalendarEvent,
  calendar,
  dial,
  type OpenUrlOptions,
  openUrl,
  type Place,
  postback,
  reply,
  shareLocation,
  viewLocation,
} from "./messages/suggestions.ts";
export type { PageOptions } from "./pages.ts";
export type { Alerts, ListAlertsOptions } from "./resources/alerts.ts";
export type { ApiKeys } from "./resources/api-keys.ts";
export type { AuditLog, ListAuditLogOptions } from "./resources/audit-log.ts";
export type { Capabilities } from "./resources/capabilities.ts";
export type {
  ConsentFilter,
  Consents,
  ExportConsentsOptions,
  ImportConsentsOptions,
} from "./resources/consents.ts";
export type {
  ContactFilter,
  Contacts,
  ExportContactsOptions,
  ImportContactsOptions,
  ListContactsOptions,
} from "./resources/contacts.ts";
export type {
  Conversations,
  ListConversationsOptions,
  OfAgent,
  ThreadOptions,
} from "./resources/conversations.ts";
export type { Endpoints, ListDeliveriesOptions } from "./resources/endpoints.ts";
export type { Events, ListEventsOptions } from "./resources/events.ts";
export type { Limits } from "./resources/limits.ts";
export type { Media } from "./resources/media.ts";
export type {
  ListMessagesOptions,
  Messages,
  SendMessage,
  SentMessage,
} from "./resources/messages.ts";
export type {
  DecideReview,
  DismissReview,
  ListReviewsOptions,
  ReviewFilter,
  Reviews,
} from "./resources/reviews.ts";
export type { StreamEventsOptions, StreamedEvent } from "./stream/stream-events.ts";
export type { Timing } from "./timing.ts";
export type { CallOptions } from "./transport.ts";
export { type SignWebhookOptions, signWebhook } from "./webhooks/sign-webhook.ts";
export {
  type VerifyGuideSignatureOptions,
  verifyGuideSignature,
} from "./webhooks/verify-guide-signature.ts";
export {
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookHeaders,
} from "./webhooks/verify-webhook.ts";
export {
  WebhookVerificationError,
  type WebhookVerificationReason,
} from "./webhooks/webhook-verification-error.ts";
