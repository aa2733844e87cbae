import type { Event } from "@richline/contract";
import { bodyBytes, fromHex, utf8 } from "./encoding.ts";
import { hmacKey, hmacMatches } from "./hmac.ts";
import { parseEvent } from "./parse-event.ts";
import { WebhookVerificationError } from "./webhook-verification-error.ts";

export interface VerifyGuideSignatureOptions {
  /** The body as it came, before any parsing. */
  readonly body: string | Uint8Array;
  /** The header `X-Signature`. */
  readonly signature: string | null | undefined;
  /** The secret as it stands, `whsec_` included; during a rotation the new and the old one. */
  readonly secret: string | readonly string[];
}

/**
 * Checks `X-Signature`, the hex HMAC-SHA256 of the body, and answers the event. It proves who sent the body but not when:
 * a delivery that somebody kept passes again. `verifyWebhook` has no such gap.
 */
export async function verifyGuideSignature(options: VerifyGuideSignatureOptions): Promise<Event> {
  if (options.signature == null || options.signature === "") {
    throw new WebhookVerificationError("header_missing", "The header X-Signature is missing.");
  }
  const signature = fromHex(options.signature.trim());
  const secrets = typeof options.secret === "string" ? [options.secret] : options.secret;
  for (const secret of signature === undefined ? [] : secrets) {
    const key = await hmacKey(utf8(secret));
    const matches =
      signature !== undefined && (await hmacMatches(key, signature, bodyBytes(options.body)));
    if (matches) return parseEvent(options.body);
  }
  throw new WebhookVerificationError("signature_mismatch", "X-Signature does not match the body.");
}
