import { describe, expect, it } from "vitest";
import { parseWebhook } from "./parse-webhook.ts";
import { readFixture } from "./testing/read-fixture.ts";
import { receivedAtMs } from "./testing/start-twilio.ts";

const parseForm = (form: string) =>
  parseWebhook({ headers: {}, query: "", body: Buffer.from(form), receivedAtMs });
const parseFixture = (name: string) => parseForm(readFixture(`${name}.form`));
const meaningsOf = (name: string) => parseFixture(name).map(({ meaning }) => meaning);

const providerMessageId = "SM0123456789abcdef0123456789abcdef";
const phoneNumber = "+12025550123";
const status = (change: object, reason?: object) => ({
  kind: "status",
  providerMessageId,
  change,
  ...(reason === undefined ? {} : { reason }),
});
const interaction = (what: object) => ({ kind: "interaction", phoneNumber, interaction: what });

describe("Twilio's", () => {
  it.each([
    ["status-sent", [status({ kind: "sent", occurredAtMs: receivedAtMs })]],
    ["status-delivered", [status({ kind: "delivered", occurredAtMs: receivedAtMs })]],
    ["status-read", [status({ kind: "read", occurredAtMs: receivedAtMs })]],
    [
      "status-undelivered",
      [status({ kind: "failed" }, { code: "invalid_number", detail: "undelivered 30005" })],
    ],
    ["message-text", [interaction({ interactionType: "TEXT", text: "When will it arrive? 📦" })]],
    [
      "message-stop",
      [
        interaction({ interactionType: "TEXT", text: "STOP" }),
        {
          kind: "notice",
          phoneNumber,
          type: "recipient.opted_out",
          data: { interactionType: "OPTED_OUT" },
        },
      ],
    ],
    [
      "message-media",
      [
        interaction({ interactionType: "TEXT", text: "My receipt" }),
        interaction({
          interactionType: "FILE_SHARED",
          file: { mimeType: "image/jpeg", fileUri: expect.stringMatching(/Media\/ME0$/) },
        }),
        interaction({
          interactionType: "FILE_SHARED",
          file: { mimeType: "application/pdf", fileUri: expect.stringMatching(/Media\/ME1$/) },
        }),
      ],
    ],
  ])("%s is understood, happened when it came and is kept as it came", (name, meanings) => {
    expect(meaningsOf(name)).toEqual(meanings);
    for (const one of parseFixture(name)) {
      expect(one).toMatchObject({ raw: readFixture(`${name}.form`), occurredAtMs: receivedAtMs });
    }
  });

  it.each(["accepted", "scheduled", "queued", "sending"])(
    "status %s means that it has it",
    (word) => {
      const form = `MessageSid=${providerMessageId}&MessageStatus=${word}`;
      expect(parseForm(form)).toMatchObject([{ meaning: { change: { kind: "sent" } } }]);
    },
  );

  it("things in one message have keys of their own", () => {
    for (const name of ["message-stop", "message-media"]) {
      const keys = parseFixture(name).map(({ dedupeKey }) => dedupeKey);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("statuses of one message have a key each, whatever else comes with them", () => {
    const key = (form: string) => parseForm(form)[0]?.dedupeKey;
    const form = readFixture("status-delivered.form");
    expect(key(`${form}&New=1`)).toBe(key(form));
    expect(key(form)).not.toBe(key(readFixture("status-sent.form")));
  });

  it.each([
    ["a status that is not documented", `MessageSid=${providerMessageId}&MessageStatus=melted`],
    ["a status that leaves open what arrived", `MessageSid=SM1&MessageStatus=partially_delivered`],
    ["a status of no message", "MessageStatus=delivered"],
    ["a text of another channel", "MessageSid=SM1&From=whatsapp%3A%2B12025550123&Body=Hi"],
    ["a text from a short code", "MessageSid=SM1&From=12345&Body=Hi"],
    ["a message with nothing in it", "MessageSid=SM1&From=%2B12025550123&Body="],
    ["files without addresses", "MessageSid=SM1&From=%2B12025550123&NumMedia=99"],
    ["nothing", ""],
  ])("%s is kept as unrecognised, as it came", (_name, form) => {
    expect(parseForm(form)).toMatchObject([{ raw: form, meaning: { kind: "unrecognised" } }]);
  });
});
