import type { SmsMessage, SmsState, SmsToPerson } from "../carrier/model.ts";

export const apiVersion = "2010-04-01";

/** An SMS by the status that Twilio gives it. Source: Twilio reference, Message, status values. */
const statuses: Record<SmsState, string> = {
  accepted: "queued",
  sent: "sent",
  delivered: "delivered",
  undelivered: "undelivered",
  filtered: "undelivered",
  expired: "undelivered",
  cancelled: "canceled",
  // Never shown: a forgotten message is not found.
  forgotten: "failed",
};

/** Why an SMS did not arrive. Source: Twilio, "Error and Warning Dictionary", 30003, 30007 and 30036. */
const failures: Partial<Record<SmsState, { readonly code: number; readonly message: string }>> = {
  undelivered: { code: 30003, message: "Unreachable destination handset" },
  filtered: { code: 30007, message: "Message filtered" },
  expired: { code: 30036, message: "Validity Period Expired" },
};

export function statusOf(message: SmsToPerson): string {
  return statuses[message.state];
}

export function failureOf(
  message: SmsToPerson,
): { readonly code: number; readonly message: string } | undefined {
  return failures[message.state];
}

/** A Message as the API answers it. Source: Twilio's OpenAPI document, `api.v2010.account.message`. */
export function toResource(message: SmsMessage, accountSid: string): object {
  const { messageId, sender, phone } = message;
  const { phoneNumber } = phone.settings;
  const outbound = message.direction === "outbound";
  const failure = outbound ? failureOf(message) : undefined;
  const uri = `/${apiVersion}/Accounts/${accountSid}/Messages/${messageId}`;
  const hasLeft = !outbound || (message.state !== "accepted" && message.state !== "cancelled");
  return {
    account_sid: accountSid,
    api_version: apiVersion,
    body: message.text,
    date_created: rfc2822(message.sentAtMs),
    date_sent: hasLeft ? rfc2822(message.sentAtMs) : null,
    date_updated: rfc2822(outbound ? message.changedAtMs : message.sentAtMs),
    direction: outbound ? "outbound-api" : "inbound",
    error_code: failure?.code ?? null,
    error_message: failure?.message ?? null,
    from: outbound ? sender.address : phoneNumber,
    messaging_service_sid: serviceOf(message),
    num_media: "0",
    num_segments: String(message.parts),
    price: null,
    price_unit: "USD",
    sid: messageId,
    status: outbound ? statusOf(message) : "received",
    subresource_uris: { media: `${uri}/Media.json` },
    to: outbound ? phoneNumber : sender.address,
    uri: `${uri}.json`,
  };
}

/**
 * The answer to its creation, whatever has become of it meanwhile. A messaging service has picked no sender by then.
 * Source: Twilio, "Outbound Message Status in Status Callbacks"; Twilio reference, Message, num_segments.
 */
export function toCreatedResource(message: SmsToPerson, accountSid: string): object {
  const byService = serviceOf(message) !== null;
  return {
    ...toResource(message, accountSid),
    date_sent: null,
    date_updated: rfc2822(message.sentAtMs),
    error_code: null,
    error_message: null,
    status: byService ? "accepted" : "queued",
    ...(byService ? { from: null, num_segments: "0" } : {}),
  };
}

/** An instant as Twilio writes it. Source: RFC 2822, section 3.3. */
export function rfc2822(atMs: number): string {
  return new Date(atMs).toUTCString().replace("GMT", "+0000");
}

function serviceOf(message: SmsMessage): string | null {
  if (message.direction === "inbound" || message.reports.wire !== "twilio") return null;
  return message.reports.messagingServiceSid ?? null;
}
