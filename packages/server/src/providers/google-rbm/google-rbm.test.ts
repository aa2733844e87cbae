import { randomUUID } from "node:crypto";
import { type MessageContent, messageContent } from "@richline/contract";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { silentLogger } from "../../kernel/logger.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { type Answer, signedPush } from "../../testing/pretend-google.ts";
import { testServiceAccount } from "../../testing/test-app.ts";
import { describeProvider, type ProviderUnderTest, type ServerAnswer } from "../conformance.ts";
import type { RawWebhook } from "../provider.ts";
import { googleRbm } from "./google-rbm.ts";
import { readFixture } from "./testing/read-fixture.ts";
import {
  agentId,
  aSend,
  clientToken,
  phoneNumber,
  providerMessageId,
  type StartedGoogleRbm,
  startGoogleRbm,
} from "./testing/start-google-rbm.ts";

const started = new Map<ProviderUnderTest, StartedGoogleRbm>();
const receivedAtMs = Date.parse("2026-11-23T10:00:02Z");

describeProvider("the Google RBM adapter", {
  channel: "rcs",
  wire: "http",
  open: async () => {
    const one = await startGoogleRbm();
    const { google, provider } = one;
    const isSend = ({ path }: { readonly path: string }) => path.endsWith("/agentMessages");
    const subject: ProviderUnderTest = {
      provider,
      answerSends: (answer) => google.answerWith(() => inGooglesWords(answer)),
      nextSend: async () => void (await google.nextRequest()),
      sends: () => google.requests.filter(isSend).length,
      stopListening: google.stopListening,
      sms: undefined,
      signed: {
        webhooks: Object.fromEntries(
          ["user-message-text", "user-message-suggested-action", "user-event-delivered"].map(
            (name) => [name, signedPush(readFixture(name), clientToken, receivedAtMs)],
          ),
        ),
        alter: (webhook) => ({
          ...webhook,
          body: signedPush(readFixture("user-event-read"), clientToken, receivedAtMs).body,
        }),
        forge: (webhook) => signedPush(payloadOf(webhook), "another token", receivedAtMs),
        unsign: (webhook) => ({ ...webhook, headers: { "content-type": "application/json" } }),
        wrap: (payload) => signedPush(payload, clientToken, receivedAtMs),
        unwrap: (webhook) => JSON.parse(payloadOf(webhook)),
      },
    };
    started.set(subject, one);
    return subject;
  },
  close: async (subject) => started.get(subject)?.google.stopListening(),
});

/** Source: RBM reference, google.rpc.Status. */
function inGooglesWords(answer: ServerAnswer): Answer {
  if (answer === "hang" || answer === "hang_up") return answer;
  const { status, headers = {}, words = "Something is wrong." } = answer;
  return { status, headers, body: { error: { code: status, status: "STATUS", message: words } } };
}

function payloadOf(webhook: RawWebhook): string {
  const push = JSON.parse(Buffer.from(webhook.body).toString());
  return Buffer.from(push.message.data, "base64").toString();
}

describe("on Google's wire", () => {
  let subject: StartedGoogleRbm;
  beforeEach(async () => {
    subject = await startGoogleRbm();
  });
  afterEach(() => subject.google.stopListening());

  /** What the given content, as a customer writes it, is at Google's end. */
  const wireOf = async (content: unknown) => {
    await subject.provider.doSend(aSend({ content: parse(content) }));
    return contentMessageOf(subject.google.requests.at(-1)?.body);
  };

  describe("a send", () => {
    it("is a POST to the phone's agentMessages, plus sign and all, with the ids Google wants", async () => {
      await subject.provider.doSend(aSend());
      expect(subject.google.requests).toEqual([
        expect.objectContaining({
          method: "POST",
          path: "/v1/phones/+12025550123/agentMessages",
          query: { messageId: providerMessageId, agentId },
          headers: expect.objectContaining({
            authorization: "Bearer token-1",
            "content-type": "application/json",
          }),
          body: {
            contentMessage: { text: "Your order has shipped" },
            messageTrafficType: "TRANSACTION",
          },
        }),
      ]);
    });

    it("carries its time to live as a duration, to the millisecond", async () => {
      await subject.provider.doSend(aSend({ ttlMs: 600_500 }));
      expect(subject.google.requests.at(-1)?.body).toHaveProperty("ttl", "600.500s");
    });

    it("repeats the same message id, which is what makes a repeat harmless", async () => {
      await subject.provider.doSend(aSend());
      await subject.provider.doSend(aSend());
      const ids = subject.google.requests.map(({ query }) => query["messageId"]);
      expect(ids).toEqual([providerMessageId, providerMessageId]);
    });
  });

  describe("a message", () => {
    it("of text with chips keeps every kind of suggestion as it stands", async () => {
      const suggestions = [
        { reply: { text: "Yes", postbackData: "yes" } },
        {
          action: {
            text: "Open",
            postbackData: "open",
            fallbackUrl: "https://example.com/app",
            openUrlAction: {
              url: "https://example.com",
              application: "WEBVIEW",
              webviewViewMode: "TALL",
              description: "The shop",
            },
          },
        },
        {
          action: {
            text: "Call",
            postbackData: "call",
            dialAction: { phoneNumber: "+12025550100" },
          },
        },
        {
          action: {
            text: "Where",
            postbackData: "where",
            viewLocationAction: { latLong: { latitude: 52.52, longitude: 13.405 }, label: "Shop" },
          },
        },
        {
          action: {
            text: "Find",
            postbackData: "find",
            viewLocationAction: { query: "Coffee near me" },
          },
        },
        {
          action: {
            text: "Save",
            postbackData: "save",
            createCalendarEventAction: {
              startTime: "2026-12-01T10:00:00Z",
              endTime: "2026-12-01T11:00:00Z",
              title: "Fitting",
              description: "Bring shoes",
            },
          },
        },
        { action: { text: "Share", postbackData: "share", shareLocationAction: {} } },
      ];
      expect(await wireOf({ text: "Hello", suggestions })).toEqual({ text: "Hello", suggestions });
    });

    it("with an action of no kind sends a reply with the same data: Google has no such action", async () => {
      const suggestions = [{ action: { text: "See details", postbackData: "product_123" } }];
      expect(await wireOf({ text: "Hello", suggestions })).toEqual({
        text: "Hello",
        suggestions: [{ reply: { text: "See details", postbackData: "product_123" } }],
      });
    });

    it("of the guide is a card: its text stays here, its media has a contentInfo", async () => {
      const wire = await wireOf({
        text: "Check out our latest products",
        richCard: {
          standaloneCard: {
            cardContent: {
              media: {
                height: "MEDIUM",
                contentUrl: "https://example.com/image.jpg",
                forceRefresh: false,
              },
              title: "Product Title",
              description: "Product description",
              suggestions: [{ action: { text: "See details", postbackData: "product_123" } }],
            },
          },
        },
      });
      expect(wire).toEqual({
        richCard: {
          standaloneCard: {
            cardOrientation: "VERTICAL",
            cardContent: {
              media: {
                height: "MEDIUM",
                contentInfo: { fileUrl: "https://example.com/image.jpg", forceRefresh: false },
              },
              title: "Product Title",
              description: "Product description",
              suggestions: [{ reply: { text: "See details", postbackData: "product_123" } }],
            },
          },
        },
      });
    });

    it("of a card keeps its layout and its uploaded file, and its media gets a height", async () => {
      const card = {
        cardOrientation: "HORIZONTAL",
        thumbnailImageAlignment: "LEFT",
        cardContent: {
          media: {
            uploadedRbmFile: { fileName: "files/1", thumbnailName: "files/2" },
            contentDescription: "A shoe",
          },
        },
      };
      expect(await wireOf({ richCard: { standaloneCard: card } })).toEqual({
        richCard: {
          standaloneCard: {
            ...card,
            cardContent: { media: { height: "MEDIUM", ...card.cardContent.media } },
          },
        },
      });
    });

    it("of a carousel has a width, its cards in their order, and chips under it", async () => {
      const cardContents = [
        { title: "One", media: { height: "TALL", contentUrl: "https://example.com/1.jpg" } },
        { title: "Two", suggestions: [{ action: { text: "Buy", postbackData: "buy_2" } }] },
      ];
      const suggestions = [{ reply: { text: "More", postbackData: "more" } }];
      const wire = await wireOf({
        text: "x",
        richCard: { carouselCard: { cardContents } },
        suggestions,
      });
      expect(wire).toEqual({
        richCard: {
          carouselCard: {
            cardWidth: "MEDIUM",
            cardContents: [
              {
                title: "One",
                media: { height: "TALL", contentInfo: { fileUrl: "https://example.com/1.jpg" } },
              },
              { title: "Two", suggestions: [{ reply: { text: "Buy", postbackData: "buy_2" } }] },
            ],
          },
        },
        suggestions,
      });
    });

    it("of a file is its contentInfo, or the name of its upload, without the text beside it", async () => {
      const contentInfo = {
        fileUrl: "https://example.com/menu.pdf",
        thumbnailUrl: "https://example.com/menu.png",
        forceRefresh: true,
      };
      const uploadedRbmFile = { fileName: "files/1" };
      expect(await wireOf({ text: "Menu", contentInfo })).toEqual({ contentInfo });
      expect(await wireOf({ text: "Menu", uploadedRbmFile })).toEqual({ uploadedRbmFile });
    });
  });

  describe("a revocation", () => {
    const revoke = () =>
      subject.provider.doRevoke?.({
        providerMessageId,
        phoneNumber,
        signal: new AbortController().signal,
      });

    it("deletes the message, and 200 means that Google took it back", async () => {
      expect(await revoke()).toEqual({ kind: "revoked" });
      expect(subject.google.requests).toEqual([
        expect.objectContaining({
          method: "DELETE",
          path: `/v1/phones/+12025550123/agentMessages/${providerMessageId}`,
          query: { agentId },
        }),
      ]);
    });

    it("is unconfirmed by 200 where the account's 200 only says that it was asked", async () => {
      const requesting = await startGoogleRbm({ revokeAnswer: "requests" });
      onTestFinished(() => requesting.google.stopListening());
      const { signal } = new AbortController();
      const request = { providerMessageId, phoneNumber, signal };
      expect(await requesting.provider.doRevoke?.(request)).toEqual({ kind: "unconfirmed" });
    });

    it("that is answered 404 came too late: the message was delivered", async () => {
      subject.google.answerWith(() => ({ status: 404 }));
      expect(await revoke()).toEqual({ kind: "too_late" });
    });

    it("that is answered otherwise says nothing about the message", async () => {
      subject.google.answerWith(() => ({ status: 503 }));
      expect(await revoke()).toMatchObject({ kind: "failed", code: "provider_unavailable" });
      subject.google.answerWith(() => "hang_up");
      expect(await revoke()).toMatchObject({ kind: "failed", code: "outcome_unknown" });
    });
  });

  describe("a look-up", () => {
    const check = async (phoneNumbers: readonly string[]) => {
      const { signal } = new AbortController();
      const outcome = await subject.provider.doCheckReach?.({
        phoneNumbers,
        needsFeatures: false,
        signal,
      });
      return outcome?.kind === "answered" ? Object.fromEntries(outcome.reach) : outcome;
    };
    const numbers = (count: number) =>
      Array.from({ length: count }, (_, index) => `+1202555${String(index).padStart(4, "0")}`);

    it("of a few numbers asks for each, and 404 means no RCS", async () => {
      subject.google.answerWith(({ path }) =>
        path.includes("+12025550125")
          ? { status: 404 }
          : { status: 200, body: { features: ["RICHCARD_STANDALONE"] } },
      );
      expect(await check([phoneNumber, "+12025550125", phoneNumber])).toEqual({
        [phoneNumber]: { reachable: true, features: ["RICHCARD_STANDALONE"] },
        "+12025550125": { reachable: false, features: undefined },
      });
      expect(subject.google.requests).toEqual([
        expect.objectContaining({
          method: "GET",
          path: "/v1/phones/+12025550123/capabilities",
          query: { agentId, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        }),
        expect.objectContaining({ path: "/v1/phones/+12025550125/capabilities" }),
      ]);
      const [first, second] = subject.google.requests;
      expect(first?.query["requestId"]).not.toBe(second?.query["requestId"]);
    });

    it("of a phone that can do RCS but nothing special is reachable", async () => {
      expect(await check([phoneNumber])).toEqual({
        [phoneNumber]: { reachable: true, features: [] },
      });
    });

    it("of 500 different numbers is one bulk call; of 499 it is 499", async () => {
      const many = numbers(500);
      const reachableUsers = many.slice(0, 3);
      subject.google.answerWith(({ path }) =>
        path.endsWith(":batchGet") ? { status: 200, body: { reachableUsers } } : { status: 404 },
      );
      const reach = await check([...many, ...many]);
      expect(subject.google.requests).toEqual([
        expect.objectContaining({
          method: "POST",
          path: "/v1/users:batchGet",
          body: { users: many, agentId },
        }),
      ]);
      expect(Object.values(reach ?? {}).filter((one) => one.reachable)).toHaveLength(3);
      expect(Object.keys(reach ?? {})).toHaveLength(500);

      await check(numbers(499));
      expect(subject.google.requests).toHaveLength(1 + 499);
    });

    it("that Google does not answer claims nothing about anybody", async () => {
      subject.google.answerWith(() => ({ status: 429 }));
      expect(await check([phoneNumber])).toMatchObject({ kind: "failed", code: "rate_limited" });
      expect(await check(numbers(500))).toMatchObject({ kind: "failed", code: "rate_limited" });
    });

    it.each([
      ["words instead of JSON", "<html>"],
      ["another shape", { reachableUsers: "all", features: 1 }],
    ])("that is answered with %s claims nothing about anybody", async (_name, body) => {
      subject.google.answerWith(() => ({ status: 200, body }));
      expect(await check([phoneNumber])).toMatchObject({ kind: "failed" });
      expect(await check(numbers(500))).toMatchObject({ kind: "failed" });
    });
  });

  describe("an event of the agent", () => {
    const eventId = randomUUID();
    const { signal } = new AbortController();

    it("shows the person that the agent types", async () => {
      const event = { kind: "typing" } as const;
      const outcome = await subject.provider.doSendEvent?.({ phoneNumber, eventId, event, signal });
      expect(outcome).toEqual({ kind: "accepted", providerMessageId: eventId });
      expect(subject.google.requests).toEqual([
        expect.objectContaining({
          method: "POST",
          path: "/v1/phones/+12025550123/agentEvents",
          query: { eventId, agentId },
          body: { eventType: "IS_TYPING" },
        }),
      ]);
    });

    it("shows the person that the agent has read what they wrote", async () => {
      const event = { kind: "read", providerMessageId: "MxAbCd" } as const;
      await subject.provider.doSendEvent?.({ phoneNumber, eventId, event, signal });
      expect(subject.google.requests.at(-1)?.body).toEqual({
        eventType: "READ",
        messageId: "MxAbCd",
      });
    });
  });

  describe("an upload", () => {
    const bytes = Buffer.from([0xff, 0xd8, 0x00, 0xff, 0xd9]);
    const upload = () =>
      subject.provider.doUploadFile?.({
        bytes,
        mediaType: "image/jpeg",
        signal: new AbortController().signal,
      });

    it("sends the bytes as they are and answers Google's name for them", async () => {
      subject.google.answerWith(() => ({ status: 200, body: { name: "files/abc" } }));
      expect(await upload()).toEqual({ kind: "uploaded", fileName: "files/abc" });
      const [request] = subject.google.requests;
      expect(request).toMatchObject({
        method: "POST",
        path: "/upload/v1/files",
        query: { agentId },
      });
      expect(request?.headers["content-type"]).toBe("image/jpeg");
      expect(request?.bytes).toEqual(bytes);
    });

    it("that fails says why", async () => {
      subject.google.answerWith(() => ({ status: 400 }));
      expect(await upload()).toMatchObject({ kind: "failed", code: "invalid_payload" });
      subject.google.answerWith(() => ({ status: 200, body: "no JSON" }));
      expect(await upload()).toMatchObject({ kind: "failed" });
    });
  });
});

describe("the challenge", () => {
  const { provider } = anAdapter({});
  const ask = (body: string) =>
    provider.verifyWebhook({ headers: {}, query: "", body: Buffer.from(body), receivedAtMs });

  it("is answered with the secret as it stands when the token is ours", () => {
    expect(ask(readFixture("challenge"))).toEqual({ kind: "challenge", body: "1234567890" });
  });

  it("with another token is forged", () => {
    const other = JSON.stringify({ clientToken: "other", secret: "1234567890" });
    expect(ask(other)).toMatchObject({ kind: "forged" });
  });
});

describe("the address of the API", () => {
  it.each([
    [{}, "https://rcsbusinessmessaging.googleapis.com/"],
    [{ region: "" }, "https://rcsbusinessmessaging.googleapis.com/"],
    [{ region: "us" }, "https://us-rcsbusinessmessaging.googleapis.com/"],
    [{ region: "europe" }, "https://europe-rcsbusinessmessaging.googleapis.com/"],
    [{ region: "asia" }, "https://asia-rcsbusinessmessaging.googleapis.com/"],
    [{ region: "asia", baseUrl: "http://127.0.0.1:4401" }, "http://127.0.0.1:4401/"],
  ])("for %o is %s", async (settings, expected) => {
    const { provider, urls } = anAdapter(settings);
    await provider.doSend(aSend());
    expect(urls.at(-1)?.slice(0, expected.length)).toBe(expected);
  });
});

/** An adapter whose network's edge is a fake: for hosts that are Google's own. */
function anAdapter(settings: Readonly<Record<string, string>>) {
  const urls: string[] = [];
  const provider = googleRbm.create({
    name: "google",
    settings: { agentId, clientToken, serviceAccount: testServiceAccount, ...settings },
    webhookUrl: "https://gateway.example/webhooks/google",
    clock: createFakeClock(),
    fetch: async (input) => {
      urls.push(String(input));
      return Response.json({ access_token: "token", expires_in: 3600 });
    },
    logger: silentLogger,
  });
  return { provider, urls };
}

function parse(content: unknown): MessageContent {
  return messageContent.parse(content);
}

function contentMessageOf(body: unknown): unknown {
  return typeof body === "object" && body !== null && "contentMessage" in body
    ? body.contentMessage
    : undefined;
}
