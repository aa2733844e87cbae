import { limits, type MessageContent, messageContent, type Suggestion } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveFallback, withFormUrl } from "./fallback-text.ts";

const textOf = (content: MessageContent) => deriveFallback(content).text;
const card = (title?: string, description?: string, suggestions?: readonly Suggestion[]) => ({
  ...(title === undefined ? {} : { title }),
  ...(description === undefined ? {} : { description }),
  ...(suggestions === undefined ? {} : { suggestions: [...suggestions] }),
});
const standalone = (cardContent: object): MessageContent =>
  messageContent.parse({ richCard: { standaloneCard: { cardContent } } });
const carousel = (...cardContents: readonly object[]): MessageContent =>
  messageContent.parse({ richCard: { carouselCard: { cardContents } } });

const reply = (text: string): Suggestion => ({ reply: { text, postbackData: text } });
const action = (text: string, kind: object): Suggestion => ({
  action: { text, postbackData: text, ...kind },
});
const open = action("Order", { openUrlAction: { url: "https://example.com/order?id=1" } });
const call = action("Call us", { dialAction: { phoneNumber: "+12025550100" } });

describe("the fallback text", () => {
  it.each<[string, MessageContent, string | undefined]>([
    ["the text of a text message", { text: "Your order has shipped" }, "Your order has shipped"],
    [
      "the text beside a card, whatever the card says and offers",
      { ...standalone(card("Title", "Words", [open])), text: "Look", suggestions: [reply("Yes")] },
      "Look",
    ],
    [
      "a text with where its buttons lead and its replies",
      { text: "Your order is ready.", suggestions: [open, reply("Later"), reply("On my way")] },
      "Your order is ready.\nOrder: https://example.com/order?id=1\nReply 1 for Later, 2 for On my way",
    ],
    ["title and description of a card", standalone(card("Title", "Words")), "Title\nWords"],
    ["what a card has of the two", standalone(card(undefined, "Words")), "Words"],
    [
      "a card with where its buttons lead",
      standalone(card("Shoes", "In your size.", [open, call])),
      "Shoes\nIn your size.\nOrder: https://example.com/order?id=1\nCall us: +12025550100",
    ],
    [
      "a place as a link that maps open",
      standalone(
        card("Shop", undefined, [
          action("Where", {
            viewLocationAction: { latLong: { latitude: 52.5, longitude: -0.25 } },
          }),
          action("Find", { viewLocationAction: { query: "Café & bar" } }),
        ]),
      ),
      "Shop\nWhere: https://maps.google.com/?q=52.5,-0.25\nFind: https://maps.google.com/?q=Caf%C3%A9%20%26%20bar",
    ],
    [
      "the fallback URL of a button that only RCS has, and nothing of one without",
      standalone(
        card("Fitting", undefined, [
          action("Share", { shareLocationAction: {}, fallbackUrl: "https://example.com/where" }),
          action("See details", {}),
        ]),
      ),
      "Fitting\nShare: https://example.com/where",
    ],
    [
      "a few replies on one line",
      { ...standalone(card("Coming?")), suggestions: [reply("Yes"), reply("No")] },
      "Coming?\nReply 1 for Yes, 2 for No",
    ],
    [
      "many replies one a line, those of the card first",
      {
        ...standalone(card("When?", undefined, [reply("Mon"), reply("Tue")])),
        suggestions: [reply("Wed"), open, reply("Thu")],
      },
      "When?\nOrder: https://example.com/order?id=1\nReply with a number:\n1 Mon\n2 Tue\n3 Wed\n4 Thu",
    ],
    [
      "the cards of a carousel in order, briefly, each with its links",
      carousel(card("One", "Long words", [open]), card(undefined, "Two")),
      "One\nOrder: https://example.com/order?id=1\nTwo",
    ],
    [
      "what a card without words shows",
      standalone({
        media: { contentUrl: "https://example.com/shoe.jpg", contentDescription: "A shoe" },
      }),
      "A shoe\nhttps://example.com/shoe.jpg",
    ],
    [
      "the address of a file",
      { contentInfo: { fileUrl: "https://example.com/menu.pdf" } },
      "https://example.com/menu.pdf",
    ],
    [
      "nothing for an uploaded file, which only the provider can read",
      { uploadedRbmFile: { fileName: "files/1" } },
      undefined,
    ],
  ])("is %s", (_name, content, expected) => {
    expect(textOf(content)).toBe(expected);
  });

  describe("of a form", () => {
    const url = "https://rcs.example/f/AAAAAAAAAAAAAAAAAAAAAA";
    const aForm = (title: string | Record<string, string>, text?: string): MessageContent =>
      messageContent.parse({
        ...(text === undefined ? {} : { text }),
        form: { title, fields: [{ type: "text", name: "name", label: "Name" }] },
      });

    it("is its title and its address", () => {
      expect(deriveFallback(aForm("Survey"), url)).toEqual({
        text: `Survey\n${url}`,
        isShortened: false,
      });
      expect(deriveFallback(aForm({ es: "Encuesta", en: "Survey" }), url).text).toBe(
        `Encuesta\n${url}`,
      );
    });

    it("is its author's own words, and never loses the address", () => {
      const { text, isShortened } = deriveFallback(aForm("Survey", "word ".repeat(600)), url);
      expect(isShortened).toBe(true);
      expect(text?.length).toBeLessThanOrEqual(limits.fallbackTextCharsMax);
      expect(text).toMatch(/word\nhttps:.*AAAA$/);
    });

    it("has the address where its author put it", () => {
      expect(withFormUrl("Go to {formUrl} today", url)).toBe(`Go to ${url} today`);
      expect(withFormUrl("Go today", url)).toBe(`Go today\n${url}`);
    });
  });

  it("never takes more than ten SMS", () => {
    const text = textOf({ text: "x".repeat(limits.textCharsMax) });
    expect(text).toHaveLength(limits.fallbackTextCharsMax);
  });

  it("is never cut through the middle of an emoji", () => {
    const text = textOf({ text: `x${"😀".repeat(limits.textCharsMax / 2 - 1)}` });
    expect(text).not.toMatch(/[\uD800-\uDBFF]$/);
    expect(text).toHaveLength(limits.fallbackTextCharsMax - 1);
  });

  it("that is cut ends with a whole word, and never with half a URL", () => {
    const url = "https://example.com/a/very/long/path";
    const long = (end: string) => `${"word ".repeat(304)}${end} ${"word ".repeat(20)}`.trimEnd();
    expect(textOf({ text: long(url) })).toBe("word ".repeat(304).trimEnd());
    expect(textOf({ text: long("1234567890") })).toBe(`${"word ".repeat(304)}1234567890`);
    expect(textOf({ text: `https://example.com/${"x".repeat(2000)}` })).toBeUndefined();
  });

  it("leaves out what comes later before it cuts what comes first, and always whole lines", () => {
    const description = "word ".repeat(limits.cardDescriptionCharsMax / 5).trimEnd();
    const cutCard = textOf(standalone(card("Title", description, [open])));
    expect(cutCard).toMatch(/^Title\nword .*word$/);
    expect(cutCard).not.toContain("https:");

    const url = (name: string) => `https://example.com/${name}${"x".repeat(700)}`;
    const links = ["a", "b", "c"].map((name) =>
      action(name, { openUrlAction: { url: url(name) } }),
    );
    expect(textOf(standalone(card("Title", undefined, links)))).toBe(
      `Title\na: ${url("a")}\nb: ${url("b")}`,
    );
  });

  it("of any content is whole lines of it, within the limit", () => {
    const aTitle = fc.string({ minLength: 1, maxLength: 200 });
    const aLink = fc
      .integer({ min: 0, max: 2_000 })
      .map((length) => `https://example.com/${"x".repeat(length)}`)
      .map((url) => action("Go", { openUrlAction: { url } }));
    const aCard = fc.record({ title: aTitle, suggestions: fc.array(aLink, { maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(aCard, { minLength: 2, maxLength: 10 }), (cardContents) => {
        const text = textOf({ richCard: { carouselCard: { cardContents } } }) ?? "";
        expect(text.length).toBeGreaterThan(0);
        expect(text.length).toBeLessThanOrEqual(limits.fallbackTextCharsMax);
        const lines = cardContents.flatMap(({ title, suggestions }) => [
          title,
          ...suggestions.map((one) => `Go: ${one.action?.openUrlAction?.url}`),
        ]);
        for (const line of text.split("\n")) expect(lines).toContain(line);
      }),
    );
  });
});
