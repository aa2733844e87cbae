import type { FastifyRequest } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import type { SenderOn } from "../carrier/sms-senders.ts";
import { twilioError } from "./twilio-error.ts";

/**
 * The senders of the account in the path, if the request may speak for it: by account and token, or by one of its API
 * keys. Source: Twilio, "Requests to REST API", credentials.
 */
export function requireAccount(
  carrier: Carrier,
  request: FastifyRequest,
  accountSid: string,
): readonly SenderOn<"twilio">[] {
  const credentials = basicCredentials(request.headers.authorization);
  const senders = carrier.smsSenders.ofAccount(accountSid);
  if (senders.some((sender) => isAllowed(sender, credentials))) return senders;
  throw twilioError(20003, "Authenticate");
}

/** User and password as they stand in the header, joined by a colon. Source: RFC 7617. */
function basicCredentials(authorization = ""): string {
  if (!authorization.startsWith("Basic ")) return "";
  return Buffer.from(authorization.slice("Basic ".length), "base64").toString();
}

function isAllowed({ wire }: SenderOn<"twilio">, credentials: string): boolean {
  if (credentials === `${wire.accountSid}:${wire.authToken}`) return true;
  return (wire.apiKeys ?? []).some(({ sid, secret }) => credentials === `${sid}:${secret}`);
}
