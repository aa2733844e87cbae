import { createHmac } from "node:crypto";
import { equalInConstantTime } from "../kit/constant-time.ts";
import type { RawWebhook, WebhookVerdict } from "../provider.ts";

/**
 * Twilio signs the address that it called with its query, followed by name and value of each parameter in the
 * order of the names, with HMAC-SHA1 and the auth token. It may or may not have written the standard port.
 * Source: twilio.com/docs/usage/security, and the official client, which is the judge in the tests.
 */
export function verifyWebhook(
  webhook: RawWebhook,
  { webhookUrl, authToken }: { readonly webhookUrl: string; readonly authToken: string },
): WebhookVerdict {
  const signature = webhook.headers["x-twilio-signature"];
  if (typeof signature !== "string") {
    return { kind: "forged", reason: "X-Twilio-Signature is missing." };
  }
  const query = webhook.query === "" ? "" : `?${webhook.query}`;
  const parameters = joinParameters(webhook.body);
  const matches = addressesOf(webhookUrl).map((address) =>
    equalInConstantTime(
      signature,
      createHmac("sha1", authToken).update(`${address}${query}${parameters}`).digest("base64"),
    ),
  );
  return matches.includes(true)
    ? { kind: "genuine" }
    : {
        kind: "forged",
        reason: `X-Twilio-Signature does not match for ${webhookUrl}: check the auth token, and that Twilio calls this very address.`,
      };
}

/** Values that stand under one name are taken once each, in order. Source: the official client. */
function joinParameters(body: Uint8Array): string {
  const parameters = new URLSearchParams(Buffer.from(body).toString("utf8"));
  const names = [...new Set(parameters.keys())].sort();
  return names
    .map((name) =>
      [...new Set(parameters.getAll(name))]
        .sort()
        .map((value) => `${name}${value}`)
        .join(""),
    )
    .join("");
}

/** The address as it is configured, and with the standard port written out. `URL` leaves that out by itself. */
function addressesOf(webhookUrl: string): readonly string[] {
  const { protocol, port, host } = new URL(webhookUrl);
  if (port !== "") return [webhookUrl, webhookUrl.replace(host, host.slice(0, -port.length - 1))];
  const standard = protocol === "https:" ? ":443" : ":80";
  return [webhookUrl, webhookUrl.replace(host, `${host}${standard}`)];
}
