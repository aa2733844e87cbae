import { createHmac } from "node:crypto";
import type { PutSmsSenderRequest } from "@richline/contract";
import type { Carrier } from "../carrier/carrier.ts";
import type { SmsFromPerson, SmsReports, SmsToPerson } from "../carrier/model.ts";
import { minuteOf } from "../sms/minute-of.ts";
import { apiVersion, failureOf, statusOf } from "./message-resource.ts";

type TwilioWire = Extract<PutSmsSenderRequest, { wire: "twilio" }>;
type Parameters = Readonly<Record<string, string>>;

/**
 * Reports a status that is not the first. Source: Twilio, "Outbound Message Status in Status Callbacks"; parameters:
 * "Track the Message Status of Outbound Messages".
 */
export function reportByTwilio(
  carrier: Carrier,
  message: SmsToPerson,
  { statusCallback, messagingServiceSid }: Extract<SmsReports, { wire: "twilio" }>,
): void {
  const { wire, address } = message.sender;
  if (statusCallback === undefined || wire.wire !== "twilio") return;
  const status = statusOf(message);
  const failure = failureOf(message);
  const isFinal = message.state !== "sent" && message.state !== "cancelled";
  const { phoneNumber } = message.phone.settings;
  post(carrier, wire, {
    url: statusCallback,
    about: message,
    phoneNumber,
    parameters: {
      AccountSid: wire.accountSid,
      ApiVersion: apiVersion,
      ...(failure === undefined
        ? {}
        : { ErrorCode: String(failure.code), ErrorMessage: failure.message }),
      From: address,
      MessageSid: message.messageId,
      MessageStatus: status,
      ...(messagingServiceSid === undefined ? {} : { MessagingServiceSid: messagingServiceSid }),
      ...(isFinal ? { RawDlrDoneDate: minuteOf(message.changedAtMs) } : {}),
      SmsSid: message.messageId,
      SmsStatus: status,
      To: phoneNumber,
    },
  });
}

/** Posts what a person wrote. Source: Twilio, "Twilio's request to your incoming message Webhook URL". */
export function sendByTwilio(carrier: Carrier, message: SmsFromPerson, wire: TwilioWire): void {
  const { inboundUrl: url, messagingServiceSid } = wire;
  if (url === undefined) return;
  const { phoneNumber } = message.phone.settings;
  post(carrier, wire, {
    url,
    about: message,
    phoneNumber,
    parameters: {
      AccountSid: wire.accountSid,
      ApiVersion: apiVersion,
      Body: message.text,
      From: phoneNumber,
      MessageSid: message.messageId,
      ...(messagingServiceSid === undefined ? {} : { MessagingServiceSid: messagingServiceSid }),
      NumMedia: "0",
      NumSegments: String(message.parts),
      SmsMessageSid: message.messageId,
      SmsSid: message.messageId,
      SmsStatus: "received",
      To: message.sender.address,
    },
  });
}

interface Post {
  readonly url: string;
  readonly parameters: Parameters;
  readonly phoneNumber: string;
  readonly about: object;
}

function post({ webhooks }: Carrier, { accountSid, authToken }: TwilioWire, what: Post): void {
  const { parameters } = what;
  // What follows # are settings of the connection; they are neither sent nor signed.
  const url = what.url.replace(/#.*$/, "");
  webhooks.send({
    lane: `twilio ${accountSid}`,
    url,
    data: parameters,
    phoneNumber: what.phoneNumber,
    faultOn: "sms_webhook",
    about: what.about,
    rules: twilioRules,
    transmit: async () => {
      const sent = {
        url,
        body: new URLSearchParams(parameters).toString(),
        headers: {
          "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
          "X-Twilio-Signature": sign(authToken, url, parameters),
        },
      };
      const { status, text, error } = await webhooks.post.send(sent);
      return { status, sent, answer: text, error };
    },
  });
}

/**
 * An error that the receiver answers is not tried again; a connection that fails is, once and at once.
 * Source: Twilio, "Webhooks (HTTP callbacks): Connection Overrides", defaults of `rc` and `rp`.
 */
const twilioRules = {
  isReceived: (status: number) => status >= 200 && status < 300,
  gapMs: (tries: number, status: number | undefined) =>
    status === undefined && tries === 1 ? 0 : undefined,
  forMs: 60_000,
};

/**
 * Base64 HMAC-SHA1, keyed by the token, over the URL and each parameter's name and value, sorted by name.
 * Source: Twilio, "Webhooks Security", validating signatures.
 */
function sign(authToken: string, url: string, parameters: Parameters): string {
  const pairs = Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1));
  const signed = url + pairs.map(([name, value]) => name + value).join("");
  return createHmac("sha1", authToken).update(signed).digest("base64");
}
