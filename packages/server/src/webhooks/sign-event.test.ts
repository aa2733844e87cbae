import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { newEndpointSecret } from "./endpoints.ts";
import { signEvent } from "./sign-event.ts";

/** The judge compares with the real clock, so events are signed as of now. */
const timestampSeconds = Math.floor(Date.now() / 1000);
const body = JSON.stringify({ id: "evt_1", type: "message.delivered", text: "Grüße 👋" });
const event = { eventId: "evt_1", body, timestampSeconds };

const secret = newEndpointSecret();
const previousSecret = newEndpointSecret();

/** What a receiver with this secret says, by the library of Standard Webhooks. */
function accepts(secretOfReceiver: string, text: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secretOfReceiver).verify(text, headers);
    return true;
  } catch {
    return false;
  }
}

describe("a signed event", () => {
  it("is accepted by the library of Standard Webhooks", () => {
    const headers = signEvent({ secret, previousSecret: null }, event);
    expect(accepts(secret, body, headers)).toBe(true);
  });

  it("is what that library would have signed itself, for any body", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const headers = signEvent({ secret, previousSecret: null }, { ...event, body: text });
        const at = new Date(timestampSeconds * 1000);
        expect(headers["webhook-signature"]).toBe(new Webhook(secret).sign("evt_1", at, text));
      }),
    );
  });

  it("is accepted by the guide's verification: hex HMAC-SHA256, keyed by the secret as it stands", () => {
    const headers = signEvent({ secret, previousSecret: null }, event);
    const expected = createHmac("sha256", Buffer.from(secret, "utf8"))
      .update(Buffer.from(body, "utf8"))
      .digest("hex");
    expect(headers["x-signature"]).toBe(expected);
  });

  it.each<[string, (headers: Record<string, string>) => [string, Record<string, string>]]>([
    ["another body", (headers) => [body.replace("evt_1", "evt_2"), headers]],
    ["another id", (headers) => [body, { ...headers, "webhook-id": "evt_2" }]],
    [
      "another time",
      (headers) => [body, { ...headers, "webhook-timestamp": String(timestampSeconds - 1) }],
    ],
  ])("with %s is refused", (_name, change) => {
    const headers = signEvent({ secret, previousSecret: null }, event);
    const [text, changedHeaders] = change({ ...headers });
    expect(accepts(secret, text, changedHeaders)).toBe(false);
  });

  it("is refused with another secret", () => {
    const headers = signEvent({ secret, previousSecret: null }, event);
    expect(accepts(newEndpointSecret(), body, headers)).toBe(false);
  });

  it("that is too old is refused: the time is part of what is signed", () => {
    const old = { ...event, timestampSeconds: timestampSeconds - 600 };
    expect(accepts(secret, body, signEvent({ secret, previousSecret: null }, old))).toBe(false);
  });
});

describe("while a secret is rotated", () => {
  const headers = signEvent({ secret, previousSecret }, event);

  it("a receiver with the old secret and one with the new both accept", () => {
    expect(accepts(secret, body, headers)).toBe(true);
    expect(accepts(previousSecret, body, headers)).toBe(true);
  });

  it("the guide's scheme, which has room for one, signs with the new", () => {
    expect(headers["x-signature"]).toBe(createHmac("sha256", secret).update(body).digest("hex"));
  });

  it("ends for the old one when it is over", () => {
    const after = signEvent({ secret, previousSecret: null }, event);
    expect(accepts(previousSecret, body, after)).toBe(false);
  });
});

describe("a new secret", () => {
  it("is as Standard Webhooks wants it: a prefix and 24 to 64 random bytes in base64", () => {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32);
    expect(secret).not.toBe(previousSecret);
  });
});
