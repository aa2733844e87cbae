import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { signWebhook } from "./sign-webhook.ts";
import { verifyGuideSignature } from "./verify-guide-signature.ts";
import { type VerifyWebhookOptions, verifyWebhook } from "./verify-webhook.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const otherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const event = {
  id: "evt_1",
  type: "message.interacted",
  conversationId: "user_123",
  text: "grüß dich 👋",
  timestamp: "2024-12-27T10:35:00Z",
};
const body = JSON.stringify(event);
const nowMs = Date.parse("2024-12-27T10:35:01Z");

async function aDelivery(changes: Partial<VerifyWebhookOptions> = {}) {
  const headers = await signWebhook({ body, secret, id: "evt_1", signedAtMs: nowMs });
  return { body, headers, secret, now: () => nowMs, ...changes };
}

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "accepted",
    (error: unknown) => (error instanceof Error && "reason" in error ? error.reason : error),
  );
}

describe("verifyWebhook", () => {
  test("accepts what the standardwebhooks package signed", async () => {
    const signature = new Webhook(secret).sign("evt_1", new Date(nowMs), body);
    const headers = new Headers({
      "Webhook-Id": "evt_1",
      "Webhook-Timestamp": String(nowMs / 1000),
      "Webhook-Signature": signature,
    });
    expect(await verifyWebhook(await aDelivery({ headers }))).toEqual(event);
  });

  test("the standardwebhooks package accepts what we sign", async () => {
    const headers = await signWebhook({ body, secret, id: "evt_1", signedAtMs: Date.now() });
    expect(new Webhook(secret).verify(body, headers)).toEqual(event);
  });

  test("accepts the body as bytes and headers as Node has them", async () => {
    const { headers, ...rest } = await aDelivery();
    const bytes = new TextEncoder().encode(body);
    const nodeHeaders = { ...headers, host: "x", "set-cookie": ["a", "b"], none: undefined };
    expect(await verifyWebhook({ ...rest, body: bytes, headers: nodeHeaders })).toEqual(event);
  });

  test("during a rotation either secret and either signature will do", async () => {
    const headers = await signWebhook({ body, secret, id: "evt_1", signedAtMs: nowMs });
    const other = await signWebhook({ body, secret: otherSecret, id: "evt_1", signedAtMs: nowMs });
    const both = `v1a,AAAA ${other["webhook-signature"]} ${headers["webhook-signature"]}`;
    const rotated = { ...headers, "webhook-signature": both };
    expect(await verifyWebhook(await aDelivery({ headers: rotated }))).toEqual(event);
    expect(await verifyWebhook(await aDelivery({ secret: [otherSecret, secret] }))).toEqual(event);
  });

  test("refuses an altered body, another secret, and an altered id or time", async () => {
    const { headers } = await aDelivery();
    const altered: Partial<VerifyWebhookOptions>[] = [
      { body: `${body} ` },
      { secret: otherSecret },
      { headers: { ...headers, "webhook-id": "evt_2" } },
      { headers: { ...headers, "webhook-timestamp": String(nowMs / 1000 + 1) } },
      { headers: { ...headers, "webhook-signature": "v1,!!! v2,AAAA v1," } },
      { secret: [] },
    ];
    for (const changes of altered) {
      expect(await reasonOf(verifyWebhook(await aDelivery(changes)))).toBe("signature_mismatch");
    }
  });

  test("refuses what was signed too long ago or too far ahead", async () => {
    const at = (ms: number) => aDelivery({ now: () => nowMs + ms });
    expect(await reasonOf(verifyWebhook(await at(300_000)))).toBe("accepted");
    expect(await reasonOf(verifyWebhook(await at(301_000)))).toBe("timestamp_too_old");
    expect(await reasonOf(verifyWebhook(await at(-301_000)))).toBe("timestamp_too_new");
  });

  test("says which header is missing and what else cannot be checked", async () => {
    const headers = await signWebhook({ body, secret, id: "evt_1", signedAtMs: nowMs });
    const { "webhook-id": _, ...withoutId } = headers;
    const noTime = { ...headers, "webhook-timestamp": "soon" };
    const cases = [
      [{ headers: withoutId }, "header_missing"],
      [{ headers: noTime }, "timestamp_invalid"],
      [{ secret: "whsec_not base64!" }, "secret_invalid"],
      [{ secret: "whsec_" }, "secret_invalid"],
    ] as const;
    for (const [changes, reason] of cases) {
      expect(await reasonOf(verifyWebhook(await aDelivery(changes)))).toBe(reason);
    }
  });

  test("a signed body that is no event is refused", async () => {
    const signed = await signWebhook({ body: "[]", secret, id: "evt_1", signedAtMs: nowMs });
    const delivery = await aDelivery({ body: "[]", headers: signed });
    expect(await reasonOf(verifyWebhook(delivery))).toBe("body_invalid");
  });
});

describe("verifyGuideSignature", () => {
  const signature = createHmac("sha256", secret).update(body).digest("hex");

  test("accepts the hex HMAC of the body keyed by the whole secret, in either case of letters", async () => {
    expect(await verifyGuideSignature({ body, signature, secret })).toEqual(event);
    const upper = signature.toUpperCase();
    expect(
      await verifyGuideSignature({ body, signature: upper, secret: [otherSecret, secret] }),
    ).toEqual(event);
  });

  test("is what signWebhook sends as X-Signature", async () => {
    const headers = await signWebhook({ body, secret, id: "evt_1", signedAtMs: nowMs });
    expect(headers["x-signature"]).toBe(signature);
  });

  test("refuses an altered body, another secret, a cut signature and none", async () => {
    const altered = [
      [{ body: `${body} `, signature, secret }, "signature_mismatch"],
      [{ body, signature, secret: otherSecret }, "signature_mismatch"],
      [{ body, signature: signature.slice(2), secret }, "signature_mismatch"],
      [{ body, signature: "zz", secret }, "signature_mismatch"],
      [{ body, signature, secret: "" }, "secret_invalid"],
      [{ body, signature: null, secret }, "header_missing"],
      [{ body, signature: undefined, secret }, "header_missing"],
    ] as const;
    for (const [options, reason] of altered) {
      expect(await reasonOf(verifyGuideSignature(options))).toBe(reason);
    }
  });
});
