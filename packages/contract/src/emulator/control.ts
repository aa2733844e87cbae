import { z } from "zod";
import { sendMessageRequest } from "../api/messages.ts";
import { eventType } from "../event.ts";
import { e164, timestamp } from "../ids.ts";
import { latLong } from "../message/suggestion.ts";
import { failureCode, messageStatus } from "../status.ts";

/** Name of what a handset can do, such as `RICHCARD_CAROUSEL`. Source: RBM reference, phones.getCapabilities, Feature. */
const featureName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,59}$/, "Use a feature's name, such as RICHCARD_CAROUSEL.");
/** Longest delay of a phone, in milliseconds (1 h). Ours: beyond it, a phone is better set offline. */
const phoneDelayMsMax = 3_600_000;

/** A pretend handset. `rcs`: able and on, able but switched off by its owner, or not able at all. */
export const phone = z.object({
  phoneNumber: z.string(),
  name: z.string().optional(),
  platform: z.enum(["android", "ios"]),
  rcs: z.enum(["enabled", "disabled", "none"]),
  online: z.boolean(),
  /** Whether the person reads each message by itself, or only when somebody opens the thread. */
  autoRead: z.boolean(),
  /** How long after its delivery a message is read by itself, in milliseconds; at once when not given. An unreachable phone does not. */
  readDelayMs: z.int().min(0).max(phoneDelayMsMax).optional(),
  /** Network of the phone, such as `T-Mobile`. */
  carrier: z.string().min(1).max(60).optional(),
  /** All that the handset can do, in place of what its platform can; `[]` for text only. */
  features: z.array(featureName).max(50).optional(),
  /** How long a message takes to this phone, in milliseconds; the emulator's own delay when not given. */
  deliveryDelayMs: z.int().min(0).max(phoneDelayMsMax).optional(),
});
export type Phone = z.output<typeof phone>;

/** Body of `POST /_emulator/phones`. Only the number is needed: Android, RCS enabled, online, not read by itself. */
export const createPhoneRequest = z.strictObject({
  phoneNumber: e164,
  name: z.string().min(1).max(60).optional(),
  platform: phone.shape.platform.optional(),
  rcs: phone.shape.rcs.optional(),
  online: z.boolean().optional(),
  autoRead: z.boolean().optional(),
  readDelayMs: phone.shape.readDelayMs,
  carrier: phone.shape.carrier,
  features: phone.shape.features,
  deliveryDelayMs: phone.shape.deliveryDelayMs,
});
export type CreatePhoneRequest = z.input<typeof createPhoneRequest>;

/** Body of `PATCH /_emulator/phones/{number}`; null takes back what has a default of its own. */
export const updatePhoneRequest = createPhoneRequest.omit({ phoneNumber: true }).extend({
  readDelayMs: phone.shape.readDelayMs.nullable(),
  carrier: phone.shape.carrier.nullable(),
  features: phone.shape.features.nullable(),
  deliveryDelayMs: phone.shape.deliveryDelayMs.nullable(),
});
export type UpdatePhoneRequest = z.input<typeof updatePhoneRequest>;

export const phoneList = z.object({ phones: z.array(phone) });

/**
 * Where an SMS comes from and where an answer to it goes: a number in E.164, a short code of 3 to 8 digits, or a name of
 * at most 11 letters, digits and spaces, one of them a letter. Source: Twilio, "Alphanumeric Sender ID".
 */
export const smsAddress = z
  .string()
  .regex(
    /^(\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
    "Use a number in E.164, a short code, or a name of at most 11 letters and digits.",
  );

/** Sends in any window of one second beyond which the carrier throttles: 429, or ESME_RTHROTTLED. Without it, never. */
const messagesPerSecondMax = z.int().min(1).max(100_000).optional();

/** An SMS sender that is reached over Twilio's Messages API. Forms of the ids: Twilio, "SIDs". */
const putTwilioSender = z.strictObject({
  wire: z.literal("twilio"),
  accountSid: z.string().regex(/^AC[0-9a-fA-F]{32}$/, "Use AC and 32 hexadecimal digits."),
  /** Password of the account, and the key of every signature. */
  authToken: z.string().min(1).max(200),
  /** Pairs that may be used in place of account and token. */
  apiKeys: z
    .array(
      z.strictObject({
        sid: z.string().regex(/^SK[0-9a-fA-F]{32}$/, "Use SK and 32 hexadecimal digits."),
        secret: z.string().min(1).max(200),
      }),
    )
    .max(10)
    .optional(),
  /** The messaging service that picks this sender, if any. */
  messagingServiceSid: z
    .string()
    .regex(/^MG[0-9a-fA-F]{32}$/, "Use MG and 32 hexadecimal digits.")
    .optional(),
  /** Where what people write goes; without it, nowhere. */
  inboundUrl: z
    .url({ protocol: /^https?$/, error: "Use an absolute http or https URL." })
    .optional(),
  messagesPerSecondMax,
});

/** An SMS sender that is reached over SMPP. Lengths: SMPP 3.4, sections 5.2.1 and 5.2.2, without the closing null. */
const putSmppSender = z.strictObject({
  wire: z.literal("smpp"),
  systemId: z.string().min(1).max(15),
  password: z.string().min(1).max(8),
  /** How many submit_sm of one session may be unanswered before the next is throttled. Default 1,000. */
  windowMax: z.int().min(1).max(100_000).optional(),
  messagesPerSecondMax,
});

/** Body of `PUT /_emulator/sms-senders/{address}`: makes a sender, or puts this in place of what it was. */
export const putSmsSenderRequest = z.discriminatedUnion("wire", [putTwilioSender, putSmppSender]);
export type PutSmsSenderRequest = z.input<typeof putSmsSenderRequest>;

/** An SMS sender without its secrets. */
export const smsSender = z.object({
  address: smsAddress,
  wire: z.enum(["twilio", "smpp"]),
  accountSid: z.string().optional(),
  messagingServiceSid: z.string().optional(),
  inboundUrl: z.string().optional(),
  systemId: z.string().optional(),
  windowMax: z.int().optional(),
  messagesPerSecondMax: z.int().optional(),
});
export type SmsSender = z.output<typeof smsSender>;
/** Answer of `GET /_emulator/sms-senders`. */
export const smsSenderList = z.object({ smsSenders: z.array(smsSender) });

/**
 * One message of a phone's thread. `outbound` goes from the agent to the person, `inbound` from the person to the agent.
 * `content` is the RBM `contentMessage` for RCS, `{text}` for SMS, and what the person sent for `inbound`
 * (`{text}`, `{suggestionResponse}`, `{location}` or `{userFile}`).
 */
export const threadMessage = z.object({
  direction: z.enum(["outbound", "inbound"]),
  channel: z.enum(["rcs", "sms"]),
  /** The agent; on RCS only. */
  agentId: z.string().optional(),
  /** Address of the SMS sender; on SMS only. */
  sender: z.string().optional(),
  /** How many parts an SMS was sent in; on SMS only. */
  parts: z.int().min(1).optional(),
  messageId: z.string(),
  content: z.record(z.string(), z.unknown()),
  sentAt: timestamp,
  deliveredAt: timestamp.optional(),
  readAt: timestamp.optional(),
});
export type ThreadMessage = z.output<typeof threadMessage>;

/** Answer of `GET /_emulator/phones/{number}/messages`, oldest first: what the thread shows. */
export const thread = z.object({
  messages: z.array(threadMessage),
  /** When the agent's typing bubble disappears, if one shows. */
  agentTypingUntil: timestamp.optional(),
});
export type Thread = z.output<typeof thread>;

/**
 * Body of `POST /_emulator/phones/{number}/messages`: what a person can send. Exactly one of text, location and file;
 * by SMS, text only.
 */
export const personSendsRequest = z
  .strictObject({
    text: z.string().min(1).max(3072).optional(),
    location: latLong.optional(),
    file: z
      .strictObject({
        fileUri: z.url(),
        mimeType: z.string(),
        fileName: z.string(),
        fileSizeBytes: z.int().optional(),
      })
      .optional(),
    /** By which channel; that of the thread's newest message when not given. */
    channel: threadMessage.shape.channel.optional(),
    /** To which agent, by RCS; the one of the thread's newest RCS message when not given. */
    agentId: z.string().optional(),
    /** To which SMS sender, by SMS; the one of the thread's newest SMS when not given. */
    sender: smsAddress.optional(),
  })
  .refine(
    (body) => [body.text, body.location, body.file].filter((one) => one !== undefined).length === 1,
    {
      error: "Give exactly one of text, location and file.",
      params: { code: "conflicting_fields" },
    },
  )
  .refine((body) => body.channel !== "sms" || (body.text !== undefined && !body.agentId), {
    error: "An SMS has text only, and goes to a sender, not to an agent.",
    params: { code: "conflicting_fields" },
  })
  .refine((body) => body.sender === undefined || body.channel === "sms", {
    error: 'sender goes with channel "sms" only.',
    params: { code: "conflicting_fields" },
  });
export type PersonSendsRequest = z.input<typeof personSendsRequest>;

/**
 * Body of `POST /_emulator/phones/{number}/taps`: which suggestion of which message.
 * `index` counts a message's suggestions from 0 in the order shown: first those of its cards, card by card, then the chips.
 */
export const tapRequest = z
  .strictObject({
    messageId: z.string().min(1),
    postbackData: z.string().optional(),
    index: z.int().min(0).optional(),
  })
  .refine((body) => (body.postbackData === undefined) !== (body.index === undefined), {
    error: "Give either postbackData or index.",
    params: { code: "conflicting_fields" },
  });
export type TapRequest = z.input<typeof tapRequest>;

/** Body of `POST /_emulator/phones/{number}/events`: what a person does without writing. */
export const personEventRequest = z.strictObject({
  event: z.enum(["read", "typing", "subscribe", "unsubscribe"]),
  agentId: z.string().optional(),
});
export type PersonEventRequest = z.input<typeof personEventRequest>;

/** One line of what a phone shows: a message of a thread by who wrote it, over what, and its words. */
export const shownLine = z.object({
  direction: threadMessage.shape.direction,
  channel: threadMessage.shape.channel,
  text: z.string(),
});
export type ShownLine = z.output<typeof shownLine>;

/**
 * A number to which always the same happens: what the carrier does, and what one sees of it through Richline, with one
 * RCS provider and one for SMS behind it, when nobody steps in.
 */
export const magicNumber = z.object({
  phoneNumber: z.string(),
  /** The name of what it does, unique. */
  behaviour: z.string(),
  /** What the carrier does. */
  description: z.string(),
  /** The message that the rest is about: a body of `POST /v1/messages` but for its addressee. */
  request: sendMessageRequest.pick({ message: true, ttl: true, fallback: true }),
  /** Where the message stands in the end, and `reason.code` beside it. */
  status: messageStatus,
  reason: z.string().optional(),
  /** The last failure of the taxonomy that its events name. */
  failure: failureCode.optional(),
  /** Types of the events of the message and its conversation, in their order. */
  events: z.array(eventType).readonly(),
  /** Types of the events of its providers, in their order. */
  providerEvents: z.array(eventType).readonly(),
  /** What the phone shows in the end, oldest first. */
  phone: z.array(shownLine).readonly(),
});
export type MagicNumber = z.output<typeof magicNumber>;
/** Answer of `GET /_emulator/magic-numbers`. */
export const magicNumberList = z.object({ magicNumbers: z.array(magicNumber) });

/**
 * One request that came in, with its answer; secrets are blanked. Newest last; the last 1,000 are kept.
 * Status 0 stands for no answer, or none that is whole.
 * An SMPP PDU has method `SMPP`, url `smpp://{system_id}/{command}`, and the status that HTTP would have (200 for ESME_ROK);
 * its response has the true `command_status`.
 */
export const recordedRequest = z.object({
  id: z.int(),
  at: timestamp,
  method: z.string(),
  url: z.string(),
  /** By lower-case name; credentials and cookies are blanked. None over SMPP. */
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  status: z.int(),
  response: z.unknown().optional(),
  durationMs: z.number(),
});
export type RecordedRequest = z.output<typeof recordedRequest>;

/** One webhook, or one deliver_sm in the same form, that went out. Newest last; the last 1,000 are kept. */
export const recordedWebhook = z.object({
  id: z.int(),
  at: timestamp,
  url: z.string(),
  /** The decoded data: Google's JSON, Twilio's parameters, or the fields of a deliver_sm. */
  data: z.unknown(),
  tries: z.int(),
  /** Status of the last answer; none while the address cannot be reached. */
  status: z.int().optional(),
  state: z.enum(["pending", "delivered", "dropped"]),
  /** Headers of the last try as sent, with its signature; none over SMPP and before the first try. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Body of the last try as sent, at most its first 64 KiB; none over SMPP and before the first try. */
  body: z.string().optional(),
  /** How long the last try took, in milliseconds. */
  durationMs: z.number().optional(),
  /** The answer to the last try, at most its first 2 KiB. */
  response: z.string().optional(),
  /** Why there was no answer. */
  error: z.string().optional(),
});
export type RecordedWebhook = z.output<typeof recordedWebhook>;

/**
 * One line of `GET /_emulator/stream` (server-sent events): something changed; read it again.
 * `thread` and `phone` carry the number, `reset` none.
 */
export const emulatorChange = z.object({
  type: z.enum(["phone", "thread", "reset", "request", "webhook"]),
  phoneNumber: z.string().optional(),
});
export type EmulatorChange = z.output<typeof emulatorChange>;
