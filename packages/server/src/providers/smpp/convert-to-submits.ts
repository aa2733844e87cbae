import smpp from "smpp";
import { type SmsEncoding, segmentSms } from "../../domain/sms-segments.ts";
import { internationalAddress, type SmppSettings } from "./read-settings.ts";

export interface TextToSubmit {
  readonly text: string;
  readonly phoneNumber: string;
  /** How long the message is of use, in milliseconds. */
  readonly ttlMs: number | undefined;
  /** 0–255, the same in all parts of a message: handsets join parts by it. */
  readonly reference: number;
}

/** Source: SMPP 3.4, 5.2.19: 0 is the SMSC's default alphabet, which is GSM-7 an octet a septet; 8 is UCS-2. */
const dataCoding: Readonly<Record<SmsEncoding, number>> = { "GSM-7": 0, "UCS-2": 8 };

/** Source: SMPP 3.4, 5.2.12: the short message begins with a user data header. */
const esmClassWithHeader = 0x40;

/** Source: SMPP 3.4, 5.2.17: a receipt at success and at failure. */
const receiptWanted = 1;

/**
 * The submits that a text is, in order.
 *
 * Only the last part asks for a receipt: each part has a message id of its own at the SMSC, our message has
 * one, and a handset shows a text when all its parts are there, of which the last one submitted is usually the
 * last to come. Receipts of every part would name ids that nobody knows.
 */
export function convertToSubmits(
  message: TextToSubmit,
  settings: Pick<SmppSettings, "source" | "longMessages">,
): readonly object[] {
  const { encoding, texts } = segmentSms(message.text);
  const common = commonFields(message, settings, encoding);
  if (texts.length > 1 && settings.longMessages === "payload") {
    const message_payload = encode(message.text, encoding);
    return [{ ...common, message_payload, registered_delivery: receiptWanted }];
  }
  return texts.map((text, index) => {
    const body = encode(text, encoding);
    const header = texts.length > 1 ? headerOf(message.reference, texts.length, index) : [];
    return {
      ...common,
      esm_class: header.length > 0 ? esmClassWithHeader : 0,
      short_message: Buffer.concat([Buffer.from(header), body]),
      registered_delivery: index === texts.length - 1 ? receiptWanted : 0,
    };
  });
}

function commonFields(
  { phoneNumber, ttlMs }: TextToSubmit,
  { source }: Pick<SmppSettings, "source">,
  encoding: SmsEncoding,
): object {
  const destination = internationalAddress(phoneNumber);
  return {
    source_addr: source.address,
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    destination_addr: destination.address,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    data_coding: dataCoding[encoding],
    ...(ttlMs === undefined ? {} : { validity_period: toRelativeTime(ttlMs) }),
  };
}

/** An information element of five octets: reference, how many parts, which one. Source: 3GPP TS 23.040, 9.2.3.24.1. */
function headerOf(reference: number, parts: number, index: number): readonly number[] {
  return [5, 0, 3, reference, parts, index + 1];
}

function encode(text: string, encoding: SmsEncoding): Buffer {
  if (encoding === "GSM-7") return smpp.encodings.ASCII.encode(text);
  return Buffer.from(text, "utf16le").swap16();
}

/** Longest relative time that is written without months and years, in seconds: 30 days. A message lives 15 at most. */
const relativeSecondsMax = 30 * 86_400;

/** `YYMMDDhhmmss000R`, from the SMSC's clock on; whole seconds, downwards. Source: SMPP 3.4, 7.1.1.2. */
function toRelativeTime(ttlMs: number): string {
  const seconds = Math.min(relativeSecondsMax, Math.max(1, Math.floor(ttlMs / 1000)));
  const fields = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  return `0000${fields.map((field) => String(field).padStart(2, "0")).join("")}000R`;
}
