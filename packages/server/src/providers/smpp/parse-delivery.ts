import type { FailureCode } from "@richline/contract";
import { z } from "zod";
import type { StatusChange } from "../../domain/lifecycle.ts";
import { digest } from "../kit/digest.ts";
import type { NotificationMeaning, ProviderNotification } from "../provider.ts";
import type { MessageIds } from "./message-ids.ts";

/** The text where its alphabet is known to us; its octets where it is not. */
const shortMessage = z.object({ message: z.union([z.string(), z.instanceof(Uint8Array)]) });

/** The fields of a `deliver_sm` that we read. Source: SMPP 3.4, 4.6.1. */
const delivery = z.object({
  sequence_number: z.number(),
  source_addr: z.string().default(""),
  source_addr_ton: z.number().default(0),
  esm_class: z.number().default(0),
  short_message: shortMessage.optional(),
  message_payload: shortMessage.optional(),
  receipted_message_id: z.string().optional(),
  message_state: z.number().optional(),
});
type Delivery = z.output<typeof delivery>;

export interface DeliveryFacts {
  readonly receivedAtMs: number;
  /** Tells the sessions of all nodes apart: sequence numbers begin anew in each. */
  readonly sessionId: string;
  readonly messageIds: MessageIds;
}

interface Said {
  readonly key: string | undefined;
  readonly meaning: NotificationMeaning;
}

/**
 * What a `deliver_sm` says: always exactly one notification, `unrecognised` when we do not understand it.
 *
 * It happened when it came. A receipt has a "done date", in the SMSC's own time zone, which no field names.
 */
export function parseDelivery(
  fields: Readonly<Record<string, unknown>>,
  facts: DeliveryFacts,
): ProviderNotification {
  const raw = toRaw(fields);
  const { receivedAtMs } = facts;
  const parsed = delivery.safeParse(fields);
  const { key, meaning } = parsed.success ? interpret(parsed.data, facts) : unrecognised;
  // What has no key of its own is told from the same words in another delivery by its place in the session.
  const dedupeKey = key ?? digest(`${facts.sessionId} ${raw}`);
  return { dedupeKey, occurredAtMs: receivedAtMs, receivedAtMs, raw, meaning };
}

const unrecognised: Said = { key: undefined, meaning: { kind: "unrecognised" } };

function interpret(data: Delivery, facts: DeliveryFacts): Said {
  return isReceipt(data.esm_class) ? interpretReceipt(data, facts) : interpretText(data, facts);
}

/** Bits 5 to 2: 0001 is a receipt, 1000 one about what goes on in between. Source: SMPP 3.4, 5.2.12. */
function isReceipt(esmClass: number): boolean {
  const type = esmClass & 0b0011_1100;
  return type === 0b0000_0100 || type === 0b0010_0000;
}

/** By TLVs where there are any, which are exact, else by the text, which is everybody's own. Source: SMPP 3.4, 5.3.2 and Appendix B. */
function interpretReceipt(data: Delivery, { messageIds, receivedAtMs }: DeliveryFacts): Said {
  // The words of the message itself may follow and look like anything.
  const words = textOf(data)?.replace(/\btext:.*$/is, "") ?? "";
  const field = (name: string) => new RegExp(`\\b${name}:\\s*(\\S+)`, "i").exec(words)?.[1];
  const state = stateNames[data.message_state ?? -1] ?? field("stat")?.toUpperCase().slice(0, 20);
  const change = changeOf(state ?? "", receivedAtMs);
  const providerMessageId = receiptId(data, field("id"), messageIds);
  if (providerMessageId === undefined || change === undefined) return unrecognised;
  return {
    // SMSCs begin their ids anew; the time tells an old message's receipt from that of a new one.
    key: `receipt:${providerMessageId}:${state}:${field("done date") ?? ""}`,
    meaning: {
      kind: "status",
      providerMessageId,
      change,
      ...("occurredAtMs" in change ? {} : { reason: reasonOf(state ?? "", field("err")) }),
    },
  };
}

/** The TLV is a C string, of which some SMSCs forget the end: what cannot be part of an id ends it. */
function receiptId(
  { receipted_message_id }: Delivery,
  written: string | undefined,
  messageIds: MessageIds,
): string | undefined {
  const [exact] = receipted_message_id?.match(/^[\x21-\x7e]+/) ?? [];
  if (exact !== undefined) return messageIds.ofAnswer(exact);
  return written === undefined ? undefined : messageIds.ofReceiptText(written);
}

/** `message_state` in the words of receipts. Source: SMPP 3.4, 5.2.28, and 5.0, 4.7.15, for 0 and 9. */
const stateNames: Readonly<Record<number, string>> = {
  0: "SCHEDUL",
  1: "ENROUTE",
  2: "DELIVRD",
  3: "EXPIRED",
  4: "DELETED",
  5: "UNDELIV",
  6: "ACCEPTD",
  7: "UNKNOWN",
  8: "REJECTD",
  9: "SKIPPED",
};

/** The words have seven letters, and some write them in full: the first five tell them apart. Source: SMPP 3.4, Appendix B. */
function changeOf(state: string, occurredAtMs: number): StatusChange | undefined {
  switch (state.slice(0, 5)) {
    case "DELIV":
      return { kind: "delivered", occurredAtMs };
    // The SMSC has it and works on it, as its answer to the submit said already.
    case "SCHED":
    case "ENROU":
    case "ACCEP":
      return { kind: "sent", occurredAtMs };
    case "EXPIR":
      return { kind: "expired" };
    case "UNDEL":
    case "DELET":
    case "REJEC":
    case "SKIPP":
      return { kind: "failed" };
    case "UNKNO":
      return { kind: "uncertain" };
    default:
      return undefined;
  }
}

/** `err` is a number of the network's own, which only its operator can read. */
function reasonOf(state: string, error: string | undefined) {
  const codes: Readonly<Record<string, FailureCode | "ttl_expired">> = {
    EXPIR: "ttl_expired",
    REJEC: "policy_rejected",
    UNKNO: "outcome_unknown",
  };
  const detail = error === undefined ? state : `${state}, error ${error.slice(0, 20)}`;
  return { code: codes[state.slice(0, 5)] ?? "provider_unavailable", detail };
}

/**
 * A person's text. SMPP gives it no id, so its place in the session is its key: said twice is told twice, and
 * if our acknowledgement is lost with the session, so is what the SMSC repeats. A long text comes in parts, and
 * each is told by itself: to join them one would have to acknowledge parts that are only held in memory.
 */
function interpretText(data: Delivery, { sessionId }: DeliveryFacts): Said {
  const text = textOf(data);
  const phoneNumber = phoneNumberOf(data);
  if (text === undefined || text === "" || phoneNumber === undefined) return unrecognised;
  return {
    key: `message:${sessionId}:${data.sequence_number}`,
    meaning: {
      kind: "interaction",
      phoneNumber,
      interaction: { interactionType: "TEXT", text },
    },
  };
}

function textOf({ short_message, message_payload }: Delivery): string | undefined {
  const [message] = [message_payload?.message, short_message?.message].filter(
    (one) => one !== undefined && one.length > 0,
  );
  return typeof message === "string" ? message : undefined;
}

/** Only an international number is somebody's: ton 1, or 0 where an SMSC leaves it open. */
function phoneNumberOf({ source_addr, source_addr_ton }: Delivery): string | undefined {
  const digits = source_addr.replace(/^(\+|00)/, "");
  const isInternational = source_addr_ton === 0 || source_addr_ton === 1;
  return isInternational && /^[1-9][0-9]{6,14}$/.test(digits) ? `+${digits}` : undefined;
}

/** Every field of the PDU, octets in hexadecimal. */
function toRaw(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toText(value)])),
  );
}

function toText(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(toText);
  const message = shortMessage.loose().safeParse(value);
  if (!message.success) return value;
  return Object.fromEntries(
    Object.entries(message.data).map(([name, inner]) => [name, toText(inner)]),
  );
}
