import fc from "fast-check";
// The official client, by the one file of it that signs: the whole of it is 21 MB of types.
import { getExpectedTwilioSignature, validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, it } from "vitest";
import { readFixture } from "./testing/read-fixture.ts";
import { authToken, receivedAtMs, signedForm, webhookUrl } from "./testing/start-twilio.ts";
import { verifyWebhook } from "./verify-webhook.ts";

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** A webhook as Twilio makes it, signed by Twilio's own code. */
function signedByTwilio(parameters: Parameters, url: string) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  return {
    headers: {
      "x-twilio-signature": getExpectedTwilioSignature(authToken, url, { ...parameters }),
    },
    query: new URL(url).search.slice(1),
    body: Buffer.from(form.toString()),
    receivedAtMs,
  };
}

const verdictOf = (parameters: Parameters, url: string, ours = webhookUrl) =>
  verifyWebhook(signedByTwilio(parameters, url), { webhookUrl: ours, authToken }).kind;

describe("a signature that Twilio's own client makes", () => {
  it("is genuine, whatever the parameters are called and say", () => {
    const aName = fc.string({ minLength: 1, maxLength: 10 });
    const aValue = fc.string({ unit: "grapheme", maxLength: 30 });
    // The client reads parameters as a plain object; a name such as __proto__ is none there.
    const parameters = fc
      .dictionary(aName, aValue, { noNullPrototype: true })
      .filter((one) => !Object.hasOwn(one, "__proto__"));
    fc.assert(
      fc.property(parameters, (one) => {
        expect(verdictOf(one, webhookUrl)).toBe("genuine");
      }),
    );
  });

  it("is genuine where one name has several values", () => {
    expect(verdictOf({ MediaUrl: ["b", "a", "b"], Body: "x" }, webhookUrl)).toBe("genuine");
  });

  it.each([
    ["https://gateway.example/webhooks/twilio", "https://gateway.example:443/webhooks/twilio"],
    ["http://gateway.example/webhooks/twilio", "http://gateway.example:80/webhooks/twilio"],
    ["https://gateway.example:4400/webhooks/t", "https://gateway.example/webhooks/t"],
    ["https://gateway.example:4400/webhooks/t", "https://gateway.example:4400/webhooks/t"],
    ["https://gateway.example/webhooks/t", "https://gateway.example/webhooks/t?reference=a.0"],
    ["https://gateway.example/webhooks/t", "https://gateway.example:443/webhooks/t?a=%2B1&b=?"],
  ])("for %s is genuine when Twilio wrote %s", (ours, theirs) => {
    expect(verdictOf({ Body: "x" }, theirs, ours)).toBe("genuine");
  });

  it.each([
    "http://gateway.example/webhooks/twilio",
    "https://gateway.example/webhooks/other",
    "https://other.example/webhooks/twilio",
  ])("for another address, %s, is forged", (theirs) => {
    expect(verdictOf({ Body: "x" }, theirs)).toBe("forged");
  });
});

it("the signatures of our tests are what Twilio's client accepts", () => {
  for (const name of ["status-delivered.form", "message-media.form"]) {
    const form = readFixture(name);
    const parameters = Object.fromEntries(new URLSearchParams(form));
    const signature = String(signedForm(form).headers["x-twilio-signature"]);
    expect(validateRequest(authToken, signature, webhookUrl, parameters)).toBe(true);
  }
});
