import { type FieldError, latLong, type threadMessage, toFieldErrors } from "@richline/contract";
import { z } from "zod";
import type { PersonContent } from "../carrier/model.ts";
import { type RbmContent, rbmAgentMessage } from "../rbm/agent-message.ts";

interface Stored {
  readonly messageId: string;
  readonly sentAtMs: number;
  readonly deliveredAtMs: number | undefined;
  readonly readAtMs: number | undefined;
}

/** A message of a document, with content that was found good. */
export type StoredMessage = Stored &
  (
    | { readonly kind: "agent"; readonly agentId: string; readonly content: RbmContent }
    | { readonly kind: "person"; readonly agentId: string; readonly content: PersonContent }
    | {
        readonly kind: "sms";
        readonly direction: "outbound" | "inbound";
        readonly sender: string;
        readonly parts: number;
        readonly text: string;
      }
  );

interface Place {
  readonly path: string;
  readonly isAgent: (agentId: string) => boolean;
  readonly isSender: (address: string) => boolean;
}

interface Read {
  readonly message?: StoredMessage;
  readonly errors: readonly FieldError[];
}

const sms = z.strictObject({ text: z.string() });

/** What a person sends. Source: RBM guide, "Receive messages". */
const fromPerson: z.ZodType<PersonContent> = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({
    suggestionResponse: z.strictObject({
      postbackData: z.string(),
      text: z.string(),
      type: z.literal("REPLY"),
    }),
  }),
  z.strictObject({ location: latLong }),
  z.strictObject({
    userFile: z.strictObject({
      payload: z.strictObject({
        mimeType: z.string(),
        fileSizeBytes: z.int(),
        fileUri: z.string(),
        fileName: z.string(),
      }),
    }),
  }),
]);

/** Reads one message of a document. */
export function readContent(message: z.output<typeof threadMessage>, place: Place): Read {
  const stored = {
    messageId: message.messageId,
    sentAtMs: Date.parse(message.sentAt),
    deliveredAtMs: toMs(message.deliveredAt),
    readAtMs: toMs(message.readAt),
  };
  return message.channel === "sms"
    ? readSms(message, stored, place)
    : readRcs(message, stored, place);
}

type Shown = z.output<typeof threadMessage>;

function readSms(
  { direction, sender, parts = 1, content }: Shown,
  stored: Stored,
  { path, isSender }: Place,
): Read {
  if (sender === undefined || !isSender(sender)) {
    return oneError(`${path}/sender`, `An SMS needs a sender that is known, not ${sender}.`);
  }
  const read = sms.safeParse(content);
  if (!read.success) return contentErrors(path, read.error);
  const { text } = read.data;
  return { message: { ...stored, kind: "sms", direction, sender, parts, text }, errors: [] };
}

function readRcs(
  { direction, agentId, content }: Shown,
  stored: Stored,
  { path, isAgent }: Place,
): Read {
  if (agentId === undefined || !isAgent(agentId)) {
    return oneError(`${path}/agentId`, `RCS needs an agent that is known, not ${agentId}.`);
  }
  if (direction === "outbound") {
    const read = rbmAgentMessage.shape.contentMessage.safeParse(content);
    if (!read.success) return contentErrors(path, read.error);
    return { message: { ...stored, kind: "agent", agentId, content: read.data }, errors: [] };
  }
  const read = fromPerson.safeParse(content);
  if (!read.success) return contentErrors(path, read.error);
  return { message: { ...stored, kind: "person", agentId, content: read.data }, errors: [] };
}

function oneError(path: string, detail: string): Read {
  return { errors: [{ path, code: "invalid_value", detail }] };
}

function contentErrors(path: string, error: z.ZodError): Read {
  const errors = toFieldErrors(error).map((one) => ({
    ...one,
    path: `${path}/content${one.path}`,
  }));
  return { errors };
}

function toMs(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant);
}
