import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import type { SenderOn } from "../carrier/sms-senders.ts";
import { recordRequests } from "../http/recording.ts";
import { requireAccount } from "./access.ts";
import { rfc2822 } from "./message-resource.ts";
import { registerMessages } from "./messages-routes.ts";
import { TwilioError, twilioError } from "./twilio-error.ts";

/** Adds Twilio's wire under `/2010-04-01`: its Messages API, and the account, by which clients check credentials. */
export function registerTwilio(app: FastifyInstance, carrier: Carrier): void {
  recordRequests(app, carrier);
  acceptForms(app);
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(carrier, error, reply));
  app.setNotFoundHandler((request, reply) => {
    const error = twilioError(20404, `The requested resource ${request.url} was not found`);
    return reply.code(404).send(error.toBody());
  });
  const startedAt = rfc2822(carrier.clock.now());
  app.get<{ Params: { accountSid: string } }>("/Accounts/:accountSid.json", (request) => {
    const { accountSid } = request.params;
    requireAccount(carrier, request, accountSid);
    return viewAccount(accountSid, startedAt);
  });
  app.get<{ Params: { accountSid: string }; Querystring: { PhoneNumber?: string } }>(
    "/Accounts/:accountSid/IncomingPhoneNumbers.json",
    (request) => {
      const { accountSid } = request.params;
      const senders = requireAccount(carrier, request, accountSid);
      const { PhoneNumber: wanted } = request.query;
      const numbers = senders.filter(
        ({ address }) => address.startsWith("+") && (wanted ?? address) === address,
      );
      return { incoming_phone_numbers: numbers.map((sender) => viewNumber(accountSid, sender)) };
    },
  );
  registerMessages(app, carrier);
}

/** What clients look at to see where answers go. Source: Twilio reference, IncomingPhoneNumber. */
function viewNumber(accountSid: string, { address, wire }: SenderOn<"twilio">): object {
  return {
    account_sid: accountSid,
    phone_number: address,
    sms_url: wire.inboundUrl ?? "",
    sms_method: "POST",
  };
}

/** Every request of the API is a form. Source: Twilio, "Requests to REST API". A repeated field counts once, the last one. */
function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
}

/** Source: Twilio reference, Account. The token is left out: whoever asks has it, and records of answers should not. */
function viewAccount(accountSid: string, date: string): object {
  const uri = `/2010-04-01/Accounts/${accountSid}`;
  return {
    sid: accountSid,
    friendly_name: "Richline emulator",
    status: "active",
    type: "Full",
    auth_token: null,
    date_created: date,
    date_updated: date,
    owner_account_sid: accountSid,
    subresource_uris: { messages: `${uri}/Messages.json` },
    uri: `${uri}.json`,
  };
}

function answerError(carrier: Carrier, error: FastifyError, reply: FastifyReply): FastifyReply {
  const known = error instanceof TwilioError ? error : toTwilioError(carrier, error);
  if (known.httpStatus === 401) reply.header("www-authenticate", 'Basic realm="Twilio API"');
  if (known.retryAfterSeconds !== undefined) reply.header("retry-after", known.retryAfterSeconds);
  return reply.code(known.httpStatus).send(known.toBody());
}

/** Fastify's own refusals (not a form, too large) and our bugs. */
function toTwilioError(carrier: Carrier, error: FastifyError): TwilioError {
  const { statusCode: httpStatus = 500 } = error;
  if (httpStatus < 500) return new TwilioError(20_000 + httpStatus, error.message, { httpStatus });
  carrier.logger.warn({ err: error }, "A call of the Messages API failed.");
  return new TwilioError(20_500, "An internal server error has occurred", { httpStatus });
}
