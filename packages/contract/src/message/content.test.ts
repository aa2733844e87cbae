import { describe, expect, it } from "vitest";
import { sendMessageRequest } from "../api/messages.ts";
import { event } from "../event.ts";
import { type FieldError, toFieldErrors } from "../problem.ts";
import { type MessageType, messageContent, messageTypeOf } from "./content.ts";

/** The guide's examples, word for word. */
const guideTextRequest = `{
"conversationId": "user_123",
"messageId": "msg_456",
"message": {
"text": "Your order has shipped"
}
}`;

const guideProductCard = `{
"message": {
"text": "Check out our latest products",
"richCard": {
"standaloneCard": {
"cardContent": {
"media": {
"height": "MEDIUM",
"contentUrl": "https://example.com/image.jpg",
"forceRefresh": false
},
"title": "Product Title",
"description": "Product description",
"suggestions": [
{
"action": {
"text": "See details",
"postbackData": "product_123"
}
}
]
}
}
}
}
}`;

const guideInteraction = `{
"conversationId": "user_123",
"messageId": "msg_456",
"messageStatus": "INTERACTED",
"interactionType": "ACTION_TAPPED",
"action": {
"postbackData": "product_123",
"uri": "https://example.com/product/123"
},
"timestamp": "2024-12-27T10:35:00Z"
}`;

const aCard = { title: "Card" };
const aCarousel = { carouselCard: { cardContents: [aCard, aCard] } };
const aForm = { title: "Survey", fields: [{ type: "text", name: "name", label: "Name" }] };
const chip = (action: object) => ({ action: { text: "Go", postbackData: "go", ...action } });

describe("the guide", () => {
  it("its text request is accepted and comes out as it went in", () => {
    const request = JSON.parse(guideTextRequest);
    expect(sendMessageRequest.parse(request)).toEqual(request);
    expect(typeOf(request.message)).toBe("text");
  });

  it("its product card is accepted, and contentUrl is stored as RBM's contentInfo", () => {
    const { message } = JSON.parse(guideProductCard);
    expect(messageContent.parse(message)).toEqual({
      text: "Check out our latest products",
      richCard: {
        standaloneCard: {
          cardContent: {
            media: {
              height: "MEDIUM",
              contentInfo: { fileUrl: "https://example.com/image.jpg", forceRefresh: false },
            },
            title: "Product Title",
            description: "Product description",
            suggestions: [{ action: { text: "See details", postbackData: "product_123" } }],
          },
        },
      },
    });
    expect(typeOf(message)).toBe("rich_card");
  });

  it("its interaction webhook is an event once it has an id and a type", () => {
    const body = { id: "evt_1", type: "message.interacted", ...JSON.parse(guideInteraction) };
    expect(event.parse(body)).toEqual(body);
  });
});

describe("the type of a message", () => {
  it.each<[MessageType, object]>([
    ["text", { text: "Hello" }],
    ["rich_card", { richCard: { standaloneCard: { cardContent: aCard } } }],
    ["carousel", { richCard: aCarousel }],
    ["file", { contentInfo: { fileUrl: "https://example.com/menu.pdf" } }],
    ["file", { uploadedRbmFile: { fileName: "files/1", thumbnailName: "files/2" } }],
    ["form", { form: aForm }],
  ])("is %s, also with a plain-text alternative and chips beside it", (type, content) => {
    expect(typeOf(content)).toBe(type);
    expect(typeOf({ text: "Plain", ...content, suggestions: [chip({})] })).toBe(type);
  });
});

describe("media", () => {
  const mediaOf = (media: object) =>
    messageContent.parse({ richCard: { standaloneCard: { cardContent: { media } } } }).richCard
      ?.standaloneCard?.cardContent.media;

  it("given as contentUrl with a thumbnail equals the same as contentInfo", () => {
    const fileUrl = "https://example.com/video.mp4";
    const thumbnailUrl = "https://example.com/video.jpg";
    const short = mediaOf({
      height: "TALL",
      contentUrl: fileUrl,
      thumbnailUrl,
      forceRefresh: true,
    });
    const long = mediaOf({
      height: "TALL",
      contentInfo: { fileUrl, thumbnailUrl, forceRefresh: true },
    });
    expect(short).toEqual(long);
  });

  it("given as contentUrl alone gains no fields that nobody wrote", () => {
    expect(mediaOf({ contentUrl: "https://example.com/image.jpg" })).toEqual({
      contentInfo: { fileUrl: "https://example.com/image.jpg" },
    });
  });

  it("that is normalised already stays as it is when it is parsed again", () => {
    const once = mediaOf({ contentUrl: "https://example.com/image.jpg", forceRefresh: true });
    expect(mediaOf(once ?? {})).toEqual(once);
  });

  it("is told by the first source that is too many: exactly one of three", () => {
    const card = (media: object) => ({ richCard: { standaloneCard: { cardContent: { media } } } });
    const path = "/message/richCard/standaloneCard/cardContent/media";
    const contentUrl = "https://example.com/image.jpg";
    const contentInfo = { fileUrl: contentUrl };
    expect(codesOf(card({ height: "SHORT" }))).toEqual([[path, "conflicting_fields"]]);
    expect(codesOf(card({ contentUrl, contentInfo }))).toEqual([[path, "conflicting_fields"]]);
    expect(codesOf(card({ contentInfo, uploadedRbmFile: { fileName: "files/1" } }))).toEqual([
      [path, "conflicting_fields"],
    ]);
  });

  it.each(["thumbnailUrl", "forceRefresh"])(
    "with contentInfo and %s beside it is refused at that field",
    (key) => {
      const values = { thumbnailUrl: "https://example.com/t.jpg", forceRefresh: true };
      const media = {
        contentInfo: { fileUrl: "https://example.com/image.jpg" },
        [key]: Reflect.get(values, key),
      };
      expect(codesOf({ richCard: { standaloneCard: { cardContent: { media } } } })).toEqual([
        [`/message/richCard/standaloneCard/cardContent/media/${key}`, "conflicting_fields"],
      ]);
    },
  );

  it.each(["javascript:alert(1)", "data:text/html,x", "ftp://example.com/a", "image.jpg", "//a/b"])(
    "never points to %s",
    (fileUrl) => {
      expect(codesOf({ contentInfo: { fileUrl } })).toEqual([
        ["/message/contentInfo/fileUrl", "invalid_format"],
      ]);
    },
  );
});

describe("an action", () => {
  const path = "/message/suggestions/0/action";
  const withAction = (action: object) => ({ text: "Hello", suggestions: [chip(action)] });
  const event = {
    startTime: "2026-12-01T10:00:00+01:00",
    endTime: "2026-12-01T11:00:00+01:00",
    title: "Fitting",
  };
  const berlin = { latitude: 52.52, longitude: 13.405 };

  it.each([
    ["no kind, a plain postback", {}],
    ["openUrl in the browser", { openUrlAction: { url: "https://example.com" } }],
    [
      "openUrl in a webview",
      {
        openUrlAction: {
          url: "https://example.com",
          application: "WEBVIEW",
          webviewViewMode: "TALL",
          description: "The shop",
        },
      },
    ],
    ["dial", { dialAction: { phoneNumber: "+12025550123" } }],
    ["dial with * and #", { dialAction: { phoneNumber: "*100#" } }],
    ["viewLocation at coordinates", { viewLocationAction: { latLong: berlin, label: "Shop" } }],
    ["viewLocation at what a search finds", { viewLocationAction: { query: "Coffee" } }],
    ["createCalendarEvent", { createCalendarEventAction: event }],
    ["shareLocation", { shareLocationAction: {} }],
    ["a fallback URL", { fallbackUrl: "https://example.com" }],
  ])("may have %s", (_name, action) => {
    expect(messageContent.parse(withAction(action))).toEqual(withAction(action));
  });

  it.each([
    [
      "two kinds",
      { dialAction: { phoneNumber: "1" }, shareLocationAction: {} },
      "",
      "conflicting_fields",
    ],
    [
      "a webview's height without a webview",
      { openUrlAction: { url: "https://example.com", webviewViewMode: "FULL" } },
      "/openUrlAction/webviewViewMode",
      "conflicting_fields",
    ],
    [
      "coordinates and a search",
      { viewLocationAction: { latLong: berlin, query: "Coffee" } },
      "/viewLocationAction",
      "conflicting_fields",
    ],
    [
      "neither coordinates nor a search",
      { viewLocationAction: { label: "Shop" } },
      "/viewLocationAction",
      "conflicting_fields",
    ],
    [
      "an end before its start",
      { createCalendarEventAction: { ...event, endTime: "2026-12-01T09:59:59+01:00" } },
      "/createCalendarEventAction/endTime",
      "conflicting_fields",
    ],
    [
      "a time without an offset",
      { createCalendarEventAction: { ...event, endTime: "2026-12-01T12:00:00" } },
      "/createCalendarEventAction/endTime",
      "invalid_format",
    ],
    [
      "letters to dial",
      { dialAction: { phoneNumber: "0800-SHOP" } },
      "/dialAction/phoneNumber",
      "invalid_format",
    ],
    [
      "a field of Google's that is withdrawn",
      { composeAction: {} },
      "/composeAction",
      "unknown_field",
    ],
  ])("may not have %s", (_name, action, at, code) => {
    expect(codesOf(withAction(action))).toEqual([[`${path}${at}`, code]]);
  });
});

describe("a suggestion", () => {
  const reply = { text: "Yes", postbackData: "yes" };
  it.each([
    ["both a reply and an action", { reply, action: reply }],
    ["neither", {}],
  ])("is not %s", (_name, suggestion) => {
    expect(codesOf({ text: "Hello", suggestions: [suggestion] })).toEqual([
      ["/message/suggestions/0", "conflicting_fields"],
    ]);
  });
});

describe("a message", () => {
  const file = { fileUrl: "https://example.com/menu.pdf" };
  it.each([
    ["richCard", { richCard: aCarousel }],
    ["contentInfo", { contentInfo: file }],
    ["form", { form: aForm }],
  ])("with another body beside %s is refused", (_name, body) => {
    const other = { uploadedRbmFile: { fileName: "files/1" } };
    expect(codesOf({ ...body, ...other })).toEqual([["/message", "conflicting_fields"]]);
  });

  it.each([{}, { suggestions: [chip({})] }])("without a body is refused", (content) => {
    expect(codesOf(content)).toEqual([["/message", "required"]]);
  });

  it("with a field that nobody knows is refused at that field", () => {
    expect(codesOf({ text: "Hello", texte: "Bonjour" })).toEqual([
      ["/message/texte", "unknown_field"],
    ]);
  });
});

describe("a card", () => {
  it("needs at least one of title, description and media; suggestions alone are none", () => {
    const cardContent = { suggestions: [chip({})] };
    expect(codesOf({ richCard: { standaloneCard: { cardContent } } })).toEqual([
      ["/message/richCard/standaloneCard/cardContent", "required"],
    ]);
  });

  it("is either a card or a carousel", () => {
    const both = { ...aCarousel, standaloneCard: { cardContent: aCard } };
    expect(codesOf({ richCard: both })).toEqual([["/message/richCard", "conflicting_fields"]]);
    expect(codesOf({ richCard: {} })).toEqual([["/message/richCard", "conflicting_fields"]]);
  });
});

describe("a carousel", () => {
  const media = (height: string) => ({
    media: { height, contentUrl: "https://example.com/image.jpg" },
  });
  const carousel = (cardWidth: string) => ({
    richCard: { carouselCard: { cardWidth, cardContents: [media("TALL"), media("SHORT")] } },
  });

  it("of SMALL cards has no TALL media", () => {
    expect(codesOf(carousel("SMALL"))).toEqual([
      ["/message/richCard/carouselCard/cardContents/0/media/height", "conflicting_fields"],
    ]);
    expect(codesOf(carousel("MEDIUM"))).toEqual([]);
  });
});

describe("a form", () => {
  it.each<[string, object, [string, string][]]>([
    ["no title", { title: undefined }, [["/message/form/title", "required"]]],
    ["a title that is no text", { title: 7 }, [["/message/form/title", "invalid_value"]]],
    ["a title that is too long", { title: "x".repeat(201) }, [["/message/form/title", "too_long"]]],
    ["a text that is empty", { title: { en: "" } }, [["/message/form/title/en", "too_short"]]],
    ["no language", { title: {} }, [["/message/form/title", "invalid_value"]]],
    [
      "a button that is too long",
      { openLabel: { en: "x".repeat(26) } },
      [["/message/form/openLabel/en", "too_long"]],
    ],
    ["a name that is none", { name: "Not a name" }, [["/message/form/name", "invalid_format"]]],
    [
      "a time that is too long",
      { validFor: "7776001s" },
      [["/message/form/validFor", "invalid_value"]],
    ],
    ["a time in words", { validFor: "a day" }, [["/message/form/validFor", "invalid_format"]]],
  ])("with %s is told so", (_what, wrong, expected) => {
    expect(codesOf({ form: { ...aForm, ...wrong } })).toEqual(expected);
  });

  it("has every kind of field the contract names", () => {
    const options = [{ value: "a", label: "A" }];
    const types = ["text", "textarea", "email", "tel", "number", "date", "time", "checkbox"];
    const fields = [
      ...[...types, "rating"].map((type) => ({ type, name: type, label: type })),
      { type: "select", name: "select", label: "One", options },
      { type: "multiselect", name: "multiselect", label: "Many", options },
    ];
    expect(codesOf({ form: { title: "Survey", fields } })).toEqual([]);
  });

  it.each([
    ["email", "name@", "Use an e-mail address such as name@example.com."],
    ["tel", "call me", "Use a telephone number such as +1 202 555 0123."],
    ["date", "25.11.2026", "Write a day as 2026-11-25."],
    ["time", "9 am", "Use HH:MM, such as 09:30."],
  ])(
    "has no default of %s that could not be sent, and says how to write it",
    (type, wrong, detail) => {
      const fields = [{ type, name: "when", label: "When", default: wrong }];
      expect(problemsOf(aRequest({ form: { title: "Survey", fields } }))).toEqual([
        { path: "/message/form/fields/0/default", code: "invalid_format", detail },
      ]);
    },
  );

  it("may have a number or an address as its default", () => {
    const fields = [
      { type: "email", name: "email", label: "E-mail", default: "name@localhost" },
      { type: "tel", name: "tel", label: "Telephone", default: "+49 (30) 123-456" },
    ];
    expect(codesOf({ form: { title: "Survey", fields } })).toEqual([]);
  });

  it("names each field once", () => {
    const fields = [aForm.fields[0], aForm.fields[0]];
    expect(codesOf({ form: { title: "Survey", fields } })).toEqual([
      ["/message/form/fields/1/name", "duplicate"],
    ]);
  });
});

describe("a request with many mistakes", () => {
  it("is told all of them at once, each with its place", () => {
    const request = {
      conversationId: "user/123",
      messageId: "..",
      to: "0202",
      ttl: "1s",
      priority: 12,
      sendAt: "tomorrow",
      colour: "red",
      message: {
        text: "",
        richCard: {
          carouselCard: {
            cardWidth: "SMALL",
            cardContents: [
              {
                title: "x".repeat(201),
                media: { height: "HUGE", contentUrl: "nowhere" },
                suggestions: [
                  { reply: { text: "x".repeat(26) } },
                  chip({ dialAction: { phoneNumber: "?" } }),
                ],
              },
            ],
          },
        },
      },
    };
    const card = "/message/richCard/carouselCard/cardContents/0";
    const found = problemsOf(request).map(({ path, code }) => [path, code]);
    expect(found).toEqual(
      expect.arrayContaining([
        ["/conversationId", "invalid_format"],
        ["/messageId", "invalid_format"],
        ["/to", "invalid_format"],
        ["/ttl", "invalid_value"],
        ["/priority", "too_large"],
        ["/sendAt", "invalid_format"],
        ["/colour", "unknown_field"],
        ["/message/text", "too_short"],
        ["/message/richCard/carouselCard/cardContents", "too_few"],
        [`${card}/title`, "too_long"],
        [`${card}/media/height`, "invalid_value"],
        [`${card}/media/contentUrl`, "invalid_format"],
        [`${card}/suggestions/0/reply/text`, "too_long"],
        [`${card}/suggestions/0/reply/postbackData`, "required"],
        [`${card}/suggestions/1/action/dialAction/phoneNumber`, "invalid_format"],
      ]),
    );
    expect(found).toHaveLength(15);
  });

  const broken = { reply: { text: 7 } };
  const inside = [
    ["/message/suggestions/0/reply/text", "invalid_type"],
    ["/message/suggestions/0/reply/postbackData", "required"],
  ];

  it("has two bodies beside a field that is missing", () => {
    const content = { richCard: aCarousel, form: { fields: aForm.fields } };
    expect(codesOf(content)).toEqual([
      ["/message/form/title", "required"],
      ["/message", "conflicting_fields"],
    ]);
  });

  it("has no body beside a suggestion that is wrong", () => {
    expect(codesOf({ suggestions: [broken] })).toEqual([...inside, ["/message", "required"]]);
  });

  it("has too many bytes beside a suggestion that is wrong", () => {
    const description = "€".repeat(2000);
    const reply = { text: "No", postbackData: "€".repeat(2048) };
    const card = { title: "Card", description, suggestions: Array(4).fill({ reply }) };
    const carouselCard = { cardContents: Array(10).fill(card) };
    const content = { text: "€".repeat(3072), richCard: { carouselCard }, suggestions: [broken] };
    expect(codesOf(content)).toEqual([...inside, ["/message", "too_large"]]);
  });

  it("has a body that is empty, of the wrong type or null: it is told that, not that it has none", () => {
    expect(codesOf({ text: "" })).toEqual([["/message/text", "too_short"]]);
    expect(codesOf({ richCard: 7 })).toEqual([["/message/richCard", "invalid_type"]]);
    expect(codesOf({ form: null })).toEqual([["/message/form", "invalid_type"]]);
    expect(codesOf({ richCard: aCarousel, form: null })).toEqual([
      ["/message/form", "invalid_type"],
    ]);
  });

  it.each([7, "Hello", null, [], undefined])("has %j for a message: one error", (message) => {
    expect(problemsOf({ conversationId: "user_123", message })).toEqual([
      {
        path: "/message",
        code: message === undefined ? "required" : "invalid_type",
        detail: expect.any(String),
      },
    ]);
  });

  const url = "https://example.com/image.jpg";
  it.each<[string, object, string, readonly (readonly [string, string])[]]>([
    [
      "an action of two kinds, one of them wrong",
      { text: "Hello", suggestions: [chip({ dialAction: {}, shareLocationAction: {} })] },
      "/message/suggestions/0/action",
      [
        ["/dialAction/phoneNumber", "required"],
        ["", "conflicting_fields"],
      ],
    ],
    [
      "a suggestion that is two, one of them wrong",
      { text: "Hello", suggestions: [{ reply: {}, action: 7 }] },
      "/message/suggestions/0",
      [
        ["/reply/text", "required"],
        ["/reply/postbackData", "required"],
        ["/action", "invalid_type"],
        ["", "conflicting_fields"],
      ],
    ],
    [
      "media from two places, one of them wrong",
      {
        richCard: {
          standaloneCard: { cardContent: { media: { contentUrl: url, contentInfo: {} } } },
        },
      },
      "/message/richCard/standaloneCard/cardContent/media",
      [
        ["/contentInfo/fileUrl", "required"],
        ["", "conflicting_fields"],
      ],
    ],
    [
      "a card of suggestions alone, one of them wrong",
      { richCard: { standaloneCard: { cardContent: { suggestions: [7] } } } },
      "/message/richCard/standaloneCard/cardContent",
      [
        ["/suggestions/0", "invalid_type"],
        ["", "required"],
      ],
    ],
    [
      "a rich card that is two, one of them wrong",
      { richCard: { ...aCarousel, standaloneCard: {} } },
      "/message/richCard",
      [
        ["/standaloneCard/cardContent", "required"],
        ["", "conflicting_fields"],
      ],
    ],
    [
      "TALL media among SMALL cards, beside a card that is none",
      {
        richCard: {
          carouselCard: {
            cardWidth: "SMALL",
            cardContents: [7, { media: { height: "TALL", contentUrl: url } }],
          },
        },
      },
      "/message/richCard/carouselCard/cardContents",
      [
        ["/0", "invalid_type"],
        ["/1/media/height", "conflicting_fields"],
      ],
    ],
    [
      "SMALL cards that are left out",
      { richCard: { carouselCard: { cardWidth: "SMALL" } } },
      "/message/richCard/carouselCard",
      [["/cardContents", "required"]],
    ],
    [
      "a field named twice, beside a length that is no whole number",
      {
        form: {
          title: "Survey",
          fields: [...aForm.fields, { ...aForm.fields[0], minLength: 1.5 }],
        },
      },
      "/message/form/fields/1",
      [
        ["/minLength", "invalid_type"],
        ["/name", "duplicate"],
      ],
    ],
    [
      "a form without fields",
      { form: { title: "Survey" } },
      "/message/form",
      [["/fields", "required"]],
    ],
    [
      "an end before its start, beside a title that is missing",
      {
        text: "Hello",
        suggestions: [
          chip({
            createCalendarEventAction: {
              startTime: "2026-12-01T10:00:00Z",
              endTime: "2026-12-01T09:00:00Z",
            },
          }),
        ],
      },
      "/message/suggestions/0/action/createCalendarEventAction",
      [
        ["/title", "required"],
        ["/endTime", "conflicting_fields"],
      ],
    ],
    [
      "an end that is no time, which cannot be before its start",
      {
        text: "Hello",
        suggestions: [
          chip({
            createCalendarEventAction: {
              startTime: "2026-12-01T10:00:00Z",
              endTime: "later",
              title: "Fitting",
            },
          }),
        ],
      },
      "/message/suggestions/0/action/createCalendarEventAction",
      [["/endTime", "invalid_format"]],
    ],
  ])("has %s: all of it is told, and nothing twice", (_name, content, at, problems) => {
    expect(codesOf(content)).toEqual(problems.map(([path, code]) => [`${at}${path}`, code]));
  });

  it("has two bodies beside a number in a form that is not whole", () => {
    const fields = [{ ...aForm.fields[0], minLength: 1.5 }];
    expect(codesOf({ richCard: aCarousel, form: { title: "Survey", fields } })).toEqual([
      ["/message/form/fields/0/minLength", "invalid_type"],
      ["/message", "conflicting_fields"],
    ]);
  });
});

function typeOf(content: unknown): MessageType {
  return messageTypeOf(messageContent.parse(content));
}

const aRequest = (message: object) => ({ conversationId: "user_123", message });

function codesOf(message: object) {
  return problemsOf(aRequest(message)).map(({ path, code }) => [path, code]);
}

function problemsOf(request: object): readonly FieldError[] {
  const parsed = sendMessageRequest.safeParse(request);
  return parsed.success ? [] : toFieldErrors(parsed.error);
}
