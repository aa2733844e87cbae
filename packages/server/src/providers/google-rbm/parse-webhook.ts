import { z } from "zod";
import { digest } from "../kit/digest.ts";
import { parseJson } from "../kit/parse-json.ts";
import type { NotificationMeaning, ProviderNotification, RawWebhook } from "../provider.ts";

/** Pub/Sub's envelope; some fields come in two spellings. Source: RBM guide, "Webhooks". */
const envelope = z.object({
  message: z.object({
    data: z.string(),
    messageId: z.string().optional(),
    message_id: z.string().optional(),
    publishTime: z.string().optional(),
    attributes: z.record(z.string(), z.string()).optional(),
  }),
});

const file = z.object({
  mimeType: z.string().optional(),
  fileName: z.string().optional(),
  fileUri: z.string(),
  fileSizeBytes: z.coerce.number().optional(),
});

/** Every user message, user event and server event in one tolerant shape: Google adds fields as it likes. */
const payload = z.object({
  senderPhoneNumber: z.string().optional(),
  /** Server events name the person so, not `senderPhoneNumber`. */
  phoneNumber: z.string().optional(),
  messageId: z.string().optional(),
  eventId: z.string().optional(),
  eventType: z.string().optional(),
  sendTime: z.string().optional(),
  text: z.string().optional(),
  suggestionResponse: z
    .object({
      postbackData: z.string().optional(),
      text: z.string().optional(),
      type: z.string().optional(),
    })
    .optional(),
  location: z
    .object({ latitude: z.number().default(0), longitude: z.number().default(0) })
    .optional(),
  userFile: z.object({ payload: file }).optional(),
  regionId: z.string().optional(),
  oldLaunchState: z.string().optional(),
  newLaunchState: z.string().optional(),
});
type Payload = z.output<typeof payload>;

/** The bytes that Google signs: the decoded data, not the body. */
export function decodeData(body: Uint8Array): Buffer | undefined {
  const parsed = envelope.safeParse(parseJson(Buffer.from(body).toString("utf8")));
  return parsed.success ? Buffer.from(parsed.data.message.data, "base64") : undefined;
}

/** What a webhook says: always exactly one notification, `unrecognised` when we do not understand it. */
export function parseWebhook(webhook: RawWebhook): readonly ProviderNotification[] {
  const bodyText = Buffer.from(webhook.body).toString("utf8");
  const outer = envelope.safeParse(parseJson(bodyText));
  const raw = outer.success
    ? Buffer.from(outer.data.message.data, "base64").toString("utf8")
    : bodyText;
  const inner = payload.safeParse(outer.success ? parseJson(raw) : undefined);
  const { receivedAtMs } = webhook;
  if (!outer.success || !inner.success) {
    return [
      {
        dedupeKey: digest(bodyText),
        occurredAtMs: receivedAtMs,
        receivedAtMs,
        raw,
        meaning: { kind: "unrecognised" },
      },
    ];
  }
  return [
    {
      dedupeKey: dedupeKeyOf(inner.data) ?? digest(raw),
      occurredAtMs: occurredAt(inner.data, receivedAtMs),
      receivedAtMs,
      raw,
      meaning: interpret(inner.data, receivedAtMs),
    },
  ];
}

function interpret(data: Payload, receivedAtMs: number): NotificationMeaning {
  if (data.newLaunchState !== undefined) return interpretLaunch(data);
  const phoneNumber = data.senderPhoneNumber ?? data.phoneNumber;
  if (data.eventType !== undefined) {
    const occurredAtMs = occurredAt(data, receivedAtMs);
    return interpretEvent(data, { eventType: data.eventType, phoneNumber, occurredAtMs });
  }
  if (phoneNumber === undefined) return { kind: "unrecognised" };
  return interpretUserMessage(data, phoneNumber);
}

interface EventFacts {
  readonly eventType: string;
  readonly phoneNumber: string | undefined;
  readonly occurredAtMs: number;
}

function interpretEvent(
  data: Payload,
  { eventType, phoneNumber, occurredAtMs }: EventFacts,
): NotificationMeaning {
  const providerMessageId = data.messageId;
  switch (eventType) {
    case "DELIVERED":
    case "READ":
      if (providerMessageId === undefined) return { kind: "unrecognised" };
      return {
        kind: "status",
        providerMessageId,
        change: { kind: eventType === "READ" ? "read" : "delivered", occurredAtMs },
      };
    case "TTL_EXPIRATION_REVOKED":
      if (providerMessageId === undefined) return { kind: "unrecognised" };
      return {
        kind: "status",
        providerMessageId,
        change: { kind: "expired" },
        reason: {
          code: "ttl_expired",
          detail: "Revoked by the provider at the end of its time to live.",
        },
      };
    case "TTL_EXPIRATION_REVOKE_FAILED":
      if (providerMessageId === undefined) return { kind: "unrecognised" };
      return {
        kind: "status",
        providerMessageId,
        change: { kind: "revoke_failed" },
        reason: {
          code: "ttl_revoke_failed",
          detail: "The time to live ended and the provider could not revoke.",
        },
      };
    case "IS_TYPING":
      return notice("recipient.typing", phoneNumber);
    case "SUBSCRIBE":
      return notice("recipient.opted_in", phoneNumber);
    case "UNSUBSCRIBE":
      return notice("recipient.opted_out", phoneNumber);
    default:
      return { kind: "unrecognised" };
  }
}

function notice(
  type: "recipient.typing" | "recipient.opted_in" | "recipient.opted_out",
  phoneNumber: string | undefined,
): NotificationMeaning {
  if (phoneNumber === undefined) return { kind: "unrecognised" };
  const interactionType =
    type === "recipient.opted_out"
      ? "OPTED_OUT"
      : type === "recipient.opted_in"
        ? "OPTED_IN"
        : undefined;
  return {
    kind: "notice",
    phoneNumber,
    type,
    data: interactionType === undefined ? {} : { interactionType },
  };
}

function interpretUserMessage(data: Payload, phoneNumber: string): NotificationMeaning {
  const interaction = interactionOf(data);
  if (interaction === undefined) return { kind: "unrecognised" };
  const { messageId: providerMessageId } = data;
  return {
    kind: "interaction",
    phoneNumber,
    ...(providerMessageId === undefined ? {} : { providerMessageId }),
    interaction,
  };
}

type Interaction = Extract<NotificationMeaning, { kind: "interaction" }>["interaction"];

function interactionOf(data: Payload): Interaction | undefined {
  const { suggestionResponse, location, text, userFile } = data;
  if (suggestionResponse !== undefined) {
    return {
      interactionType: isReply(data) ? "REPLY_TAPPED" : "ACTION_TAPPED",
      postbackData: suggestionResponse.postbackData ?? "",
      suggestionText: suggestionResponse.text,
    };
  }
  if (location !== undefined) return { interactionType: "LOCATION_SHARED", location };
  if (userFile !== undefined) return { interactionType: "FILE_SHARED", file: userFile.payload };
  return text === undefined ? undefined : { interactionType: "TEXT", text };
}

/** The type may be missing. A reply comes as a message, then, and a tapped action as an event, without a messageId. */
function isReply({ suggestionResponse, messageId }: Payload): boolean {
  const type = suggestionResponse?.type;
  return type === "REPLY" || (type !== "ACTION" && messageId !== undefined);
}

function interpretLaunch(data: Payload): NotificationMeaning {
  return {
    kind: "notice",
    type: "agent.launch_changed",
    data: {
      launch: {
        region: data.regionId ?? "",
        from: data.oldLaunchState ?? "",
        to: data.newLaunchState ?? "",
      },
    },
  };
}

/** An event's own id, or a user message's. A DELIVERED carries the id of the message it is about, so events come first. */
function dedupeKeyOf(data: Payload): string | undefined {
  if (data.eventId !== undefined) return `event:${data.eventId}`;
  if (data.messageId === undefined) return undefined;
  return data.eventType === undefined
    ? `message:${data.messageId}`
    : `${data.eventType}:${data.messageId}`;
}

function occurredAt(data: Payload, receivedAtMs: number): number {
  const parsed = Date.parse(data.sendTime ?? "");
  return Number.isNaN(parsed) ? receivedAtMs : parsed;
}
