import { bodyBytes, fromBase64, utf8 } from "./encoding.ts";
import { type Bytes, hmacKey } from "./hmac.ts";
import { WebhookVerificationError } from "./webhook-verification-error.ts";

// Standard Webhooks 1.0, github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.

const secretPrefix = "whsec_";

/** The key of a `whsec_…` secret: what follows the prefix, decoded from base64. */
export async function standardKey(secret: string): Promise<CryptoKey> {
  const encoded = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  const bytes = fromBase64(encoded);
  if (bytes !== undefined) return hmacKey(bytes);
  throw new WebhookVerificationError("secret_invalid", "The secret is not whsec_ and base64.");
}

/** What is signed: id, time in seconds and body, joined by dots. */
export function standardContent(id: string, timestamp: string, body: string | Uint8Array): Bytes {
  const head = utf8(`${id}.${timestamp}.`);
  const tail = bodyBytes(body);
  const content = new Uint8Array(head.length + tail.length);
  content.set(head);
  content.set(tail, head.length);
  return content;
}
