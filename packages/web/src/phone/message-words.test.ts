import { describe, expect, it } from "vitest";
import { notificationSuggestion, previewOf } from "./message-words.ts";

const reply = (text: string) => ({ reply: { text, postbackData: text } });
const card = (title: string, ...suggestions: object[]) => ({ title, suggestions });

describe("notificationSuggestion", () => {
  it("is the first chip", () => {
    const content = { text: "Today?", suggestions: [reply("Yes"), reply("No")] };
    expect(notificationSuggestion({ content, channel: "rcs" })?.text).toBe("Yes");
  });

  it("is the first button of the cards where there are no chips", () => {
    const cardContents = [card("One", reply("Take one")), card("Two", reply("Take two"))];
    const content = { richCard: { carouselCard: { cardContents } } };
    expect(notificationSuggestion({ content, channel: "rcs" })).toMatchObject({
      text: "Take one",
      index: 0,
    });
  });

  it("is none where the first shares a location, and none of an SMS", () => {
    const action = { text: "Where?", postbackData: "w", shareLocationAction: {} };
    const content = { text: "Where are you?", suggestions: [{ action }, reply("At home")] };
    expect(notificationSuggestion({ content, channel: "rcs" })).toBeUndefined();
    const sms = { text: "x", suggestions: [reply("Yes")] };
    expect(notificationSuggestion({ content: sms, channel: "sms" })).toBeUndefined();
  });
});

describe("previewOf", () => {
  it("says what a message is about, whatever it is", () => {
    const fileOf = (fileUrl: string) => ({ contentInfo: { fileUrl } });
    const cardContent = { title: "Shipped", description: "On Friday" };
    const words = [
      { text: "Hello" },
      { richCard: { standaloneCard: { cardContent } } },
      { richCard: { carouselCard: { cardContents: [card("One"), card("Two")] } } },
      fileOf("https://a.example/menu.pdf"),
      fileOf("https://a.example/hello.mp3"),
      {},
    ].map((content) => previewOf({ content }));
    expect(words).toEqual([
      "Hello",
      "Shipped\nOn Friday",
      "One, Two",
      "File",
      "Audio message",
      "New message",
    ]);
  });
});
