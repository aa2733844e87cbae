import { describe, expect, it } from "vitest";
import { sendMessageRequest } from "../api/messages.ts";
import type { FieldErrorCode } from "../error-codes.ts";
import { limits } from "../limits.ts";
import { type FieldError, toFieldErrors } from "../problem.ts";

/** A limit of a request, with how to build one of any size around it. */
interface Limit {
  readonly name: string;
  readonly limit: number;
  /** The size next to the limit on its wrong side. */
  readonly beyond: number;
  readonly path: string;
  readonly code: FieldErrorCode;
  /** A whole request whose size in question is `size`. */
  readonly request: (size: number) => object;
}

const chars = (count: number) => "x".repeat(count);
const times = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, index) => make(index));

const withMessage = (message: object) => ({ conversationId: "user_123", message });
const withCard = (cardContent: object) =>
  withMessage({ richCard: { standaloneCard: { cardContent } } });
const withMedia = (media: object) => withCard({ media: { height: "MEDIUM", ...media } });
const withAction = (action: object) =>
  withMessage({
    text: "Hello",
    suggestions: [{ action: { text: "Go", postbackData: "go", ...action } }],
  });
const withReply = (reply: object) =>
  withMessage({
    text: "Hello",
    suggestions: [{ reply: { text: "Yes", postbackData: "yes", ...reply } }],
  });
const withForm = (form: object) =>
  withMessage({ form: { title: "Survey", fields: [aField(0)], ...form } });
const withEvent = (event: object) =>
  withAction({
    createCalendarEventAction: {
      startTime: "2026-12-01T10:00:00Z",
      endTime: "2026-12-01T11:00:00Z",
      title: "Fitting",
      ...event,
    },
  });

const aReply = (index: number) => ({ reply: { text: `No ${index}`, postbackData: `no_${index}` } });
const aCard = (index: number) => ({ title: `Card ${index}` });
const aField = (index: number) => ({ type: "text", name: `field${index}`, label: "Field" });
const anOption = (index: number) => ({ value: `value${index}`, label: "Option" });
const aUrl = (length: number) => `https://example.com/${chars(length - 20)}`;

const max = (
  name: string,
  [limit, path, code]: readonly [number, string, FieldErrorCode],
  request: (size: number) => object,
): Limit => ({ name, limit, beyond: limit + 1, path, code, request });

const longTexts: readonly Limit[] = [
  max("text", [limits.textCharsMax, "/message/text", "too_long"], (size) =>
    withMessage({ text: chars(size) }),
  ),
  max(
    "the label of a reply",
    [limits.suggestionTextCharsMax, "/message/suggestions/0/reply/text", "too_long"],
    (size) => withReply({ text: chars(size) }),
  ),
  max(
    "the label of an action",
    [limits.suggestionTextCharsMax, "/message/suggestions/0/action/text", "too_long"],
    (size) => withAction({ text: chars(size) }),
  ),
  max(
    "the postback data of a reply",
    [limits.postbackDataCharsMax, "/message/suggestions/0/reply/postbackData", "too_long"],
    (size) => withReply({ postbackData: chars(size) }),
  ),
  max(
    "the postback data of an action",
    [limits.postbackDataCharsMax, "/message/suggestions/0/action/postbackData", "too_long"],
    (size) => withAction({ postbackData: chars(size) }),
  ),
  max(
    "the URL of an action",
    [limits.urlCharsMax, "/message/suggestions/0/action/openUrlAction/url", "too_long"],
    (size) => withAction({ openUrlAction: { url: aUrl(size) } }),
  ),
  max(
    "the fallback URL of an action",
    [limits.urlCharsMax, "/message/suggestions/0/action/fallbackUrl", "too_long"],
    (size) => withAction({ fallbackUrl: aUrl(size) }),
  ),
  max(
    "the title of a calendar event",
    [
      limits.calendarTitleCharsMax,
      "/message/suggestions/0/action/createCalendarEventAction/title",
      "too_long",
    ],
    (size) => withEvent({ title: chars(size) }),
  ),
  max(
    "the description of a calendar event",
    [
      limits.calendarDescriptionCharsMax,
      "/message/suggestions/0/action/createCalendarEventAction/description",
      "too_long",
    ],
    (size) => withEvent({ description: chars(size) }),
  ),
  max(
    "the title of a card",
    [limits.cardTitleCharsMax, "/message/richCard/standaloneCard/cardContent/title", "too_long"],
    (size) => withCard({ title: chars(size) }),
  ),
  max(
    "the description of a card",
    [
      limits.cardDescriptionCharsMax,
      "/message/richCard/standaloneCard/cardContent/description",
      "too_long",
    ],
    (size) => withCard({ description: chars(size) }),
  ),
  max(
    "the alternative text of media",
    [
      limits.contentDescriptionCharsMax,
      "/message/richCard/standaloneCard/cardContent/media/contentDescription",
      "too_long",
    ],
    (size) => withMedia({ contentUrl: aUrl(40), contentDescription: chars(size) }),
  ),
  max(
    "the URL of media, in either spelling",
    [
      limits.urlCharsMax,
      "/message/richCard/standaloneCard/cardContent/media/contentUrl",
      "too_long",
    ],
    (size) => withMedia({ contentUrl: aUrl(size) }),
  ),
  max(
    "the URL of a file",
    [limits.urlCharsMax, "/message/contentInfo/fileUrl", "too_long"],
    (size) => withMessage({ contentInfo: { fileUrl: aUrl(size) } }),
  ),
  max(
    "the URL of a thumbnail",
    [limits.urlCharsMax, "/message/contentInfo/thumbnailUrl", "too_long"],
    (size) => withMessage({ contentInfo: { fileUrl: aUrl(40), thumbnailUrl: aUrl(size) } }),
  ),
  max(
    "a conversation id",
    [limits.conversationIdCharsMax, "/conversationId", "too_long"],
    (size) => ({
      conversationId: chars(size),
      message: { text: "Hello" },
    }),
  ),
  max("a message id", [limits.messageIdCharsMax, "/messageId", "too_long"], (size) => ({
    ...withMessage({ text: "Hello" }),
    messageId: chars(size),
  })),
  max("a fallback text", [limits.fallbackTextCharsMax, "/fallbackText", "too_long"], (size) => ({
    ...withMessage({ text: "Hello" }),
    fallbackText: chars(size),
  })),
  max(
    "a value of metadata",
    [limits.metadataValueCharsMax, "/metadata/key", "too_long"],
    (size) => ({ ...withMessage({ text: "Hello" }), metadata: { key: chars(size) } }),
  ),
];

const longLists: readonly Limit[] = [
  max(
    "suggestions of a message",
    [limits.suggestionsPerMessageMax, "/message/suggestions", "too_many"],
    (size) => withMessage({ text: "Hello", suggestions: times(size, aReply) }),
  ),
  max(
    "suggestions of a card",
    [
      limits.suggestionsPerCardMax,
      "/message/richCard/standaloneCard/cardContent/suggestions",
      "too_many",
    ],
    (size) => withCard({ title: "Card", suggestions: times(size, aReply) }),
  ),
  max(
    "cards of a carousel",
    [limits.carouselCardsMax, "/message/richCard/carouselCard/cardContents", "too_many"],
    (size) => withMessage({ richCard: { carouselCard: { cardContents: times(size, aCard) } } }),
  ),
  {
    name: "cards of a carousel, at least",
    limit: limits.carouselCardsMin,
    beyond: limits.carouselCardsMin - 1,
    path: "/message/richCard/carouselCard/cardContents",
    code: "too_few",
    request: (size) =>
      withMessage({ richCard: { carouselCard: { cardContents: times(size, aCard) } } }),
  },
  max("fields of a form", [limits.formFieldsMax, "/message/form/fields", "too_many"], (size) =>
    withForm({ fields: times(size, aField) }),
  ),
  max(
    "options of a field",
    [limits.formOptionsMax, "/message/form/fields/0/options", "too_many"],
    (size) =>
      withForm({
        fields: [{ type: "select", name: "size", label: "Size", options: times(size, anOption) }],
      }),
  ),
  max("keys of metadata", [limits.metadataKeysMax, "/metadata", "too_many"], (size) => ({
    ...withMessage({ text: "Hello" }),
    metadata: Object.fromEntries(times(size, (index) => [`key${index}`, "value"])),
  })),
];

const numbers: readonly Limit[] = [
  ...[90, -90].map(
    (latitude): Limit => ({
      name: `latitude ${latitude}`,
      limit: latitude,
      beyond: latitude * 1.0001,
      path: "/message/suggestions/0/action/viewLocationAction/latLong/latitude",
      code: latitude > 0 ? "too_large" : "too_small",
      request: (size) =>
        withAction({ viewLocationAction: { latLong: { latitude: size, longitude: 0 } } }),
    }),
  ),
  ...[180, -180].map(
    (longitude): Limit => ({
      name: `longitude ${longitude}`,
      limit: longitude,
      beyond: longitude * 1.0001,
      path: "/message/suggestions/0/action/viewLocationAction/latLong/longitude",
      code: longitude > 0 ? "too_large" : "too_small",
      request: (size) =>
        withAction({ viewLocationAction: { latLong: { latitude: 0, longitude: size } } }),
    }),
  ),
];

describe.each([...longTexts, ...longLists, ...numbers])("$name", (one) => {
  it(`is accepted at ${one.limit}`, () => {
    expect(problemsOf(one.request(one.limit))).toEqual([]);
  });

  it(`is refused at ${one.beyond}, with its path, code and limit`, () => {
    expect(problemsOf(one.request(one.beyond))).toEqual([
      { path: one.path, code: one.code, limit: one.limit, detail: expect.any(String) },
    ]);
  });
});

describe("a text field that must not be empty", () => {
  it.each([
    ["/message/text", withMessage({ text: "" })],
    ["/message/suggestions/0/reply/text", withReply({ text: "" })],
    ["/message/suggestions/0/reply/postbackData", withReply({ postbackData: "" })],
    ["/message/richCard/standaloneCard/cardContent/title", withCard({ title: "" })],
    ["/conversationId", { conversationId: "", message: { text: "Hello" } }],
  ])("%s", (path, request) => {
    expect(problemsOf(request)).toContainEqual(
      expect.objectContaining({ path, code: "too_short", limit: 1 }),
    );
  });
});

describe("the size of a whole message", () => {
  /** Three bytes of UTF-8 a character. */
  const wide = "€".repeat(2000);
  const aWideCard = (title: string) => ({
    title,
    description: wide,
    suggestions: times(4, (index) => ({ reply: { text: `No ${index}`, postbackData: wide } })),
  });
  const aChip = (postbackData: string) => ({ reply: { text: "Chip", postbackData } });
  const bytesOf = (message: object) => new TextEncoder().encode(JSON.stringify(message)).length;

  /** Eight cards of about 30 kB, and chips that fill what is left to the byte. */
  function aMessageAtTheLimit() {
    const cardContents = times(8, () => aWideCard("Card"));
    const message = (suggestions: object[]) => ({
      richCard: { carouselCard: { cardContents } },
      suggestions,
    });
    const chipCount = limits.suggestionsPerMessageMax;
    const left = limits.messageBytesMax - bytesOf(message(times(chipCount, () => aChip(""))));
    const share = Math.floor(left / chipCount);
    const sizes = times(chipCount, (index) => share + (index < left % chipCount ? 1 : 0));
    return message(sizes.map((size) => aChip(chars(size))));
  }

  it("is counted in bytes of UTF-8: 250,000 are accepted", () => {
    const message = aMessageAtTheLimit();
    expect(bytesOf(message)).toBe(limits.messageBytesMax);
    expect(JSON.stringify(message).length).toBeLessThan(limits.messageBytesMax / 2);
    expect(problemsOf(withMessage(message))).toEqual([]);
  });

  it("is refused one byte beyond, with the bytes it has", () => {
    const message = aMessageAtTheLimit();
    const [first] = message.richCard.carouselCard.cardContents;
    if (first !== undefined) first.title += "x";
    expect(problemsOf(withMessage(message))).toEqual([
      {
        path: "/message",
        code: "too_large",
        limit: limits.messageBytesMax,
        detail: expect.stringContaining("250001 bytes"),
      },
    ]);
  });
});

function problemsOf(request: object): readonly FieldError[] {
  const parsed = sendMessageRequest.safeParse(request);
  return parsed.success ? [] : toFieldErrors(parsed.error);
}
