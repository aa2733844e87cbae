import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeProvider, type ProviderUnderTest, type ServerAnswer } from "../conformance.ts";
import type { Provider, SendRequest } from "../provider.ts";
import type { Answer } from "./testing/pretend-twilio.ts";
import { readFixture } from "./testing/read-fixture.ts";
import {
  accountSid,
  authToken,
  createTwilio,
  from,
  reference,
  type StartedTwilio,
  signedForm,
  startTwilio,
  webhookUrl,
} from "./testing/start-twilio.ts";

const started = new Map<ProviderUnderTest, StartedTwilio>();

describeProvider("the Twilio adapter", {
  channel: "sms",
  wire: "http",
  open: async () => {
    const one = await startTwilio();
    const { provider, twilio } = one;
    let written = 0;
    const subject: ProviderUnderTest = {
      provider,
      answerSends: (answer) => twilio.answerWith(inTwiliosWords(answer)),
      nextSend: async () => void (await twilio.nextRequest()),
      sends: () => twilio.requests.length,
      stopListening: twilio.stopListening,
      signed: {
        webhooks: Object.fromEntries(
          ["status-sent", "status-delivered", "status-undelivered", "message-text"].map((name) => [
            name,
            signedForm(readFixture(`${name}.form`)),
          ]),
        ),
        alter: (webhook) => ({ ...webhook, body: Buffer.from(readFixture("status-read.form")) }),
        forge: (webhook) =>
          signedForm(Buffer.from(webhook.body).toString(), { token: "another token" }),
        unsign: (webhook) => ({ ...webhook, headers: {} }),
        wrap: (payload) => signedForm(asForm(JSON.parse(payload))),
        unwrap: ({ body }) => Object.fromEntries(new URLSearchParams(Buffer.from(body).toString())),
      },
      sms: {
        texts: () => twilio.requests.map(({ form }) => form["Body"] ?? ""),
        report: async (kind, sid) =>
          parse(provider, kind === "failed" ? "status-undelivered" : "status-delivered", {
            MessageSid: sid,
          }),
        write: async (phoneNumber, text) => {
          written += 1;
          return parse(provider, "message-text", {
            From: phoneNumber,
            Body: text,
            MessageSid: `SM${written}`,
          });
        },
      },
    };
    started.set(subject, one);
    return subject;
  },
  close: async (subject) => started.get(subject)?.twilio.stopListening(),
});

/** Codes that Twilio answers with these statuses. Source: usage/twilios-response and the page of each code. */
const twilioCodes: Readonly<Record<number, number>> = { 401: 20003, 429: 20429, 503: 20503 };

function inTwiliosWords(answer: ServerAnswer): Answer {
  if (answer === "hang" || answer === "hang_up") return answer;
  const { status, headers = {}, words = "Something is wrong." } = answer;
  const error = { code: twilioCodes[status] ?? 20001, message: words, status };
  return { status, headers, body: JSON.stringify(error) };
}

/** Any JSON as a form: its fields where it is an object, one field where it is not. */
function asForm(value: unknown): string {
  const form = new URLSearchParams();
  const fields = typeof value === "object" && value !== null ? value : { value };
  for (const [name, field] of Object.entries(fields)) {
    form.append(name, typeof field === "string" ? field : JSON.stringify(field));
  }
  return form.toString();
}

function parse(provider: Provider, name: string, fields: Readonly<Record<string, string>>) {
  const form = new URLSearchParams(readFixture(`${name}.form`));
  for (const [key, value] of Object.entries(fields)) form.set(key, value);
  return provider.parseWebhook(signedForm(form.toString()));
}

const aSend = (overrides: Partial<SendRequest> = {}): SendRequest => ({
  providerMessageId: null,
  reference,
  phoneNumber: "+12025550123",
  content: { text: "Your order has shipped" },
  trafficType: "TRANSACTION",
  ttlMs: undefined,
  nextPermit: async () => true,
  signal: new AbortController().signal,
  ...overrides,
});

describe("on Twilio's wire", () => {
  let subject: StartedTwilio;
  beforeEach(async () => {
    subject = await startTwilio();
  });
  afterEach(() => subject.twilio.stopListening());

  /** The form that a send is, of an adapter with these settings. */
  const formOf = async (settings: Readonly<Record<string, string>>, send = aSend()) => {
    const provider = createTwilio({ baseUrl: subject.twilio.url, ...settings });
    await provider.doSend(send);
    return subject.twilio.requests.at(-1);
  };

  it("a send is a form to the account's Messages, with Basic credentials and our address for its callbacks", async () => {
    expect(await formOf({ from })).toMatchObject({
      method: "POST",
      path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      form: {
        To: "+12025550123",
        From: from,
        Body: "Your order has shipped",
        StatusCallback: `${webhookUrl}?reference=${reference}`,
      },
    });
  });

  it("a callback at the address that a send named is genuine, and brings the send's reference back", async () => {
    const request = await formOf({ from });
    const url = request?.form["StatusCallback"] ?? "";
    const callback = signedForm(readFixture("status-delivered.form"), { url });
    expect(subject.provider.verifyWebhook(callback)).toEqual({ kind: "genuine" });
    expect(subject.provider.parseWebhook(callback)).toMatchObject([
      { meaning: { kind: "status", reference, change: { kind: "delivered" } } },
    ]);
  });

  it("a callback whose reference was changed on its way is forged", () => {
    const url = `${webhookUrl}?reference=${reference}`;
    const callback = signedForm(readFixture("status-delivered.form"), { url });
    for (const query of ["", "reference=another.0", `${callback.query}&more=1`]) {
      expect(subject.provider.verifyWebhook({ ...callback, query }).kind).toBe("forged");
    }
  });

  it("a send through a messaging service names the service and no sender", async () => {
    const messagingServiceSid = "MG0123456789abcdef0123456789abcdef";
    const request = await formOf({ messagingServiceSid });
    expect(request?.form).toMatchObject({ MessagingServiceSid: messagingServiceSid });
    expect(request?.form).not.toHaveProperty("From");
  });

  it("a send with an API key authorises with it, on the account's path", async () => {
    const apiKey = "SK0123456789abcdef0123456789abcdef";
    const request = await formOf({ from, apiKey, apiSecret: "secret" });
    expect(request?.headers.authorization).toBe(
      `Basic ${Buffer.from(`${apiKey}:secret`).toString("base64")}`,
    );
    expect(request?.path).toContain(accountSid);
  });

  it.each([
    [undefined, undefined],
    [90_000, "90"],
    [90_999, "90"],
    [400, "1"],
    [15 * 86_400_000, "36000"],
  ])("a time to live of %s ms is a validity of %s s", async (ttlMs, expected) => {
    const request = await formOf({ from }, aSend({ ttlMs }));
    expect(request?.form["ValidityPeriod"]).toBe(expected);
  });

  it("settings that contradict each other stop the start, with a sentence", () => {
    expect(() => createTwilio({})).toThrow("either from or messagingServiceSid");
    expect(() => createTwilio({ from, messagingServiceSid: "MG1" })).toThrow("either from or");
    expect(() => createTwilio({ from, apiKey: "SK1" })).toThrow("belong together");
  });

  it.each([
    [400, "error-21211.json", { kind: "rejected", code: "invalid_number" }],
    [429, "error-20429.json", { kind: "deferred", code: "rate_limited" }],
    [503, "error-20503.json", { kind: "deferred", code: "provider_unavailable" }],
  ])(
    "an answer of %i with %s is understood, and shows no number",
    async (status, file, outcome) => {
      subject.twilio.answerWith({ status, body: readFixture(file) });
      const result = await subject.provider.doSend(aSend());
      expect(result).toMatchObject(outcome);
      expect(JSON.stringify(result)).not.toContain("2025550123");
    },
  );

  describe("a diagnosis", () => {
    const diagnose = () => subject.provider.doDiagnose?.(new AbortController().signal);
    const answerWith = (status: number, body: unknown) =>
      subject.twilio.answerWith({ status, body: JSON.stringify(body) });

    /** An account in order, and what it says of the sender's number. */
    const answerOfNumber = (status: number, body: unknown) =>
      subject.twilio.answerWith((path) =>
        path.includes("/IncomingPhoneNumbers")
          ? { status, body: JSON.stringify(body) }
          : { status: 200, body: JSON.stringify({ friendly_name: "Shop", status: "active" }) },
      );

    it("reads the account and where answers go, and sends nothing", async () => {
      answerOfNumber(200, { incoming_phone_numbers: [{ sms_url: webhookUrl }] });
      expect(await diagnose()).toEqual([
        { ok: true, text: `${new URL(subject.twilio.url).host} answers.` },
        { ok: true, text: "The credentials are those of the account “Shop”." },
        { ok: true, text: "What people answer comes here." },
      ]);
      expect(subject.twilio.requests).toMatchObject([
        { method: "GET", path: `/2010-04-01/Accounts/${accountSid}.json` },
        {
          method: "GET",
          path: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(from)}`,
        },
      ]);
    });

    it.each([
      [200, { incoming_phone_numbers: [{ sms_url: "https://elsewhere.example/" }] }, webhookUrl],
      [200, { incoming_phone_numbers: [] }, "no number of this account"],
      [403, { code: 20003, message: "Authenticate" }, "could not be read"],
    ])("warns of answers that go elsewhere: %i %j", async (status, body, words) => {
      answerOfNumber(status, body);
      expect((await diagnose())?.at(-1)).toMatchObject({
        ok: false,
        isWarning: true,
        text: expect.stringContaining(words),
      });
    });

    it.each([
      [401, { code: 20003, message: "Authenticate" }, "Check accountSid with authToken"],
      [404, { code: 20404, message: "Not found" }, "Check accountSid."],
      [503, { code: 20503, message: "Service unavailable" }, "Try again later."],
      [200, { friendly_name: "Shop", status: "suspended" }, "suspended"],
      [200, "<html>", "Check baseUrl"],
    ])("that is answered %i %j says what to do", async (status, body, words) => {
      answerWith(status, body);
      expect(await diagnose()).toMatchObject([
        { ok: true },
        { ok: false, text: expect.stringContaining(words) },
      ]);
    });

    it("of an address where nobody listens says so", async () => {
      await subject.twilio.stopListening();
      expect(await diagnose()).toMatchObject([
        { ok: false, text: expect.stringContaining("cannot be reached") },
      ]);
    });
  });
});
