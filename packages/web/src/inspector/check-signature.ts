import { type JsonObject, objectIn, textIn } from "../message/read-json.ts";

/** How a webhook is signed, where it is: what to compare, over what, by which rule. */
export interface SignatureParts {
  readonly scheme: "google" | "twilio";
  readonly signature: string;
  /** The bytes that are signed. */
  readonly signed: string;
  readonly rule: string;
  /** What the key is called. */
  readonly keyName: string;
}

/** What a recorded webhook tells of its signature; undefined where its headers were not kept, or it has none. */
export function signatureOf(record: JsonObject): SignatureParts | undefined {
  const headers = objectIn(record["headers"]) ?? {};
  const header = (name: string) =>
    textIn(Object.entries(headers).find(([known]) => known.toLowerCase() === name)?.[1]);
  const google = header("x-goog-signature");
  if (google !== undefined) {
    return {
      scheme: "google",
      signature: google,
      signed: googleData(record),
      rule: "base64 HMAC-SHA512 of the decoded message.data, keyed by the client token",
      keyName: "Client token",
    };
  }
  const twilio = header("x-twilio-signature");
  if (twilio === undefined) return undefined;
  return {
    scheme: "twilio",
    signature: twilio,
    signed: twilioText(record),
    rule: "base64 HMAC-SHA1 of the URL and the sorted parameters, keyed by the auth token",
    keyName: "Auth token",
  };
}

/** Whether the signature is the one that this key makes. */
export async function isSignedBy(
  { scheme, signed, signature }: SignatureParts,
  key: string,
): Promise<boolean> {
  const encoder = new TextEncoder();
  const hash = scheme === "google" ? "SHA-512" : "SHA-1";
  const algorithm = { name: "HMAC", hash };
  const imported = await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, [
    "sign",
  ]);
  const made = new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(signed)));
  return btoa(String.fromCharCode(...made)) === signature;
}

/** The decoded data: out of the body where it was kept, since JSON written again may differ by a byte. */
function googleData(record: JsonObject): string {
  const body = typeof record["body"] === "string" ? safelyParsed(record["body"]) : record["body"];
  const data = textIn(objectIn(objectIn(body)?.["message"])?.["data"]);
  if (data === undefined) return JSON.stringify(record["data"]);
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

function twilioText(record: JsonObject): string {
  const parameters = objectIn(record["data"]) ?? {};
  const sorted = Object.keys(parameters).toSorted();
  return `${textIn(record["url"]) ?? ""}${sorted.map((name) => `${name}${String(parameters[name])}`).join("")}`;
}

function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
