import type { MessageContent, Suggestion } from "@richline/contract";
import { describe, expect, it } from "vitest";
import { matchSuggestion, suggestionsOf } from "./suggestions.ts";

const reply = (postbackData: string): Suggestion => ({ reply: { text: "Yes", postbackData } });
const action = (postbackData: string, url?: string): Suggestion => ({
  action: {
    text: "See details",
    postbackData,
    ...(url === undefined ? {} : { openUrlAction: { url } }),
  },
});

const aCarousel: MessageContent = {
  richCard: {
    carouselCard: {
      cardContents: [
        { title: "One", suggestions: [action("one")] },
        { title: "Two" },
        { title: "Three", suggestions: [reply("three"), action("open", "https://example.com/3")] },
      ],
    },
  },
  suggestions: [reply("chip")],
};

describe("a tap", () => {
  it("on an action without a kind is an action, though it travels as a reply", () => {
    const content: MessageContent = { text: "Look", suggestions: [action("product_123")] };
    expect(matchSuggestion(content, "product_123")).toEqual({
      interactionType: "ACTION_TAPPED",
      text: "See details",
      uri: undefined,
    });
  });

  it("on an action that opens a page says which", () => {
    expect(matchSuggestion(aCarousel, "open")).toEqual({
      interactionType: "ACTION_TAPPED",
      text: "See details",
      uri: "https://example.com/3",
    });
  });

  it("on a reply is a reply, in a card as well as under the message", () => {
    const expected = { interactionType: "REPLY_TAPPED", text: "Yes", uri: undefined };
    expect(matchSuggestion(aCarousel, "three")).toEqual(expected);
    expect(matchSuggestion(aCarousel, "chip")).toEqual(expected);
  });

  it("that the message never offered matches nothing", () => {
    expect(matchSuggestion(aCarousel, "else")).toBeUndefined();
    expect(matchSuggestion({ text: "Hello" }, "")).toBeUndefined();
  });

  it("on data that two suggestions share is the one that is shown first", () => {
    const content: MessageContent = { text: "Look", suggestions: [action("same"), reply("same")] };
    expect(matchSuggestion(content, "same")?.interactionType).toBe("ACTION_TAPPED");
  });
});

describe("suggestions", () => {
  it("are listed as they are shown: card by card, then the chips", () => {
    const data = suggestionsOf(aCarousel).map(
      (one) => one.reply?.postbackData ?? one.action?.postbackData,
    );
    expect(data).toEqual(["one", "three", "open", "chip"]);
  });

  it("of a single card come before the chips too", () => {
    const content: MessageContent = {
      richCard: { standaloneCard: { cardContent: { title: "One", suggestions: [reply("a")] } } },
      suggestions: [reply("b")],
    };
    expect(suggestionsOf(content)).toEqual([reply("a"), reply("b")]);
  });
});
