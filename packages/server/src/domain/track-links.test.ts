import { limits, type MessageContent, messageContent } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLinks, replaceInText, replaceLinks } from "./track-links.ts";

const open = (url: string) => ({
  action: { text: "Open", postbackData: "open", openUrlAction: { url } },
});
const shorten = (url: string) => `https://r.example/l/${url.length}`;

const carousel: MessageContent = messageContent.parse({
  text: "All at https://shop.example/all.",
  richCard: {
    carouselCard: {
      cardContents: ["a", "b"].map((name) => ({
        media: { contentUrl: `https://cdn.example/${name}.jpg` },
        title: name,
        description: `See https://shop.example/${name}`,
        suggestions: [open(`https://shop.example/buy/${name}`)],
      })),
    },
  },
  suggestions: [open("https://shop.example/all"), { reply: { text: "No", postbackData: "no" } }],
});

describe("the links of a message", () => {
  it("are those in its words and behind its buttons, each once; media are none", () => {
    expect(findLinks(carousel, "SMS https://shop.example/sms").toSorted()).toEqual([
      "https://shop.example/a",
      "https://shop.example/all",
      "https://shop.example/b",
      "https://shop.example/buy/a",
      "https://shop.example/buy/b",
      "https://shop.example/sms",
    ]);
    expect(findLinks({ text: "Ask anna@example.com or shop.example" }, undefined)).toEqual([]);
  });

  it("are replaced wherever they stand, and nothing else is", () => {
    const replaced = replaceLinks(carousel, shorten);
    expect(messageContent.safeParse(replaced).success).toBe(true);
    expect(
      findLinks(replaced, undefined).every((url) => url.startsWith("https://r.example/l/")),
    ).toBe(true);
    expect(replaced.text).toBe("All at https://r.example/l/24.");
    expect(replaced.richCard?.carouselCard?.cardContents[0]?.media).toEqual(
      carousel.richCard?.carouselCard?.cardContents[0]?.media,
    );
    expect(replaceLinks(carousel, () => undefined)).toEqual(carousel);
  });

  it("stay as they are where a text would become too long", () => {
    const text = `${"x".repeat(limits.textCharsMax - 12)} http://a.co`;
    expect(text).toHaveLength(limits.textCharsMax);
    expect(replaceLinks({ text }, shorten)).toEqual({ text });
  });

  it("are found whatever stands around them, and the rest of the text stays", () => {
    const words = fc.string({ unit: fc.constantFrom("a", " ", "é", "😀", "\n", ",") });
    fc.assert(
      fc.property(words, words, (before, after) => {
        const text = `${before} https://shop.example/x?y=1 ${after}`;
        expect(replaceInText(text, 10_000, () => "S")).toBe(`${before} S ${after}`);
      }),
    );
  });
});
