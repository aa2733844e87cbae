import { describe, expect, it } from "vitest";
import { signedPush } from "../../testing/pretend-google.ts";
import type { NotificationMeaning, ProviderNotification } from "../provider.ts";
import { parseWebhook } from "./parse-webhook.ts";
import { readFixture } from "./testing/read-fixture.ts";
import { clientToken, phoneNumber, providerMessageId } from "./testing/start-google-rbm.ts";

const sentAtMs = Date.parse("2026-11-23T10:00:00.123Z");
const receivedAtMs = Date.parse("2026-11-23T10:00:02Z");

function parsePayload(payload: string): ProviderNotification {
  const [notification, ...more] = parseWebhook(signedPush(payload, clientToken, receivedAtMs));
  if (notification === undefined || more.length > 0) throw new Error("Not one notification.");
  return notification;
}

type Interaction = Extract<NotificationMeaning, { kind: "interaction" }>["interaction"];

const interaction = (fields: Interaction) => ({
  kind: "interaction",
  phoneNumber,
  interaction: fields,
});
/** What the person sent as a message has a name, by which it can be marked as read. */
const userMessage = (fields: Interaction, name = "MxAbCdEfGhIjKlMnOp") => ({
  ...interaction(fields),
  providerMessageId: name,
});

describe("what Google says", () => {
  it.each<[string, object]>([
    ["user-message-text", userMessage({ interactionType: "TEXT", text: "Where is my order?" })],
    ["user-message-in-the-us", userMessage({ interactionType: "TEXT", text: "Hi" })],
    [
      "user-message-suggested-reply",
      userMessage({
        interactionType: "REPLY_TAPPED",
        postbackData: "yes",
        suggestionText: "Yes",
      }),
    ],
    [
      "user-message-suggested-reply-without-a-type",
      userMessage(
        {
          interactionType: "REPLY_TAPPED",
          postbackData: "yes",
          suggestionText: "Yes",
        },
        "MxSuggestedReply2",
      ),
    ],
    [
      "user-message-suggested-action",
      interaction({ interactionType: "ACTION_TAPPED", postbackData: "open_shop" }),
    ],
    [
      "user-message-location",
      userMessage({
        interactionType: "LOCATION_SHARED",
        location: { latitude: 37.7749, longitude: -122.4194 },
      }),
    ],
    [
      "user-message-location-on-the-equator",
      userMessage({
        interactionType: "LOCATION_SHARED",
        location: { latitude: 0, longitude: 6.7273 },
      }),
    ],
    [
      "user-message-file",
      userMessage({
        interactionType: "FILE_SHARED",
        file: {
          mimeType: "image/jpeg",
          fileName: "photo.jpg",
          fileUri: "https://storage.example/files/photo",
          fileSizeBytes: 1_280_000,
        },
      }),
    ],
    [
      "user-event-delivered",
      {
        kind: "status",
        providerMessageId,
        change: { kind: "delivered", occurredAtMs: sentAtMs },
      },
    ],
    [
      "user-event-delivered-without-a-time",
      {
        kind: "status",
        providerMessageId,
        change: { kind: "delivered", occurredAtMs: receivedAtMs },
      },
    ],
    [
      "user-event-read",
      { kind: "status", providerMessageId, change: { kind: "read", occurredAtMs: sentAtMs } },
    ],
    ["user-event-is-typing", { kind: "notice", phoneNumber, type: "recipient.typing", data: {} }],
    [
      "user-event-subscribe",
      {
        kind: "notice",
        phoneNumber,
        type: "recipient.opted_in",
        data: { interactionType: "OPTED_IN" },
      },
    ],
    [
      "user-event-unsubscribe",
      {
        kind: "notice",
        phoneNumber,
        type: "recipient.opted_out",
        data: { interactionType: "OPTED_OUT" },
      },
    ],
    ["user-message-stop", userMessage({ interactionType: "TEXT", text: "STOP" })],
    [
      "server-event-ttl-expiration-revoked",
      {
        kind: "status",
        providerMessageId,
        change: { kind: "expired" },
        reason: { code: "ttl_expired", detail: expect.any(String) },
      },
    ],
    [
      "server-event-ttl-expiration-revoke-failed",
      {
        kind: "status",
        providerMessageId,
        change: { kind: "revoke_failed" },
        reason: { code: "ttl_revoke_failed", detail: expect.any(String) },
      },
    ],
    [
      "agent-launch-event",
      {
        kind: "notice",
        type: "agent.launch_changed",
        data: {
          launch: {
            region: "/v1/regions/fi-rcs",
            from: "PENDING",
            to: "LAUNCHED",
          },
        },
      },
    ],
  ])("%s is understood, with both its times and the payload as it came", (name, meaning) => {
    const payload = readFixture(name);
    expect(parsePayload(payload)).toEqual({
      dedupeKey: expect.any(String),
      // What comes without a time happened when it came, for all we know.
      occurredAtMs: payload.includes("sendTime") ? sentAtMs : receivedAtMs,
      receivedAtMs,
      raw: payload,
      meaning,
    });
  });

  it("is told from a repeat by the event's id, or the message's where there is no event", () => {
    const keyOf = (name: string) => parsePayload(readFixture(name)).dedupeKey;
    expect(keyOf("user-message-suggested-action")).toBe("event:EvTapAbCdEfGh");
    expect(keyOf("user-message-text")).toBe("message:MxAbCdEfGhIjKlMnOp");
    // Both are about the same message and carry its id.
    expect(keyOf("user-event-delivered")).not.toBe(keyOf("user-event-read"));
  });

  it("of a tap whose type says ACTION is an action, though it came as a message", () => {
    const suggestionResponse = { postbackData: "go", type: "ACTION" };
    const { meaning } = parsePayload(
      changed("user-message-suggested-reply", { suggestionResponse }),
    );
    expect(meaning).toMatchObject({ interaction: { interactionType: "ACTION_TAPPED" } });
  });

  it("about one message without ids of their own is told apart by what it says", () => {
    const event = (eventType: string) => parsePayload(changed("user-event-read", { eventType }));
    expect(event("READ").dedupeKey).not.toBe(event("DELIVERED").dedupeKey);
  });

  it("in another envelope is the same thing: the key does not depend on Pub/Sub's ids", () => {
    const payload = readFixture("user-event-delivered");
    const push = (messageId: string) => ({
      headers: {},
      query: "",
      receivedAtMs,
      body: Buffer.from(
        JSON.stringify({ message: { data: Buffer.from(payload).toString("base64"), messageId } }),
      ),
    });
    expect(parseWebhook(push("1"))).toEqual(parseWebhook(push("2")));
  });

  it("without a time, or with one that is none, happened when it came", () => {
    for (const sendTime of [undefined, "yesterday"]) {
      const { occurredAtMs, meaning } = parsePayload(changed("user-event-delivered", { sendTime }));
      expect(occurredAtMs).toBe(receivedAtMs);
      expect(meaning).toMatchObject({ change: { kind: "delivered", occurredAtMs: receivedAtMs } });
    }
  });

  it.each<[string, string]>([
    ["an event nobody knows yet", changed("user-event-read", { eventType: "REACTED" })],
    ["a delivery of no message", changed("user-event-delivered", { messageId: undefined })],
    ["an opt-out of nobody", changed("user-event-unsubscribe", { senderPhoneNumber: undefined })],
    ["a text of nobody", changed("user-message-text", { senderPhoneNumber: undefined })],
    ["a message of a kind nobody knows", changed("user-message-text", { text: undefined })],
    ["no JSON", "{"],
    ["no object", "[]"],
  ])("%s is kept as unrecognised, as it came", (_name, payload) => {
    expect(parsePayload(payload)).toMatchObject({
      raw: payload,
      receivedAtMs,
      meaning: { kind: "unrecognised" },
    });
  });
});

/** A payload with some fields changed; undefined leaves one out. */
function changed(name: string, fields: object): string {
  return JSON.stringify({ ...JSON.parse(readFixture(name)), eventId: undefined, ...fields });
}
