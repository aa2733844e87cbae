import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aQuestion, aText, somePhone, startEmulator } from "../testing/fixture.ts";

const day = 86_400_000;
const media = { height: "SHORT", contentInfo: { fileUrl: "https://example.com/a.png" } };
const card = { title: "Shoes", media };
const reply = { reply: { text: "Yes", postbackData: "yes" } };
const inside = "contentMessage.richCard.standaloneCard.cardContent";

function message(contentMessage: object, more: object = {}): object {
  return { contentMessage, ...more };
}
function withCard(cardContent: object): object {
  return message({ richCard: { standaloneCard: { cardOrientation: "VERTICAL", cardContent } } });
}
function withCarousel(cardContents: readonly object[], cardWidth = "MEDIUM"): object {
  return message({ richCard: { carouselCard: { cardWidth, cardContents } } });
}
function withAction(action: object): object {
  const suggestion = { action: { text: "Go", postbackData: "go", ...action } };
  return message({ text: "Hi", suggestions: [suggestion] });
}

/** Two bytes for each character: no field is too long, but all together are. */
const longReply = { reply: { text: "Yes", postbackData: "é".repeat(2048) } };
function largestCarousel(): object {
  const cardContents = Array.from({ length: 10 }, () => ({
    title: "é".repeat(200),
    description: "é".repeat(2000),
    media,
    suggestions: [longReply, longReply, longReply, longReply],
  }));
  return { richCard: { carouselCard: { cardContents } } };
}

/** A body that breaks one rule, and the field that the answer must name. */
const broken: [string, object, string][] = [
  ["no content", {}, "contentMessage"],
  ["empty content", message({}), "contentMessage"],
  ["two contents", message({ text: "Hi", contentInfo: media.contentInfo }), "contentMessage"],
  ["text over 3072 characters", message({ text: "x".repeat(3073) }), "contentMessage.text"],
  [
    "more than 250 KB",
    message({ ...largestCarousel(), suggestions: Array.from({ length: 11 }, () => longReply) }),
    "contentMessage",
  ],
  [
    "12 suggestions",
    message({ text: "Hi", suggestions: Array.from({ length: 12 }, () => reply) }),
    "contentMessage.suggestions",
  ],
  [
    "5 suggestions in a card",
    withCard({ ...card, suggestions: Array.from({ length: 5 }, () => reply) }),
    `${inside}.suggestions`,
  ],
  [
    "a label over 25 characters",
    message({ text: "Hi", suggestions: [{ reply: { text: "x".repeat(26), postbackData: "p" } }] }),
    "contentMessage.suggestions[0].reply.text",
  ],
  [
    "postback data over 2048 characters",
    message({
      text: "Hi",
      suggestions: [{ reply: { text: "x", postbackData: "p".repeat(2049) } }],
    }),
    "contentMessage.suggestions[0].reply.postbackData",
  ],
  ["a card title over 200", withCard({ title: "x".repeat(201) }), `${inside}.title`],
  [
    "a card description over 2000",
    withCard({ description: "x".repeat(2001) }),
    `${inside}.description`,
  ],
  ["a card with nothing", withCard({ suggestions: [reply] }), inside],
  ["media without a source", withCard({ media: { height: "TALL" } }), `${inside}.media`],
  [
    "media by contentUrl, which is not Google's",
    withCard({ media: { contentUrl: "https://example.com/a.png" } }),
    `${inside}.media.contentUrl`,
  ],
  ["a carousel of one", withCarousel([card]), "contentMessage.richCard.carouselCard.cardContents"],
  [
    "a carousel of eleven",
    withCarousel(Array.from({ length: 11 }, () => card)),
    "contentMessage.richCard.carouselCard.cardContents",
  ],
  [
    "TALL media in a SMALL carousel",
    withCarousel([card, { media: { ...media, height: "TALL" } }], "SMALL"),
    "contentMessage.richCard.carouselCard.cardContents[1].media.height",
  ],
  [
    "card and carousel",
    message({
      richCard: {
        standaloneCard: { cardContent: card },
        carouselCard: { cardContents: [card, card] },
      },
    }),
    "contentMessage.richCard",
  ],
  ["an action without a kind", withAction({}), "contentMessage.suggestions[0].action"],
  [
    "an action of two kinds",
    withAction({ shareLocationAction: {}, dialAction: { phoneNumber: "+12025550123" } }),
    "contentMessage.suggestions[0].action",
  ],
  [
    "composeAction, whose rollout is paused",
    withAction({ composeAction: { composeTextMessage: { phoneNumber: "+1", text: "x" } } }),
    "contentMessage.suggestions[0].action.composeAction",
  ],
  [
    "a dial action with letters",
    withAction({ dialAction: { phoneNumber: "call me" } }),
    "contentMessage.suggestions[0].action.dialAction.phoneNumber",
  ],
  [
    "a URL over 2048 characters",
    withAction({ openUrlAction: { url: `https://example.com/${"x".repeat(2048)}` } }),
    "contentMessage.suggestions[0].action.openUrlAction.url",
  ],
  [
    "a URL that is no web address",
    withAction({ openUrlAction: { url: "javascript:alert(1)" } }),
    "contentMessage.suggestions[0].action.openUrlAction.url",
  ],
  [
    "a latitude beyond the pole",
    withAction({ viewLocationAction: { latLong: { latitude: 91, longitude: 0 } } }),
    "contentMessage.suggestions[0].action.viewLocationAction.latLong.latitude",
  ],
  [
    "a calendar event without a title",
    withAction({
      createCalendarEventAction: {
        startTime: "2030-01-01T10:00:00Z",
        endTime: "2030-01-01T11:00:00Z",
      },
    }),
    "contentMessage.suggestions[0].action.createCalendarEventAction.title",
  ],
  ["an unknown field", message({ text: "Hi", emoji: "x" }), "contentMessage.emoji"],
  [
    "an unknown traffic type",
    message({ text: "Hi" }, { messageTrafficType: "OTP" }),
    "messageTrafficType",
  ],
  ["ttl without its unit", message({ text: "Hi" }, { ttl: "10" }), "ttl"],
  ["ttl with ten fractional digits", message({ text: "Hi" }, { ttl: "1.0123456789s" }), "ttl"],
  ["ttl over 15 days", message({ text: "Hi" }, { ttl: "1296001s" }), "ttl"],
  [
    "ttl and expireTime",
    message({ text: "Hi" }, { ttl: "10s", expireTime: new Date(Date.now() + day).toISOString() }),
    "ttl",
  ],
  [
    "expireTime in the past",
    message({ text: "Hi" }, { expireTime: "2020-01-01T00:00:00Z" }),
    "expireTime",
  ],
  [
    "expireTime over 15 days ahead",
    message({ text: "Hi" }, { expireTime: new Date(Date.now() + 16 * day).toISOString() }),
    "expireTime",
  ],
  [
    "a file that was never uploaded",
    message({ uploadedRbmFile: { fileName: "files/unknown" } }),
    "contentMessage.uploadedRbmFile.fileName",
  ],
];

describe("a message that breaks a rule", () => {
  test.each(broken)("%s is refused with 400 that names the field", async (_title, body, field) => {
    const { send, thread, control } = await startEmulator();
    const answer = await send(somePhone, body);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 400,
          status: "INVALID_ARGUMENT",
          details: [{ "@type": "type.googleapis.com/google.rpc.BadRequest" }],
        },
      },
    });
    const { fieldViolations } = answer.body.error.details[0];
    const fields = fieldViolations.map((violation: { field: string }) => violation.field);
    expect(fields).toContain(field);
    await control("/phones", { method: "POST", body: { phoneNumber: somePhone } });
    expect(await thread(somePhone)).toEqual([]);
  });

  test("names every rule that it breaks", async () => {
    const { send } = await startEmulator();
    const body = message({
      text: "x".repeat(3073),
      richCard: { standaloneCard: { cardContent: { title: "x".repeat(201) } } },
      emoji: "x",
      suggestions: [{ action: { text: "x".repeat(26), postbackData: "p" } }],
    });
    const answer = await send(somePhone, body);
    const violations = answer.body.error.details[0].fieldViolations;
    expect(violations.map(({ field }: { field: string }) => field).sort()).toEqual(
      [
        "contentMessage",
        "contentMessage.emoji",
        `${inside}.title`,
        "contentMessage.suggestions[0].action",
        "contentMessage.suggestions[0].action.text",
        "contentMessage.text",
      ].sort(),
    );
  });
});

describe("a message within the rules", () => {
  test.each<[string, object]>([
    ["text of 3072 characters", message({ text: "x".repeat(3072) })],
    [
      "11 suggestions",
      message({ text: "Hi", suggestions: Array.from({ length: 11 }, () => reply) }),
    ],
    [
      "a card of the largest title and description",
      withCard({ title: "x".repeat(200), description: "x".repeat(2000) }),
    ],
    ["a carousel of ten", withCarousel(Array.from({ length: 10 }, () => card))],
    [
      "a file by address",
      message({ contentInfo: { fileUrl: "https://example.com/a.pdf", forceRefresh: true } }),
    ],
    [
      "unspecified enum values",
      message(
        {
          richCard: {
            standaloneCard: {
              cardOrientation: "CARD_ORIENTATION_UNSPECIFIED",
              thumbnailImageAlignment: "THUMBNAIL_IMAGE_ALIGNMENT_UNSPECIFIED",
              cardContent: { media: { ...media, height: "HEIGHT_UNSPECIFIED" } },
            },
          },
        },
        { messageTrafficType: "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED" },
      ),
    ],
    ["a location to share", withAction({ shareLocationAction: {} })],
    [
      "a webview",
      withAction({
        openUrlAction: {
          url: "https://example.com",
          application: "WEBVIEW",
          webviewViewMode: "TALL",
        },
      }),
    ],
    ["a ttl of 15 days", message({ text: "Hi" }, { ttl: "1296000s" })],
    ["a ttl of a fraction of a second", message({ text: "Hi" }, { ttl: "0.5s" })],
  ])("%s is accepted", async (_title, body) => {
    const { send } = await startEmulator();
    expect(await send(somePhone, body)).toMatchObject({ status: 200 });
  });

  test("reaches the phone with a literal + in the path and with %2B alike", async () => {
    const { send, thread } = await startEmulator();
    await send(somePhone, aText("first"));
    await send(encodeURIComponent(somePhone), aText("second"));
    expect(await thread(somePhone)).toMatchObject([
      { content: { text: "first" } },
      { content: { text: "second" } },
    ]);
  });
});

describe("the parameters of a send", () => {
  test.each([
    ["a messageId that is no UUID", `messageId=order-7&agentId=${agentId}`, 400],
    ["no messageId", `agentId=${agentId}`, 400],
    ["no agentId", `messageId=${randomUUID()}`, 400],
    ["an unknown agent", `messageId=${randomUUID()}&agentId=stranger`, 403],
  ])("%s is refused", async (_title, query, status) => {
    const { rbm } = await startEmulator();
    const path = `/v1/phones/${somePhone}/agentMessages?${query}`;
    expect(await rbm(path, { method: "POST", body: aText() })).toMatchObject({ status });
  });

  test.each(["12025550123", "+0123456789", "+1202", "somebody"])(
    "the number %s is refused with 400",
    async (number) => {
      const { send } = await startEmulator();
      expect(await send(number, aText())).toMatchObject({
        status: 400,
        body: { error: { status: "INVALID_ARGUMENT" } },
      });
    },
  );

  test("a body that is not JSON is refused with 400 in google.rpc form", async () => {
    const { emulator, control } = await startEmulator();
    const token = (await control("/token", { method: "POST" })).body.access_token;
    const response = await fetch(`${emulator.url}/v1/phones/${somePhone}/agentMessages`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { status: "INVALID_ARGUMENT" } });
  });
});

describe("a repeated messageId", () => {
  test("is answered as the first time and delivered once", async () => {
    const clock = createManualClock();
    const { send, thread } = await startEmulator({ clock });
    const first = await send(somePhone, aText("first"));
    clock.advance(5_000);
    const second = await send(somePhone, aText("second"), first.messageId);
    expect(second).toMatchObject({ status: 200, body: first.body });
    expect(await thread(somePhone)).toMatchObject([{ content: { text: "first" } }]);
  });

  test("is ignored too when an event has used the id", async () => {
    const { rbm, send, thread } = await startEmulator();
    const id = randomUUID();
    const path = `/v1/phones/${somePhone}/agentEvents?eventId=${id}&agentId=${agentId}`;
    await rbm(path, { method: "POST", body: { eventType: "IS_TYPING" } });
    expect(await send(somePhone, aText(), id)).toMatchObject({ status: 200 });
    expect(await thread(somePhone)).toEqual([]);
  });

  test("of another agent is another message", async () => {
    const agents = [{ agentId }, { agentId: "other" }];
    const { rbm, send, thread } = await startEmulator({ agents });
    const { messageId } = await send(somePhone, aText());
    const path = `/v1/phones/${somePhone}/agentMessages?messageId=${messageId}&agentId=other`;
    await rbm(path, { method: "POST", body: aQuestion() });
    expect(await thread(somePhone)).toMatchObject([{ agentId }, { agentId: "other" }]);
  });
});

describe("a phone without RCS", () => {
  test.each(["none", "disabled"])("answers 404 when its rcs is %s", async (rcs) => {
    const { control, send, rbm } = await startEmulator();
    await control("/phones", { method: "POST", body: { phoneNumber: somePhone, rcs } });
    const refused = { status: 404, body: { error: { code: 404, status: "NOT_FOUND" } } };
    expect(await send(somePhone, aText())).toMatchObject(refused);
    const path = `/v1/phones/${somePhone}/capabilities?requestId=${randomUUID()}&agentId=${agentId}`;
    expect(await rbm(path)).toMatchObject(refused);
  });
});

describe("capabilities", () => {
  test("of an iPhone lack the webview", async () => {
    const { control, rbm } = await startEmulator();
    await control("/phones", {
      method: "POST",
      body: { phoneNumber: somePhone, platform: "ios" },
    });
    const path = `/v1/phones/${somePhone}/capabilities?requestId=${randomUUID()}&agentId=${agentId}`;
    const { features } = (await rbm(path)).body;
    expect(features).toContain("RICHCARD_CAROUSEL");
    expect(features).not.toContain("ACTION_OPEN_URL_IN_WEBVIEW");
  });

  test.each([
    ["fewer than 500 unique numbers", 499, 499],
    ["500 numbers with one twice", 500, 499],
    ["more than 10,000 numbers", 10_001, 10_001],
  ])("of many: %s are refused with 400", async (_title, length, unique) => {
    const { rbm } = await startEmulator();
    const users = Array.from({ length }, (_, index) => `+1303${1_000_000 + (index % unique)}`);
    const answer = await rbm("/v1/users:batchGet", { method: "POST", body: { users, agentId } });
    expect(answer.status).toBe(400);
    expect(answer.body.error.details[0].fieldViolations[0].field).toBe("users");
  });

  test("of many leave out who cannot be reached, and take agentId from the query too", async () => {
    const { rbm } = await startEmulator();
    const users = Array.from({ length: 500 }, (_, index) => `+1303${1_000_000 + index}`);
    users[0] = "+12025550190";
    users[1] = "+12025550182";
    const answer = await rbm(`/v1/users:batchGet?agentId=${agentId}`, {
      method: "POST",
      body: { users },
    });
    expect(answer.body.reachableUsers).toEqual(users.slice(2));
    expect(answer.body).toMatchObject({
      totalRandomSampleUserCount: 375,
      reachableRandomSampleUserCount: 373,
    });
  });
});
