import { expect, it } from "vitest";
import { isSignedBy, signatureOf } from "./check-signature.ts";

/** Made by OpenSSL's HMAC, keyed by `token`, over `{"text":"Grüße"}`. */
const google = {
  data: "eyJ0ZXh0IjoiR3LDvMOfZSJ9",
  signature:
    "f1j6RaQZPR+4mfWJTHCbsZa2+KE+HFrZQJdIVDVFTYn712Xbb/4tSRq4rBUqE8wPrGqDqih+XLo8P+NY+LNuIQ==",
};

it("Google's signature is checked over the decoded data", async () => {
  const body = JSON.stringify({ message: { data: google.data } });
  const parts = signatureOf({ headers: { "X-Goog-Signature": google.signature }, body, data: {} });
  expect(parts).toBeDefined();
  if (parts === undefined) return;
  expect(await isSignedBy(parts, "token")).toBe(true);
  expect(await isSignedBy(parts, "another")).toBe(false);
});

it("Twilio's signature is checked over the address and the sorted parameters", async () => {
  const url = "http://127.0.0.1:3000/sms";
  // Made by OpenSSL's HMAC, keyed by `demo`, over the address and `Aa1To+1`.
  const headers = { "x-twilio-signature": "cEDuuLMgxY8iVNndtcj9AC3ok68=" };
  const parts = signatureOf({ headers, url, data: { To: "+1", Aa: "1" } });
  expect(parts && (await isSignedBy(parts, "demo"))).toBe(true);
});

it("a webhook without a signature, or without kept headers, has none to check", () => {
  expect(signatureOf({ data: {} })).toBeUndefined();
  expect(signatureOf({ headers: { accept: "x" } })).toBeUndefined();
});
