import { createHmac } from "node:crypto";
import { silentLogger } from "../../../kernel/logger.ts";
import { createFakeClock } from "../../../testing/fake-clock.ts";
import type { Provider, RawWebhook } from "../../provider.ts";
import { twilio } from "../twilio.ts";
import { type PretendTwilio, startPretendTwilio } from "./pretend-twilio.ts";

export const accountSid = "AC0123456789abcdef0123456789abcdef";
export const authToken = "0123456789abcdef0123456789abcdef";
export const from = "+12025550100";
export const webhookUrl = "https://gateway.example/webhooks/twilio";
export const receivedAtMs = Date.parse("2026-11-23T10:00:02Z");

export interface StartedTwilio {
  readonly provider: Provider;
  readonly twilio: PretendTwilio;
}

/** The adapter in front of a server that plays Twilio. */
export async function startTwilio(
  settings: Readonly<Record<string, string>> = { from },
): Promise<StartedTwilio> {
  const pretend = await startPretendTwilio();
  return { provider: createTwilio({ baseUrl: pretend.url, ...settings }), twilio: pretend };
}

export function createTwilio(settings: Readonly<Record<string, string>>): Provider {
  return twilio.create({
    name: "twilio",
    settings: { accountSid, authToken, ...settings },
    webhookUrl,
    clock: createFakeClock(),
    fetch,
    logger: silentLogger,
  });
}

/** What a send of the tests is called outside. */
export const reference = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b.0";

/** A webhook with this form, signed for an address by a secret. The official client checks this signature in `verify-webhook.test.ts`. */
export function signedForm(
  form: string,
  { token = authToken, url = webhookUrl }: { readonly token?: string; readonly url?: string } = {},
): RawWebhook {
  const parameters = [...new Map(new URLSearchParams(form))].sort(([a], [b]) => (a < b ? -1 : 1));
  const signature = createHmac("sha1", token)
    .update(`${url}${parameters.map(([name, value]) => `${name}${value}`).join("")}`)
    .digest("base64");
  return {
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signature,
    },
    query: new URL(url).search.slice(1),
    body: Buffer.from(form),
    receivedAtMs,
  };
}
