import { createHmac } from "node:crypto";

export interface SigningKeys {
  /** `whsec_` and base64. */
  readonly secret: string;
  /** Signed with as well while a rotation lasts. */
  readonly previousSecret: string | null;
}

export interface Signable {
  readonly eventId: string;
  readonly body: string;
  /** Of this attempt, not of the event. */
  readonly timestampSeconds: number;
}

/**
 * The headers that prove an event is ours, in two schemes: `X-Signature` as the guide verifies it, and
 * Standard Webhooks 1.0, which also binds the time and allows a rotation.
 */
export function signEvent(keys: SigningKeys, signable: Signable): Readonly<Record<string, string>> {
  const { eventId, body, timestampSeconds } = signable;
  const secrets = keys.previousSecret === null ? [keys.secret] : [keys.secret, keys.previousSecret];
  const content = `${eventId}.${timestampSeconds}.${body}`;
  return {
    // The guide keys the HMAC with the secret string as it stands, prefix and all.
    "x-signature": createHmac("sha256", keys.secret).update(body).digest("hex"),
    "webhook-id": eventId,
    "webhook-timestamp": String(timestampSeconds),
    "webhook-signature": secrets
      .map((secret) => `v1,${standardSignature(secret, content)}`)
      .join(" "),
  };
}

/** Standard Webhooks decodes what follows the prefix and keys the HMAC with those bytes. */
function standardSignature(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return createHmac("sha256", key).update(content).digest("base64");
}
