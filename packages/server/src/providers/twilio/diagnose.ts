import { z } from "zod";
import { type ApiAnswer, callApi } from "../kit/call-api.ts";
import { parseJson } from "../kit/parse-json.ts";
import { successText } from "../kit/success-text.ts";
import type { Diagnosis, ProviderContext } from "../provider.ts";
import { readError } from "./map-error.ts";
import type { TwilioSettings } from "./read-settings.ts";

const account = z.object({ friendly_name: z.string().default(""), status: z.string() });
/** Source: twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, read 2026-11-24. */
const numbers = z.object({
  incoming_phone_numbers: z.array(z.object({ sms_url: z.string().nullish() })),
});

/** Reads the account and where answers to its sender go: that needs the address and the credentials, and sends nothing. */
export async function diagnose(
  context: ProviderContext,
  settings: TwilioSettings,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const url = `${settings.accountUrl}.json`;
  const answer = await read(context, settings, { url, signal });
  if (answer.kind !== "answered") {
    const text = `${new URL(url).host} cannot be reached (${answer.detail}). Check baseUrl, and that the network lets us out.`;
    return [{ ok: false, text }];
  }
  const reached = { ok: true, text: `${new URL(url).host} answers.` };
  const parsed = account.safeParse(parseJson(answer.text));
  if (successText(answer) === undefined || !parsed.success)
    return [reached, describeRefusal(answer)];
  const described = describeAccount(parsed.data);
  if (!described.ok) return [reached, described];
  return [reached, described, ...(await diagnoseInbound(context, settings, signal))];
}

/** Receipts come to the address that each message names. What people answer goes where the number says, and that is set at Twilio. */
async function diagnoseInbound(
  context: ProviderContext,
  settings: TwilioSettings,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const { webhookUrl } = context;
  const { From: from = "" } = settings.sender;
  // A messaging service answers at another address, and words and short codes are no numbers of the account.
  if (!from.startsWith("+")) {
    const text = `What people answer has to be sent to ${webhookUrl}: see to it in the Twilio console.`;
    return [{ ok: true, text }];
  }
  const url = `${settings.accountUrl}/IncomingPhoneNumbers.json?${new URLSearchParams({ PhoneNumber: from })}`;
  const answer = await read(context, settings, { url, signal });
  const text = successText(answer);
  const parsed = numbers.safeParse(text === undefined ? undefined : parseJson(text));
  if (!parsed.success) return [warn("The sender's number could not be read.")];
  const [number] = parsed.data.incoming_phone_numbers;
  if (number === undefined) return [warn("The sender is no number of this account. Check from.")];
  if (number.sms_url === webhookUrl) return [{ ok: true, text: "What people answer comes here." }];
  return [
    warn(
      `What people answer does not come here: set “A message comes in” of the number to ${webhookUrl} in the Twilio console.`,
    ),
  ];
}

/** Sending works all the same. */
function warn(text: string): Diagnosis {
  return { ok: false, isWarning: true, text };
}

function read(
  { fetch, clock }: ProviderContext,
  { authorization }: TwilioSettings,
  { url, signal }: { readonly url: string; readonly signal: AbortSignal },
): Promise<ApiAnswer> {
  return callApi({ fetch, clock, url, method: "GET", headers: { authorization }, signal });
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
