import type { PutSmsSenderRequest } from "@richline/contract";
import type { Carrier } from "../carrier/carrier.ts";
import type { SmppReceiptWish, SmsFromPerson, SmsState, SmsToPerson } from "../carrier/model.ts";
import { minuteOf } from "../sms/minute-of.ts";
import { encodingOf, splitSms } from "../sms/segments.ts";
import { toWire } from "./addresses.ts";

/** esm_class of a delivery receipt. Source: SMPP 3.4, section 5.2.12. */
const esmReceipt = 0x04;
/** data_coding of the default alphabet and of UCS-2. Source: SMPP 3.4, section 5.2.19. */
const codings = { gsm7: 0x00, ucs2: 0x08 } as const;
/** Most characters of the text that a receipt repeats. Source: SMPP 3.4, appendix B. */
const receiptTextCharsMax = 20;

/** Final states, by their number, name and error. Source: SMPP 3.4, section 5.2.28 and appendix B; errors are the network's own. */
const outcomes: Partial<
  Record<SmsState, { readonly state: number; readonly stat: string; readonly err: string }>
> = {
  delivered: { state: 2, stat: "DELIVRD", err: "000" },
  expired: { state: 3, stat: "EXPIRED", err: "002" },
  undelivered: { state: 5, stat: "UNDELIV", err: "001" },
  filtered: { state: 8, stat: "REJECTD", err: "003" },
};

type SmppWire = Extract<PutSmsSenderRequest, { wire: "smpp" }>;

/** The lane in which everything for one system goes out. */
export function laneOf(systemId: string): string {
  return `smpp ${systemId}`;
}

/** Sends the receipts that were asked for, one for each submit_sm, once the message has come to an end. */
export function reportBySmpp(
  carrier: Carrier,
  message: SmsToPerson,
  receipts: readonly SmppReceiptWish[],
): void {
  const { wire } = message.sender;
  const outcome = outcomes[message.state];
  if (outcome === undefined || wire.wire !== "smpp") return;
  for (const { messageId, wish } of receipts) {
    if (wish === "none" || (wish === "on_failure" && message.state === "delivered")) continue;
    deliver(carrier, wire, {
      message,
      fields: {
        esm_class: esmReceipt,
        data_coding: codings.gsm7,
        short_message: { message: receiptText(message, messageId) },
        receipted_message_id: messageId,
        message_state: outcome.state,
      },
    });
  }
}

/** Source: SMPP 3.4, appendix B, "Delivery Receipt Format". */
function receiptText(message: SmsToPerson, messageId: string): string {
  const { stat = "", err = "" } = outcomes[message.state] ?? {};
  return [
    `id:${messageId}`,
    "sub:001",
    `dlvrd:${message.state === "delivered" ? "001" : "000"}`,
    `submit date:${minuteOf(message.sentAtMs)}`,
    `done date:${minuteOf(message.changedAtMs)}`,
    `stat:${stat}`,
    `err:${err}`,
    `text:${message.text.slice(0, receiptTextCharsMax)}`,
  ].join(" ");
}

/** Sends what a person wrote, in as many parts as it takes. */
export function sendBySmpp(carrier: Carrier, message: SmsFromPerson, wire: SmppWire): void {
  const parts = splitSms(message.text);
  const reference = Number.parseInt(message.messageId.slice(-2), 16);
  for (const [index, text] of parts.entries()) {
    const udh = Buffer.from([5, 0, 3, reference, parts.length, index + 1]);
    deliver(carrier, wire, {
      message,
      fields: {
        esm_class: 0,
        data_coding: codings[encodingOf(message.text)],
        short_message: parts.length === 1 ? { message: text } : { message: text, udh },
      },
    });
  }
}

interface DeliverSm {
  readonly message: SmsToPerson | SmsFromPerson;
  readonly fields: object;
}

function deliver(carrier: Carrier, { systemId }: SmppWire, { message, fields }: DeliverSm): void {
  const { phoneNumber } = message.phone.settings;
  const source = toWire(phoneNumber);
  const destination = toWire(message.sender.address);
  const pdu = {
    source_addr: source.address,
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    destination_addr: destination.address,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    ...fields,
  };
  carrier.webhooks.send({
    lane: laneOf(systemId),
    url: `smpp://${systemId}/deliver_sm`,
    data: pdu,
    phoneNumber,
    faultOn: "sms_webhook",
    about: message,
    rules: smppRules,
    transmit: async () => {
      const status = await carrier.smppSessions.deliver(systemId, pdu);
      if (status === undefined) {
        return { status, error: "Nobody is bound to receive, or nobody answered." };
      }
      return { status: status === 0 ? 200 : 500 };
    },
  });
}

/** Kept while nobody is bound, and tried again after 1, 2, 4 … 60 seconds, for a day. Ours: SMPP leaves it to the SMSC. */
const smppRules = {
  isReceived: (status: number) => status === 200,
  gapMs: (tries: number) => Math.min(1_000 * 2 ** Math.min(tries - 1, 6), 60_000),
  forMs: 24 * 60 * 60 * 1000,
};
