import type { Bytes } from "./hmac.ts";

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** A raw body as bytes, exactly as it was signed. */
export function bodyBytes(body: string | Uint8Array): Bytes {
  return typeof body === "string" ? utf8(body) : new Uint8Array(body);
}

export function toBase64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Nothing when the text is not base64. */
export function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export function toHex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Nothing when the text is not pairs of hexadecimal digits. */
export function fromHex(text: string): Bytes | undefined {
  if (!/^([0-9a-f]{2})+$/i.test(text)) return undefined;
  const pairs = text.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
