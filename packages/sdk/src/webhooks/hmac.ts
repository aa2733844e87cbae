import { WebhookVerificationError } from "./webhook-verification-error.ts";

/** Bytes in a buffer of their own, as WebCrypto wants them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const algorithm = { name: "HMAC", hash: "SHA-256" } as const;

/** Makes a key for HMAC-SHA256. */
export async function hmacKey(secret: Bytes): Promise<CryptoKey> {
  if (secret.length === 0) throw new WebhookVerificationError("secret_invalid", "No secret.");
  return globalThis.crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
}

export async function hmacSign(key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await globalThis.crypto.subtle.sign(algorithm.name, key, data));
}

/** Compares in constant time: WebCrypto's own `verify` does, which is why no comparison is written here. */
export async function hmacMatches(key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean> {
  return globalThis.crypto.subtle.verify(algorithm.name, key, signature, data);
}
