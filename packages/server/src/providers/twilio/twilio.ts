import { z } from "zod";
import { type ApiAnswer, callApi } from "../kit/call-api.ts";
import { parseJson } from "../kit/parse-json.ts";
import type {
  Diagnosis,
  Provider,
  ProviderContext,
  ProviderFactory,
  SendOutcome,
  SendRequest,
} from "../provider.ts";
import { twilioManifest } from "./manifest.ts";
import { mapFailure, readError } from "./map-error.ts";
import { parseWebhook } from "./parse-webhook.ts";
import { readSettings, type TwilioSettings } from "./read-settings.ts";
import { callbackFor } from "./status-callback.ts";
import { verifyWebhook } from "./verify-webhook.ts";

/** SMS by Twilio's Messages API, and by the emulator, which speaks the same wire. */
export const twilio: ProviderFactory = {
  manifest: twilioManifest,
  create: createTwilio,
};

/** Bounds of a message's validity, in seconds. Source: twilio.com/docs/messaging/api/message-resource, ValidityPeriod. */
const validitySeconds = { min: 1, max: 36_000 } as const;

const message = z.object({ sid: z.string().min(1) });
const account = z.object({ friendly_name: z.string().default(""), status: z.string() });

function createTwilio(context: ProviderContext): Provider {
  const settings = readSettings(context.settings);
  const { webhookUrl } = context;
  return {
    specificationVersion: "v1",
    name: context.name,
    capabilities: {
      channel: "sms",
      messageTypes: ["text"],
      // The Messages API knows no key of ours: a repeat is a second SMS.
      idempotentSend: false,
      clientMessageId: false,
      revoke: false,
      reachLookup: false,
    },
    doSend: (request) => send(context, settings, request),
    doDiagnose: (signal) => diagnose(context, settings, signal),
    verifyWebhook: (webhook) =>
      verifyWebhook(webhook, { webhookUrl, authToken: settings.authToken }),
    parseWebhook,
  };
}

async function send(
  { fetch, clock, webhookUrl }: ProviderContext,
  { accountUrl, authorization, sender }: TwilioSettings,
  request: SendRequest,
): Promise<SendOutcome> {
  const { text } = request.content;
  if (text === undefined) {
    return { kind: "rejected", code: "invalid_payload", detail: "An SMS needs text." };
  }
  const answer = await callApi({
    fetch,
    clock,
    url: `${accountUrl}/Messages.json`,
    method: "POST",
    headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      To: request.phoneNumber,
      ...sender,
      Body: text,
      StatusCallback: callbackFor(webhookUrl, request.reference),
      ...validityOf(request.ttlMs),
    }).toString(),
    signal: request.signal,
  });
  const sid = acceptedSid(answer);
  return sid === undefined ? mapFailure(answer) : { kind: "accepted", providerMessageId: sid };
}

/** Whole seconds, downwards: a message is not to arrive after its time. Longer than Twilio keeps one is as long as it does. */
function validityOf(ttlMs: number | undefined): Readonly<Record<string, string>> {
  if (ttlMs === undefined) return {};
  const { min, max } = validitySeconds;
  return { ValidityPeriod: String(Math.min(max, Math.max(min, Math.floor(ttlMs / 1000)))) };
}

function acceptedSid(answer: ApiAnswer): string | undefined {
  const text = successText(answer);
  const parsed = text === undefined ? undefined : message.safeParse(parseJson(text));
  return parsed?.data?.sid;
}

function successText(answer: ApiAnswer): string | undefined {
  return answer.kind === "answered" && answer.status >= 200 && answer.status < 300
    ? answer.text
    : undefined;
}

/** Reads the account: that needs the address and the credentials, and sends nothing. */
async function diagnose(
  { fetch, clock }: ProviderContext,
  { accountUrl, authorization }: TwilioSettings,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const url = `${accountUrl}.json`;
  const answer = await callApi({
    fetch,
    clock,
    url,
    method: "GET",
    headers: { authorization },
    signal,
  });
  if (answer.kind !== "answered") {
    const text = `${new URL(url).host} cannot be reached (${answer.detail}). Check baseUrl, and that the network lets us out.`;
    return [{ ok: false, text }];
  }
  const reached = { ok: true, text: `${new URL(url).host} answers.` };
  const parsed = account.safeParse(parseJson(answer.text));
  if (successText(answer) !== undefined && parsed.success) {
    return [reached, describeAccount(parsed.data)];
  }
  return [reached, describeRefusal(answer)];
}

function describeAccount({ friendly_name, status }: z.output<typeof account>): Diagnosis {
  return status === "active"
    ? { ok: true, text: `The credentials are those of the account “${friendly_name}”.` }
    : {
        ok: false,
        text: `The account “${friendly_name}” is ${status}: it sends nothing until it is active again. See the Twilio console.`,
      };
}

function describeRefusal(answer: { readonly status: number; readonly text: string }): Diagnosis {
  const { detail } = readError(answer);
  const { status } = answer;
  if (status === 401 || status === 403) {
    const text = `Twilio refuses the credentials (${detail}). Check accountSid with authToken, or apiKey with apiSecret; a restricted key must be allowed to read the account.`;
    return { ok: false, text };
  }
  if (status === 404) {
    return { ok: false, text: `Twilio knows no such account (${detail}). Check accountSid.` };
  }
  const advice = status === 429 || status >= 500 ? "Try again later." : "Check baseUrl.";
  return { ok: false, text: `The account could not be read (${detail}). ${advice}` };
}
