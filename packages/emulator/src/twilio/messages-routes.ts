import { e164 } from "@richline/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { fateByNumber } from "../carrier/answer-fate.ts";
import type { Carrier } from "../carrier/carrier.ts";
import type { SmsMessage } from "../carrier/model.ts";
import { acceptSms, cancelSms } from "../carrier/sms.ts";
import { newSmsId } from "../carrier/sms-ids.ts";
import type { SenderOn } from "../carrier/sms-senders.ts";
import { answerAs, type Exchange, hangUp } from "../http/answer-as.ts";
import { actUnderFault } from "../http/faults.ts";
import { behaviourOf } from "../magic-numbers.ts";
import { splitSms } from "../sms/segments.ts";
import { requireAccount } from "./access.ts";
import { toCreatedResource, toResource } from "./message-resource.ts";
import { refuseByPhone } from "./refuse-by-phone.ts";
import {
  bodyCharsMax,
  bodyTooLong,
  invalidTo,
  TwilioError,
  twilioError,
  twilioErrorOfStatus,
} from "./twilio-error.ts";

/** Bounds of ValidityPeriod, in seconds. Source: Twilio, error 90007. */
const validitySeconds = { min: 1, max: 36_000 } as const;
/** Longest StatusCallback, in characters. Source: Twilio, error 21609. */
const callbackCharsMax = 4_000;
/** What the emulator refuses rather than do something else in its place. */
const notEmulated = ["MediaUrl", "ContentSid", "SendAt", "ScheduleType"] as const;

const form = z.record(z.string(), z.string());
type Form = z.output<typeof form>;

interface OneAccount {
  Params: { accountSid: string };
}
interface OneMessage {
  Params: { accountSid: string; sid: string };
}

/** Adds the Messages API: send, read, cancel. Source: Twilio's OpenAPI document, `twilio_api_v2010`. */
export function registerMessages(app: FastifyInstance, carrier: Carrier): void {
  app.post<OneAccount>("/Accounts/:accountSid/Messages.json", (request, reply) => {
    const { accountSid } = request.params;
    const senders = requireAccount(carrier, request, accountSid);
    const fields = readForm(request);
    const exchange = { carrier, request, reply };
    const phoneNumber = fields["To"];
    const target = { on: "sms_send", phoneNumber, errorOf: twilioErrorOfStatus } as const;
    return actUnderFault(exchange, target, () => create(exchange, fields, { accountSid, senders }));
  });
  app.get<OneMessage>("/Accounts/:accountSid/Messages/:sid.json", (request) => {
    const { accountSid } = request.params;
    requireAccount(carrier, request, accountSid);
    return toResource(requireMessage(carrier, request.params), accountSid);
  });
  app.post<OneMessage>("/Accounts/:accountSid/Messages/:sid.json", (request) => {
    const { accountSid } = request.params;
    requireAccount(carrier, request, accountSid);
    return update(carrier, requireMessage(carrier, request.params), readForm(request));
  });
}

interface Account {
  readonly accountSid: string;
  readonly senders: readonly SenderOn<"twilio">[];
}

/** Sends. Nothing recognises a repeat: the same request twice is two messages. */
function create(exchange: Exchange, fields: Form, { accountSid, senders }: Account): unknown {
  const { carrier, reply } = exchange;
  const to = requireTo(fields["To"]);
  const sender = requireSender(carrier, fields, senders);
  const text = requireBody(fields);
  const validForMs = requireValidity(fields["ValidityPeriod"]);
  const statusCallback = requireCallback(fields["StatusCallback"]);
  const unsupported = notEmulated.find((name) => fields[name] !== undefined);
  if (unsupported !== undefined) {
    throw twilioError(20001, `${unsupported} is not part of the emulator.`);
  }
  if (to === sender.address) throw twilioError(21266, "'To' and 'From' number cannot be the same");
  const phone = carrier.phones.findOrCreate(to);
  refuseByPhone(carrier, { phone, sender, text });
  if (phone.behaviour === "sms_reset_before_accept") return hangUp(exchange);
  const message = acceptSms(carrier, {
    sender,
    phone,
    messageId: newSmsId(),
    text,
    parts: splitSms(text).length,
    validForMs,
    reports: {
      wire: "twilio",
      statusCallback,
      messagingServiceSid: fields["MessagingServiceSid"],
    },
  });
  // Not sent here: a fault rule may still take the answer away.
  void reply.code(201);
  return answerAs(
    exchange,
    fateByNumber("sms", phone.behaviour),
    toCreatedResource(message, accountSid),
  );
}

function requireTo(to = ""): string {
  if (to === "") throw twilioError(21604, "A 'To' phone number is required.");
  const number = e164.safeParse(to);
  if (number.success && behaviourOf(number.data) !== "invalid_number") return number.data;
  throw invalidTo(to);
}

/** The sender that From names, or one that the messaging service picks: its first. */
function requireSender(
  carrier: Carrier,
  { From: from, MessagingServiceSid: service }: Form,
  senders: readonly SenderOn<"twilio">[],
): SenderOn<"twilio"> {
  if (from === undefined && service === undefined) {
    throw twilioError(21603, "A 'From' phone number is required.");
  }
  const pool = service === undefined ? senders : senders.filter(inService(service));
  if (pool.length === 0) {
    throw twilioError(21701, `The Messaging Service resource ${service} does not exist.`);
  }
  const found = from === undefined ? pool[0] : pool.find(({ address }) => address === from);
  if (found !== undefined) return found;
  if (from !== undefined && carrier.smsSenders.find(from) !== undefined) {
    throw twilioError(21660, `Mismatch between the 'From' number ${from} and the account`);
  }
  throw twilioError(
    21659,
    `'From' ${from} is not a Twilio phone number. Make it with PUT /_emulator/sms-senders/{address}.`,
  );
}

function inService(service: string): (sender: SenderOn<"twilio">) => boolean {
  return ({ wire }) => wire.messagingServiceSid === service;
}

function requireBody({ Body: text = "", MessagingServiceSid: service }: Form): string {
  if (text.trim() === "") {
    throw service === undefined
      ? twilioError(21602, "Message body is required.")
      : twilioError(21619, "A text message body or media urls must be specified.");
  }
  if (text.length <= bodyCharsMax) return text;
  throw bodyTooLong();
}

function requireValidity(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const { min, max } = validitySeconds;
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds * 1000;
  throw twilioError(90007, `ValidityPeriod must be between ${min} and ${max} seconds.`);
}

function requireCallback(url: string | undefined): string | undefined {
  if (url === undefined || url === "") return undefined;
  const fits = url.length <= callbackCharsMax && /^https?:\/\//.test(url) && URL.canParse(url);
  if (fits) return url;
  throw twilioError(21609, `The 'StatusCallback' URL ${url} is not a valid URL.`);
}

function requireMessage(
  carrier: Carrier,
  { accountSid, sid }: { readonly accountSid: string; readonly sid: string },
): SmsMessage {
  const message = carrier.messages.sms(sid);
  const { wire } = message?.sender ?? {};
  if (message !== undefined && wire?.wire === "twilio" && wire.accountSid === accountSid) {
    return message;
  }
  const path = `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`;
  throw twilioError(20404, `The requested resource ${path} was not found`);
}

/** Only cancelling is emulated. Source: Twilio, errors 30400 and 30409. */
function update(carrier: Carrier, message: SmsMessage, fields: Form): object {
  if (fields["Status"] !== "canceled") throw twilioError(30400, "Parameters are not valid");
  if (message.direction === "outbound" && cancelSms(carrier, message)) {
    return toResource(message, accountOf(message));
  }
  throw twilioError(30409, "This message cannot be canceled");
}

function accountOf({ sender }: SmsMessage): string {
  return sender.wire.wire === "twilio" ? sender.wire.accountSid : "";
}

function readForm({ body }: FastifyRequest): Form {
  const fields = form.safeParse(body ?? {});
  if (fields.success) return fields.data;
  throw new TwilioError(20_415, "Send a form.", { httpStatus: 415 });
}
