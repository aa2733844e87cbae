import { limits, messageContent } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { MessageBuildError } from "./check-field.ts";
import { card, carousel, file, text } from "./content.ts";
import { field, form } from "./form.ts";
import {
  calendar,
  dial,
  openUrl,
  postback,
  reply,
  shareLocation,
  viewLocation,
} from "./suggestions.ts";

const url = "https://example.com/picture.jpg";
const chars = (count: number) => "x".repeat(count);
const times = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => make(index));

const everyField = [
  field.text("name", "Name", { required: true, minLength: 1, maxLength: 80, pattern: "[A-Z].*" }),
  field.textarea("notes", "Notes", { help: "What we should know" }),
  field.email("email", "E-mail"),
  field.tel("phone", "Phone"),
  field.number("guests", "Guests", { min: 1, max: 12, default: 2 }),
  field.date("day", "Day", { min: "2027-01-01" }),
  field.time("hour", "Hour", { default: "19:30" }),
  field.select("room", "Room", ["Inside", { value: "out", label: "Outside" }]),
  field.multiselect("food", "Food", ["Fish", "Meat"], { default: ["Fish"] }),
  field.checkbox("terms", "I agree"),
  field.rating("stars", "Stars", { max: 5 }),
];

const everything = {
  text: text(
    "Which one?",
    reply("Yes"),
    reply("No", { type: "answer", value: false }),
    postback("More", "more"),
    [openUrl("Shop", "https://example.com/shop", { webview: "TALL", description: "The shop" })],
    dial("Call", "+12025550100"),
    viewLocation("Map", { latitude: 48.1, longitude: 11.5, label: "Here" }),
    viewLocation("Search", { query: "pizza" }),
    shareLocation("Where are you?", { fallbackUrl: "https://example.com/where" }),
    calendar("Save", {
      title: "Dinner",
      description: "At eight",
      startTime: new Date("2027-01-31T20:00:00Z"),
      endTime: "2027-01-31T22:00:00+01:00",
    }),
    false,
    undefined,
  ),
  card: card(
    {
      title: "Shoes",
      description: "Blue",
      media: { url, height: "TALL", thumbnailUrl: url, forceRefresh: true, description: "Shoes" },
      suggestions: [postback("Buy", { type: "buy", sku: "A1" })],
      orientation: "HORIZONTAL",
      imageAlignment: "LEFT",
      text: "Blue shoes",
    },
    reply("Back"),
  ),
  "a card of media only": card({ media: url }),
  carousel: carousel([{ title: "One" }, { title: "Two", media: url }], {
    width: "SMALL",
    text: "Two",
  }),
  file: file(url, { thumbnailUrl: url, text: "A picture" }),
  "form in two languages": form({
    title: { en: "Book a table", es: "Reserva" },
    openLabel: { en: "Book", es: "Reservar" },
    editable: true,
    validFor: "3600s",
    fields: [
      field.select("seat", { en: "Seat", es: "Sitio" }, [
        { value: "in", label: { en: "Inside", es: "Dentro" } },
      ]),
      field.email("mail", "E-mail", { help: { en: "Yours", es: "El tuyo" } }),
    ],
  }),
  form: form({
    title: "Book a table",
    description: "For tonight",
    submitLabel: "Book",
    confirmationText: "Thank you",
    fields: everyField,
    text: "Book a table",
  }),
};

test.each(Object.entries(everything))("%s is what the contract accepts", (_name, content) => {
  expect(messageContent.parse(content)).toEqual(content);
});

type Build = (size: number) => unknown;
const maxima: readonly (readonly [string, number, Build])[] = [
  ["text", limits.textCharsMax, (size) => text(chars(size))],
  [
    "suggestions",
    limits.suggestionsPerMessageMax,
    (size) =>
      text(
        "x",
        times(size, (n) => reply(`${n}`)),
      ),
  ],
  ["reply.text", limits.suggestionTextCharsMax, (size) => reply(chars(size), "x")],
  ["reply.data", limits.postbackDataCharsMax, (size) => reply("x", chars(size))],
  ["openUrl.url", limits.urlCharsMax, (size) => openUrl("x", `https://a.b/${chars(size - 12)}`)],
  ["card.title", limits.cardTitleCharsMax, (size) => card({ title: chars(size) })],
  [
    "card.description",
    limits.cardDescriptionCharsMax,
    (size) => card({ description: chars(size) }),
  ],
  [
    "card.media.description",
    limits.contentDescriptionCharsMax,
    (size) => card({ media: { url, description: chars(size) } }),
  ],
  [
    "card.suggestions",
    limits.suggestionsPerCardMax,
    (size) => card({ title: "x", suggestions: times(size, (n) => reply(`${n}`)) }),
  ],
  [
    "carousel.cards",
    limits.carouselCardsMax,
    (size) => carousel(times(size, () => ({ title: "x" }))),
  ],
  [
    "calendar.title",
    limits.calendarTitleCharsMax,
    (size) =>
      calendar("x", {
        title: chars(size),
        startTime: "2027-01-01T00:00:00Z",
        endTime: "2027-01-01T00:00:00Z",
      }),
  ],
  [
    "form.fields",
    limits.formFieldsMax,
    (size) => form({ title: "x", fields: times(size, (n) => field.email(`f${n}`, "x")) }),
  ],
  ["kind.options", limits.formOptionsMax, (size) => field.select("kind", "x", times(size, String))],
];

describe.each(maxima)("%s", (name, limit, build) => {
  test(`may have ${limit}`, () => {
    expect(build(limit)).toBeDefined();
  });

  test(`with ${limit + 1} is refused by the field's name and the limit`, () => {
    const refused = errorOf(() => build(limit + 1));
    expect(refused).toBeInstanceOf(MessageBuildError);
    expect(refused).toMatchObject({ field: name, limit });
    expect(refused.message).toContain(`the limit is ${limit}`);
  });
});

test.each([
  ["text", () => text("")],
  ["carousel.cards", () => carousel([{ title: "One" }])],
  [
    "carousel.cards[1].media.height",
    () => carousel([{ title: "One" }, { media: { url, height: "TALL" } }], { width: "SMALL" }),
  ],
  ["card", () => card({})],
  ["openUrl.url", () => openUrl("Run", "javascript:alert(1)")],
  ["dial.phoneNumber", () => dial("Call", "call me")],
  ["viewLocation.latitude", () => viewLocation("Map", { latitude: Number.NaN, longitude: 0 })],
  [
    "calendar.startTime",
    () => calendar("x", { title: "x", startTime: "tomorrow", endTime: "2027-01-01T00:00:00Z" }),
  ],
  [
    "calendar.endTime",
    () =>
      calendar("x", {
        title: "x",
        startTime: "2027-01-02T00:00:00Z",
        endTime: "2027-01-01T00:00:00Z",
      }),
  ],
  ["form.fields", () => form({ title: "x", fields: [field.email("a", "x"), field.tel("a", "x")] })],
  // What JavaScript lets through, the casts too.
  ["card.media.height", () => card({ media: { url, height: "HUGE" as "TALL" } })],
  ["openUrl.webview", () => openUrl("x", url, { webview: "HUGE" as "TALL" })],
  ["suggestions[0]", () => text("x", "Yes" as unknown as false)],
  ["form.title", () => form({} as Parameters<typeof form>[0])],
  ["form.title.es", () => form({ title: { en: "x", es: "" }, fields: [field.email("a", "x")] })],
  ["form.title", () => form({ title: {}, fields: [field.email("a", "x")] })],
  ["a.label.es", () => field.email("a", { en: "x", es: times(201, () => "x").join("") })],
  ["form.validFor", () => form({ title: "x", validFor: "1d", fields: [field.email("a", "x")] })],
  ["form.validFor", () => form({ title: "x", validFor: "59s", fields: [field.email("a", "x")] })],
  ["form.name", () => form({ name: "Book me", title: "x", fields: [field.email("a", "x")] })],
  ["field.name", () => field.text("Not a name", "x")],
  ["stars.max", () => field.rating("stars", "x", { max: 11 })],
  ["name.maxLength", () => field.text("name", "x", { maxLength: 1.5 })],
  [
    "message",
    () =>
      carousel(
        times(10, () => ({
          description: "€".repeat(2000),
          suggestions: times(4, (n) => reply(`${n}`, "€".repeat(2048))),
        })),
      ),
  ],
])("%s that no message can have is refused when it is built", (name, build) => {
  expect(errorOf(build)).toMatchObject({ name: "MessageBuildError", field: name });
});

test("a form's name is part of it, for bot.form", () => {
  const { form: built } = form({ name: "booking", title: "x", fields: [field.email("a", "x")] });
  expect(built).toHaveProperty("name", "booking");
});

function errorOf(build: () => unknown): Error {
  try {
    build();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It was not refused.");
}
