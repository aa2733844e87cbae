import { z } from "zod";
import { consentMethods } from "./api/consents.ts";
import { timestamp } from "./ids.ts";
import { formValues } from "./message/form.ts";
import { latLong } from "./message/suggestion.ts";
import { interactionType, messageStatuses } from "./status.ts";

/**
 * Every type of event, with the sentence that the reference prints for it.
 * Events are the only account of what happened: webhooks, the live stream and analytics all read them.
 */
export const eventTypes = {
  "message.queued":
    "We accepted the message, or somebody put it back from review; it waits for its turn.",
  "message.scheduled": "We accepted the message for a later time (`sendAt`).",
  "message.sending": "An attempt began whose provider cannot recognise a repeat.",
  "message.retried":
    "An attempt failed for now; the message waits for the next one. `reason` says why.",
  "message.fallback":
    "RCS is not possible, or was taken back undelivered; the message goes on as SMS. `reason` says why.",
  "message.sent": "The provider accepted the message.",
  "message.delivered": "The message reached the handset.",
  "message.read": "The person saw the message.",
  "message.failed": "The message cannot be delivered. `reason` says why.",
  "message.uncertain":
    "The provider may or may not have the message; receipts will tell. It is not sent again.",
  "message.needs_review": "Retries ran out or the outcome stayed unknown; a person has to decide.",
  "message.expired": "The message's time to live ended before delivery.",
  "message.cancelled":
    "The message was cancelled before it was sent, or taken back before it was delivered. `reason` says which.",
  "message.revoke_failed": "The provider could not take the message back.",
  "message.interacted": "The person tapped a suggestion of the message or submitted its form.",
  "message.clicked": "The person followed a tracked link of the message.",
  "message.received": "The person wrote, or shared a location or a file.",
  "conversation.updated":
    "A conversation was opened, closed, given to somebody, labelled, read or noted on. `conversation` says how it stands now, and `changed` what is new.",
  "recipient.typing": "The person is typing.",
  "recipient.opted_out": "The person does not want messages from this agent any more.",
  "recipient.opted_in": "The person wants messages from this agent again.",
  "agent.launch_changed": "A carrier changed the launch state of the agent.",
  "provider.suspended": "A provider was taken out of service. `reason` says why.",
  "provider.resumed": "A provider is back in service.",
  "provider.degraded":
    "A provider fails or answers slowly; what can takes another route. `reason` says why.",
  "provider.recovered": "A provider that was degraded gets all its messages again.",
  "receipt.unrecognised": "A provider sent something we do not understand; it is kept as it came.",
  "endpoint.disabled": "An endpoint was disabled. `reason` says why.",
  "endpoint.tested": "Somebody asked for a test delivery to this endpoint.",
  "alert.opened": "Something needs a person's eye. `alert` says what.",
  "alert.closed": "What an alert told of is over.",
} as const;

export type EventType = keyof typeof eventTypes;

const eventTypeNames = Object.keys(eventTypes);
export const eventType = z.custom<EventType>(
  (value) => typeof value === "string" && eventTypeNames.includes(value),
  { error: "Not an event type; the reference lists them.", params: { code: "invalid_value" } },
);

/** `messageStatus` of an event: the message's status, or the two that the guide reports beside it. */
export const reportedStatuses = [...messageStatuses, "INTERACTED", "FALLBACK"] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

/** A file that a person shared. The link is ours, needs no key, and ends; a new one is made by `GET /v1/media/{mediaId}`. */
export const sharedFile = z.object({
  /** Missing for files of which we keep no copy; then the link is the provider's own. */
  mediaId: z.string().optional(),
  mimeType: z.string().optional(),
  fileName: z.string().optional(),
  fileUri: z.string(),
  fileSizeBytes: z.number().optional(),
});

/** A submitted form: its values by field name, and how often it was submitted by now. */
export const submittedForm = z.object({
  name: z.string().optional(),
  values: formValues,
  submissions: z.int(),
});

/** What an event says beyond its id, type and time; which fields it has depends on its type. */
export const eventData = z.object({
  agentId: z.string().optional(),
  conversationId: z.string().optional(),
  messageId: z.string().optional(),
  messageStatus: z.enum(reportedStatuses).optional(),
  interactionType: interactionType.optional(),
  /** A tapped suggestion. `uri` is the URL that the action opened, if any. Of a submitted form `postbackData` is its name, `form` where it has none. */
  action: z
    .object({ text: z.string().optional(), postbackData: z.string(), uri: z.string().optional() })
    .optional(),
  text: z.string().optional(),
  /** What the person answered over. */
  channel: z.enum(["rcs", "sms"]).optional(),
  location: latLong.optional(),
  form: submittedForm.optional(),
  file: sharedFile.optional(),
  /** The tracked link that the person followed: where it leads. */
  link: z.object({ url: z.string() }).optional(),
  reason: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
  provider: z.string().optional(),
  attempt: z.int().optional(),
  /** Features that the content asked for and the handset lacks; it was sent without them. RBM's words. */
  degraded: z.array(z.string()).optional(),
  /** When the next attempt is due. */
  nextAttemptAt: timestamp.optional(),
  endpointId: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  alert: z
    .object({ id: z.string(), kind: z.string(), subject: z.string(), detail: z.string() })
    .optional(),
  /** What the person's will is about, and how it became known. */
  consent: z.object({ purpose: z.string(), method: z.enum(consentMethods) }).optional(),
  /** How a conversation stands, and what changed about it. */
  conversation: z
    .object({
      state: z.enum(["open", "closed"]),
      unread: z.int(),
      assignee: z.string().optional(),
      labels: z.array(z.string()),
      changed: z.array(z.enum(["state", "assignee", "labels", "unread", "notes"])),
      /** The id of the API key that asked; missing where the person's own words opened it. */
      actor: z.string().optional(),
    })
    .optional(),
  launch: z.object({ region: z.string(), from: z.string(), to: z.string() }).optional(),
});
export type EventData = z.output<typeof eventData>;

/** One line of the event log, exactly as it is delivered to endpoints and in the live stream. */
export const event = z.object({
  id: z.string(),
  type: eventType,
  ...eventData.shape,
  timestamp,
  /** When the person was erased, and with them what they or the message said. */
  erasedAt: timestamp.optional(),
});
export type Event = z.output<typeof event>;
