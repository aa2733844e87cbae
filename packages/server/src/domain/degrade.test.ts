import type { MessageContent, Suggestion } from "@richline/contract";
import { describe, expect, it } from "vitest";
import { degrade, type Feature, features } from "./degrade.ts";

const reply: Suggestion = { reply: { text: "Yes", postbackData: "yes" } };
const link: Suggestion = {
  action: { text: "Open", postbackData: "open", openUrlAction: { url: "https://example.com" } },
};
const webview: Suggestion = {
  action: {
    text: "Book",
    postbackData: "book",
    openUrlAction: {
      url: "https://example.com/book",
      application: "WEBVIEW",
      webviewViewMode: "TALL",
    },
  },
};
const dial: Suggestion = {
  action: { text: "Call", postbackData: "call", dialAction: { phoneNumber: "+12025550123" } },
};
const card: MessageContent = {
  richCard: {
    standaloneCard: {
      cardOrientation: "VERTICAL",
      cardContent: { title: "Shoes", suggestions: [webview, dial] },
    },
  },
  suggestions: [reply, link],
};
const carousel: MessageContent = {
  richCard: {
    carouselCard: { cardWidth: "MEDIUM", cardContents: [{ title: "One" }, { title: "Two" }] },
  },
  suggestions: [reply],
};
const without = (...lacking: readonly Feature[]) =>
  features.filter((feature) => !lacking.includes(feature));

describe("a handset that can do everything", () => {
  it.each([card, carousel, { text: "Hello", suggestions: [link] }])(
    "shows the content as it was written",
    (content) => {
      expect(degrade(content, features, "words")).toEqual({ content, missing: [] });
    },
  );
});

describe("a handset that lacks", () => {
  it("webviews opens the page in the browser", () => {
    const degraded = degrade(card, without("ACTION_OPEN_URL_IN_WEBVIEW"), null);
    expect(degraded?.missing).toEqual(["ACTION_OPEN_URL_IN_WEBVIEW"]);
    const [book] = degraded?.content.richCard?.standaloneCard?.cardContent.suggestions ?? [];
    expect(book).toEqual({
      action: {
        text: "Book",
        postbackData: "book",
        openUrlAction: { url: "https://example.com/book", application: "BROWSER" },
      },
    });
  });

  it("an action goes without it, and keeps the others", () => {
    const degraded = degrade(card, without("ACTION_DIAL"), null);
    expect(degraded?.missing).toEqual(["ACTION_DIAL"]);
    expect(degraded?.content.richCard?.standaloneCard?.cardContent.suggestions).toEqual([webview]);
  });

  it("carousels shows the words of all cards, with the chips", () => {
    expect(degrade(carousel, without("RICHCARD_CAROUSEL"), "One\nTwo")).toEqual({
      content: { text: "One\nTwo", suggestions: [reply] },
      missing: ["RICHCARD_CAROUSEL"],
    });
  });

  it("everything but text shows text and replies", () => {
    expect(degrade(card, [], "Shoes")?.content).toEqual({ text: "Shoes", suggestions: [reply] });
  });

  it("cards cannot show one that has no words", () => {
    expect(degrade(carousel, [], null)).toBeUndefined();
  });
});
