import { z } from "zod";
import { e164, timestamp } from "../ids.ts";
import { latLong } from "../message/suggestion.ts";

/** A pretend handset. `rcs`: able and on, able but switched off by its owner, or not able at all. */
export const phone = z.object({
  phoneNumber: z.string(),
  name: z.string().optional(),
  platform: z.enum(["android", "ios"]),
  rcs: z.enum(["enabled", "disabled", "none"]),
  online: z.boolean(),
  /** Whether a message is read as soon as it is delivered, or only when somebody opens the thread. */
  autoRead: z.boolean(),
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
});
export type CreatePhoneRequest = z.input<typeof createPhoneRequest>;

/** Body of `PATCH /_emulator/phones/{number}`. */
export const updatePhoneRequest = createPhoneRequest.omit({ phoneNumber: true });
export type UpdatePhoneRequest = z.input<typeof updatePhoneRequest>;

export const phoneList = z.object({ phones: z.array(phone) });

/**
 * One message of a phone's thread. `outbound` goes from the agent to the person, `inbound` from the person to the agent.
 * `content` is the RBM `contentMessage` for RCS, `{text}` for SMS, and what the person sent for `inbound`
 * (`{text}`, `{suggestionResponse}`, `{location}` or `{userFile}`).
 */
export const threadMessage = z.object({
  direction: z.enum(["outbound", "inbound"]),
  channel: z.enum(["rcs", "sms"]),
  agentId: z.string(),
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

/** Body of `POST /_emulator/phones/{number}/messages`: what a person can send. Exactly one of text, location and file. */
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
    /** To which agent; the one of the thread's newest message when not given. */
    agentId: z.string().optional(),
  })
  .refine(
    (body) => [body.text, body.location, body.file].filter((one) => one !== undefined).length === 1,
    {
      error: "Give exactly one of text, location and file.",
      params: { code: "conflicting_fields" },
    },
  );
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

/** Something that goes wrong on purpose. The first rule that matches and is not used up applies. */
export const faultRule = z.strictObject({
  on: z.enum(["send", "revoke", "capabilities", "token", "webhook"]),
  /** Only for this phone. */
  phoneNumber: e164.optional(),
  /** How often it applies; for ever when not given. */
  count: z.int().min(1).optional(),
  /** Waits this long first, in milliseconds, at most a minute. */
  delayMs: z.int().min(0).max(60_000).optional(),
  /**
   * `error`: answers `status`. `reset`: closes the connection before acting. `accept_then_reset`: acts, then closes the
   * connection without an answer. For webhooks — `drop`: never sends it; `duplicate`: sends it twice.
   */
  action: z.enum(["delay", "error", "reset", "accept_then_reset", "drop", "duplicate"]),
  status: z.int().min(400).max(599).optional(),
  /** `Retry-After` of an error answer, in seconds. */
  retryAfterSeconds: z.int().min(0).optional(),
});
export type FaultRule = z.input<typeof faultRule>;
/** Body of `PUT /_emulator/faults` and answer of `GET`. */
export const faultRules = z.strictObject({ rules: z.array(faultRule).max(100) });

/** One request that came in, with its answer; secrets are blanked. Newest last; the last 1,000 are kept. */
export const recordedRequest = z.object({
  id: z.int(),
  at: timestamp,
  method: z.string(),
  url: z.string(),
  body: z.unknown().optional(),
  status: z.int(),
  response: z.unknown().optional(),
  durationMs: z.number(),
});

/** One webhook that went out. Newest last; the last 1,000 are kept. */
export const recordedWebhook = z.object({
  id: z.int(),
  at: timestamp,
  url: z.string(),
  /** The decoded data. */
  data: z.unknown(),
  tries: z.int(),
  /** Status of the last answer; none while the address cannot be reached. */
  status: z.int().optional(),
  state: z.enum(["pending", "delivered", "dropped"]),
});

/**
 * One line of `GET /_emulator/stream` (server-sent events): something changed; read it again.
 * `thread` and `phone` carry the number, `reset` none.
 */
export const emulatorChange = z.object({
  type: z.enum(["phone", "thread", "reset", "request", "webhook"]),
  phoneNumber: z.string().optional(),
});
export type EmulatorChange = z.output<typeof emulatorChange>;
