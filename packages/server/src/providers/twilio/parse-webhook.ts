import { z } from "zod";
import type { StatusChange } from "../../domain/lifecycle.ts";
import { digest } from "../kit/digest.ts";
import type { NotificationMeaning, ProviderNotification, RawWebhook } from "../provider.ts";
import { mapReceiptError } from "./map-error.ts";
import { referenceIn } from "./status-callback.ts";

/** Twilio adds parameters without notice; these are the ones we read. Source: twilio.com/docs/messaging/guides/webhook-request. */
const form = z.object({
  MessageSid: z.string().optional(),
  MessageStatus: z.string().optional(),
  SmsStatus: z.string().optional(),
  ErrorCode: z.string().optional(),
  ErrorMessage: z.string().optional(),
  From: z.string().optional(),
  Body: z.string().optional(),
  NumMedia: z.string().optional(),
  /** What Twilio itself made of the text: STOP, START or HELP. */
  OptOutType: z.string().optional(),
});
type Form = z.output<typeof form>;

/** One meaning with the part of its key that tells it from the others of the same webhook. */
interface Said {
  readonly key: string | undefined;
  readonly meaning: NotificationMeaning;
}

/** Most files of one message. Source: twilio.com/docs/messaging/guides/webhook-request ("up to 10"). */
const mediaMax = 10;

/**
 * What a webhook says: one notification for a status, one for each thing in a person's message,
 * `unrecognised` when we do not understand it. Callbacks carry no time, so all of it happened when it came.
 */
export function parseWebhook(webhook: RawWebhook): readonly ProviderNotification[] {
  const raw = Buffer.from(webhook.body).toString("utf8");
  const { receivedAtMs } = webhook;
  return interpret(raw, webhook).map(({ key, meaning }) => ({
    dedupeKey: key ?? digest(raw),
    occurredAtMs: receivedAtMs,
    receivedAtMs,
    raw,
    meaning,
  }));
}

function interpret(raw: string, { query, receivedAtMs }: RawWebhook): readonly Said[] {
  const fields = Object.fromEntries(new URLSearchParams(raw));
  const { data } = form.safeParse(fields);
  const sid = data?.MessageSid ?? "";
  if (data === undefined || sid === "") return [unrecognised];
  const status = data.MessageStatus ?? data.SmsStatus;
  if (status !== undefined && status !== "received" && status !== "receiving") {
    return [interpretStatus(data, { sid, status, receivedAtMs, reference: referenceIn(query) })];
  }
  const said = interpretMessage(data, sid, fields);
  return said.length === 0 ? [unrecognised] : said;
}

const unrecognised: Said = { key: undefined, meaning: { kind: "unrecognised" } };

interface StatusFacts {
  readonly sid: string;
  readonly status: string;
  readonly receivedAtMs: number;
  readonly reference: string | undefined;
}

function interpretStatus(data: Form, { sid, status, receivedAtMs, reference }: StatusFacts): Said {
  const change = changeOf(status, receivedAtMs);
  if (change === undefined) return unrecognised;
  return {
    // Callbacks are repeated and come in any order; a message has each status once.
    key: `status:${sid}:${status}`,
    meaning: {
      kind: "status",
      providerMessageId: sid,
      ...(reference === undefined ? {} : { reference }),
      change,
      ...(change.kind === "failed" ? { reason: reasonOf(data, status) } : {}),
    },
  };
}

/** Source: twilio.com/docs/messaging/api/message-resource, "Message status values". */
function changeOf(status: string, occurredAtMs: number): StatusChange | undefined {
  switch (status) {
    // Twilio has it and works on it: for us that is sent, as its answer to the send said already.
    case "accepted":
    case "scheduled":
    case "queued":
    case "sending":
    case "sent":
      return { kind: "sent", occurredAtMs };
    case "delivered":
      return { kind: "delivered", occurredAtMs };
    case "read":
      return { kind: "read", occurredAtMs };
    case "undelivered":
    case "failed":
      return { kind: "failed" };
    case "canceled":
      return { kind: "cancelled" };
    default:
      return undefined;
  }
}

function reasonOf({ ErrorCode, ErrorMessage }: Form, status: string) {
  const words = [status, ErrorCode, ErrorMessage].filter(
    (word) => word !== undefined && word !== "",
  );
  return { code: mapReceiptError(Number(ErrorCode)), detail: words.join(" ").slice(0, 2000) };
}

function interpretMessage(
  data: Form,
  sid: string,
  fields: Readonly<Record<string, string>>,
): readonly Said[] {
  const phoneNumber = data.From ?? "";
  // Other channels write their own name before the number, and a short code is nobody's conversation.
  if (!/^\+[1-9][0-9]{6,14}$/.test(phoneNumber)) return [];
  return [
    ...saysText(data, sid, phoneNumber),
    ...showsFiles(data, sid, { phoneNumber, fields }),
    ...optsOut(data, sid, phoneNumber),
  ];
}

function saysText({ Body: text = "" }: Form, sid: string, phoneNumber: string): readonly Said[] {
  if (text === "") return [];
  const interaction = { interactionType: "TEXT", text } as const;
  return [{ key: `message:${sid}`, meaning: { kind: "interaction", phoneNumber, interaction } }];
}

interface Sender {
  readonly phoneNumber: string;
  readonly fields: Readonly<Record<string, string>>;
}

function showsFiles(
  { NumMedia }: Form,
  sid: string,
  { phoneNumber, fields }: Sender,
): readonly Said[] {
  const count = /^\d{1,2}$/.test(NumMedia ?? "") ? Math.min(Number(NumMedia), mediaMax) : 0;
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const fileUri = fields[`MediaUrl${index}`];
    const mimeType = fields[`MediaContentType${index}`];
    if (fileUri === undefined) return [];
    const file = { fileUri, ...(mimeType === undefined ? {} : { mimeType }) };
    const interaction = { interactionType: "FILE_SHARED", file } as const;
    return [
      { key: `file:${sid}:${index}`, meaning: { kind: "interaction", phoneNumber, interaction } },
    ];
  });
}

/** Beside the text: Twilio keeps the opt-out itself and refuses what we would send after it (21610). */
function optsOut({ OptOutType }: Form, sid: string, phoneNumber: string): readonly Said[] {
  const key = `opt:${sid}`;
  if (OptOutType === "STOP") {
    const data = { interactionType: "OPTED_OUT" } as const;
    return [{ key, meaning: { kind: "notice", phoneNumber, type: "recipient.opted_out", data } }];
  }
  if (OptOutType === "START") {
    const data = { interactionType: "OPTED_IN" } as const;
    return [{ key, meaning: { kind: "notice", phoneNumber, type: "recipient.opted_in", data } }];
  }
  return [];
}
