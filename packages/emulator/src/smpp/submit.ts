import { randomUUID } from "node:crypto";
import type { Pdu, SmppText } from "smpp";
import { type AnswerFate, fateByNumber } from "../carrier/answer-fate.ts";
import type { Carrier } from "../carrier/carrier.ts";
import type { Phone, SmppReceiptWish } from "../carrier/model.ts";
import { acceptSms } from "../carrier/sms.ts";
import type { SenderOn } from "../carrier/sms-senders.ts";
import { refusalOf, type SmsRefusal } from "../sms/refusal.ts";
import { splitSms } from "../sms/segments.ts";
import { isAddress, phoneNumberOf } from "./addresses.ts";
import type { CommandStatus } from "./command-status.ts";
import type { PartPlace, SmsPart } from "./part-assembly.ts";

/** data_coding that a phone can show: the default alphabet, Latin-1 and UCS-2. Source: SMPP 3.4, section 5.2.19. */
const textCodings = [0x00, 0x03, 0x08];
/** Elements of a user data header that place a part. Source: 3GPP TS 23.040, sections 9.2.3.24.1 and 9.2.3.24.8. */
const concatenation8Bit = 0x00;
const concatenation16Bit = 0x08;

/** How a submit_sm is answered. */
export interface SubmitAnswer {
  readonly status: CommandStatus;
  readonly messageId?: string;
  /** What a magic number does with the answer; whole when not given. */
  readonly fate?: AnswerFate;
}

/** SMPP's words for a refusal; it has none for a person's wish. Source: SMPP 3.4, section 5.1.3. */
const statusOfRefusal: Readonly<Record<SmsRefusal, CommandStatus | undefined>> = {
  invalid_number: "ESME_RINVDSTADR",
  opted_out: undefined,
  auth_failed: "ESME_RINVSRCADR",
  too_long: "ESME_RINVMSGLEN",
  unavailable: "ESME_RSYSERR",
  throttled: "ESME_RTHROTTLED",
};

/** Takes a submit_sm on, or says why not. Nothing recognises a repeat: the same PDU twice is two messages. */
export function submit(carrier: Carrier, systemId: string, pdu: Pdu): SubmitAnswer {
  const sender = findSender(carrier, systemId, pdu.source_addr);
  if (sender === undefined) return { status: "ESME_RINVSRCADR" };
  const to = phoneNumberOf(pdu.destination_addr);
  const phone = to === undefined ? undefined : carrier.phones.findOrCreate(to);
  if (phone === undefined) return { status: "ESME_RINVDSTADR" };
  if (isSet(pdu.schedule_delivery_time)) return { status: "ESME_RINVSCHED" };
  const validForMs = readValidity(pdu);
  if (Number.isNaN(validForMs)) return { status: "ESME_RINVEXPIRY" };
  const text = readText(pdu);
  const place = readPlace(pdu);
  if (text === undefined || (place !== undefined && !isPossible(place))) {
    return { status: "ESME_RSUBMITFAIL" };
  }
  const refusal = refusalOf(carrier, { phone, sender, text });
  const refused = refusal === undefined ? undefined : statusOfRefusal[refusal];
  if (refused !== undefined) return { status: refused };
  if (phone.behaviour === "sms_reset_before_accept") {
    return { status: "ESME_ROK", fate: { kind: "reset" } };
  }

  const messageId = randomUUID().replaceAll("-", "");
  const part = { text, receipt: { messageId, wish: readWish(pdu.registered_delivery) } };
  const parts = place === undefined ? [part] : assemble(carrier, { sender, phone, place, part });
  if (parts !== undefined) accept(carrier, { sender, phone, parts, validForMs });
  return { status: "ESME_ROK", messageId, fate: fateByNumber("sms", phone.behaviour) };
}

/** The sender that source_addr names; without one, the first of the system. */
function findSender(carrier: Carrier, systemId: string, named = ""): SenderOn<"smpp"> | undefined {
  const senders = carrier.smsSenders.ofSystem(systemId);
  return named === "" ? senders[0] : senders.find(({ address }) => isAddress(address, named));
}

function isSet(value: string | Date | undefined): boolean {
  return value !== undefined && value !== "";
}

/** The package reads a relative period against the real time, so the way back is against the real time as well. */
function readValidity({ validity_period: period }: Pdu): number | undefined {
  if (period === undefined || period === "") return undefined;
  const leftMs = period instanceof Date ? period.getTime() - Date.now() : Number.NaN;
  return Number.isNaN(leftMs) ? leftMs : Math.max(0, leftMs);
}

/** The text, from the payload where there is one; nothing when it is not text. */
function readText({
  data_coding: coding = 0,
  short_message,
  message_payload,
}: Pdu): string | undefined {
  if (!textCodings.includes(coding)) return undefined;
  const { message } = message_payload ?? short_message ?? { message: "" };
  return typeof message === "string" ? message : message.length === 0 ? "" : undefined;
}

/** Where a part stands, by its header or by its TLVs; nothing for a message that comes whole. */
function readPlace(pdu: Pdu): PartPlace | undefined {
  const { sar_msg_ref_num: reference, sar_total_segments: total, sar_segment_seqnum: number } = pdu;
  if (reference !== undefined && total !== undefined && number !== undefined) {
    return { reference, total, number };
  }
  return placeInHeader(pdu.short_message) ?? placeInHeader(pdu.message_payload);
}

function placeInHeader(text: SmppText | undefined): PartPlace | undefined {
  for (const element of text?.udh ?? []) {
    const [id, length, ...bytes] = element;
    const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
    if (id === concatenation8Bit && length === 3) {
      return { reference: first, total: second, number: third };
    }
    if (id === concatenation16Bit && length === 4) {
      return { reference: first * 256 + second, total: third, number: fourth };
    }
  }
  return undefined;
}

function isPossible({ total, number }: PartPlace): boolean {
  return number >= 1 && number <= total;
}

/** Source: SMPP 3.4, section 5.2.17, the two lowest bits. */
function readWish(registeredDelivery = 0): SmppReceiptWish["wish"] {
  const bits = registeredDelivery % 4;
  if (bits === 1) return "always";
  return bits === 2 ? "on_failure" : "none";
}

interface PlacedPart {
  readonly sender: SenderOn<"smpp">;
  readonly phone: Phone;
  readonly place: PartPlace;
  readonly part: SmsPart;
}

function assemble(
  { smsParts }: Carrier,
  { sender, phone, place, part }: PlacedPart,
): readonly SmsPart[] | undefined {
  return smsParts.add(`${sender.address} ${phone.settings.phoneNumber}`, place, part);
}

interface WholeSms {
  readonly sender: SenderOn<"smpp">;
  readonly phone: Phone;
  readonly parts: readonly SmsPart[];
  readonly validForMs: number | undefined;
}

function accept(carrier: Carrier, { sender, phone, parts, validForMs }: WholeSms): void {
  const text = parts.map((part) => part.text).join("");
  acceptSms(carrier, {
    sender,
    phone,
    messageId: parts[0]?.receipt.messageId ?? "",
    text,
    parts: parts.length > 1 ? parts.length : splitSms(text).length,
    validForMs,
    reports: { wire: "smpp", receipts: parts.map(({ receipt }) => receipt) },
  });
}
