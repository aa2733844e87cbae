import { limits, type MessageContent } from "@richline/contract";
import { describe, expect, it } from "vitest";
import { deriveFallbackText } from "./fallback-text.ts";

const card = (title?: string, description?: string) => ({
  ...(title === undefined ? {} : { title }),
  ...(description === undefined ? {} : { description }),
});

describe("the fallback text", () => {
  it.each<[string, MessageContent, string | undefined]>([
    ["the text of a text message", { text: "Your order has shipped" }, "Your order has shipped"],
    [
      "the text beside a card, whatever the card says",
      { text: "Look", richCard: { standaloneCard: { cardContent: card("Title", "Words") } } },
      "Look",
    ],
    [
      "title and description of a card",
      { richCard: { standaloneCard: { cardContent: card("Title", "Words") } } },
      "Title\nWords",
    ],
    [
      "what a card has of the two",
      { richCard: { standaloneCard: { cardContent: card(undefined, "Words") } } },
      "Words",
    ],
    [
      "the first card of a carousel",
      { richCard: { carouselCard: { cardContents: [card("One"), card("Two")] } } },
      "One",
    ],
    [
      "the title of a form",
      { form: { title: "Survey", fields: [{ type: "text", name: "name", label: "Name" }] } },
      "Survey",
    ],
    [
      "nothing for a file, which has no words",
      { contentInfo: { fileUrl: "https://example.com/menu.pdf" } },
      undefined,
    ],
  ])("is %s", (_name, content, expected) => {
    expect(deriveFallbackText(content)).toBe(expected);
  });

  it("never takes more than ten SMS", () => {
    const text = deriveFallbackText({ text: "x".repeat(limits.textCharsMax) });
    expect(text).toHaveLength(limits.fallbackTextCharsMax);
  });

  it("is never cut through the middle of an emoji", () => {
    const text = deriveFallbackText({ text: `x${"😀".repeat(limits.textCharsMax / 2 - 1)}` });
    expect(text).not.toMatch(/[\uD800-\uDBFF]$/);
    expect(text).toHaveLength(limits.fallbackTextCharsMax - 1);
  });
});
