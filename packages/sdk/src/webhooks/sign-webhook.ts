import { bodyBytes, toBase64, toHex, utf8 } from "./encoding.ts";
import { hmacKey, hmacSign } from "./hmac.ts";
import { standardContent, standardKey } from "./standard-webhooks.ts";

export interface SignWebhookOptions {
  /** The body that will be sent, byte for byte. */
  readonly body: string | Uint8Array;
  /** `whsec_` and base64. */
  readonly secret: string;
  /** The event's id; the same for every try of a delivery. */
  readonly id: string;
  /** When it is signed, in epoch milliseconds. */
  readonly signedAtMs: number;
}

/** The headers of both signatures, as the gateway sends them. For tests of your own webhook handler. */
export async function signWebhook(options: SignWebhookOptions): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(options.signedAtMs / 1000));
  const content = standardContent(options.id, timestamp, options.body);
  const standard = await hmacSign(await standardKey(options.secret), content);
  const guide = await hmacSign(await hmacKey(utf8(options.secret)), bodyBytes(options.body));
  return {
    "webhook-id": options.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${toBase64(standard)}`,
    "x-signature": toHex(guide),
  };
}
