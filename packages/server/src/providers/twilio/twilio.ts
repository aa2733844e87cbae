import { z } from "zod";
import { type ApiAnswer, callApi } from "../kit/call-api.ts";
import { isOwnAddress } from "../kit/is-own-address.ts";
import { parseJson } from "../kit/parse-json.ts";
import { successText } from "../kit/success-text.ts";
import type {
  FileAccess,
  Provider,
  ProviderContext,
  ProviderFactory,
  SendOutcome,
  SendRequest,
} from "../provider.ts";
import { diagnose } from "./diagnose.ts";
import { twilioManifest } from "./manifest.ts";
import { mapFailure } from "./map-error.ts";
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
      // It answers STOP by itself, and refuses what is sent after it (21610). Source: twilio.com/docs/messaging/tutorials/advanced-opt-out.
      confirmsOptOut: true,
    },
    doSend: (request) => send(context, settings, request),
    fileAccess: (uri) => accessTo(settings, uri),
    doDiagnose: (signal) => diagnose(context, settings, signal),
    verifyWebhook: (webhook) =>
      verifyWebhook(webhook, { webhookUrl, authToken: settings.authToken }),
    parseWebhook,
  };
}

/** Media may be set to need the account's credentials; it then redirects to a signed address elsewhere. Source: twilio.com/docs/messaging/api/media-resource. */
function accessTo({ accountUrl, authorization }: TwilioSettings, uri: string): FileAccess {
  const isOwn = isOwnAddress(uri, accountUrl);
  return { isOwn, headers: isOwn ? { authorization } : {} };
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
