import { type MessageContent, messageContent, type Suggestion } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveFallback } from "./fallback-text.ts";
import { matchNumberedReply } from "./numbered-replies.ts";

const reply = (text: string, postbackData = `chose ${text}`): Suggestion => ({
  reply: { text, postbackData },
});
const sent = (content: MessageContent, sentText = deriveFallback(content).text ?? "") => ({
  content,
  sentText,
});
const chosen = (shown: Parameters<typeof matchNumberedReply>[0], written: string) =>
  matchNumberedReply(shown, written)?.postbackData;

const question = { text: "Still coming?", suggestions: [reply("Yes"), reply("No, sorry")] };

describe("a number or a label written by SMS", () => {
  it.each([
    ["1", "chose Yes"],
    [" 2 ", "chose No, sorry"],
    ["2.", "chose No, sorry"],
    ["1)", "chose Yes"],
    ["1 .", "chose Yes"],
    ["１", "chose Yes"],
    ["yes", "chose Yes"],
    ["YES!", "chose Yes"],
    ["no,  sorry.", "chose No, sorry"],
  ])("%j is the reply that the SMS showed", (written, postbackData) => {
    expect(chosen(sent(question), written)).toBe(postbackData);
  });

  it.each([
    "0",
    "3",
    "01",
    "1 please",
    "option 1",
    "#1",
    "1..",
    "11",
    "-1",
    "1.5",
    "yes please",
    "",
    ".",
  ])("%j is words", (written) => {
    expect(chosen(sent(question), written)).toBeUndefined();
  });

  it("a list of more than three is numbered a line each, and answered the same", () => {
    const labels = ["Red", "Green", "Blue", "Black"];
    const content = { text: "Which?", suggestions: labels.map((label) => reply(label)) };
    expect(chosen(sent(content), "4")).toBe("chose Black");
  });

  it("counts the replies of a single card before the chips, and leaves buttons out", () => {
    const content = messageContent.parse({
      richCard: {
        standaloneCard: {
          cardContent: {
            title: "Lunch",
            suggestions: [
              { action: { text: "Map", postbackData: "map", viewLocationAction: { query: "x" } } },
              reply("Soup"),
            ],
          },
        },
      },
      suggestions: [reply("Salad")],
    });
    expect(["1", "2", "3"].map((number) => chosen(sent(content), number))).toEqual([
      "chose Soup",
      "chose Salad",
      undefined,
    ]);
  });

  it("means nothing for the cards of a carousel, which the SMS does not number", () => {
    const card = (title: string) => ({ title, suggestions: [reply(`Take ${title}`)] });
    const content = messageContent.parse({
      richCard: { carouselCard: { cardContents: [card("A"), card("B")] } },
    });
    expect(chosen(sent(content), "1")).toBeUndefined();
    expect(chosen(sent(content), "Take A")).toBeUndefined();
    const withChips = { ...content, suggestions: [reply("Neither")] };
    expect(chosen(sent(withChips), "1")).toBe("chose Neither");
  });

  it("means nothing where the SMS did not show the list", () => {
    expect(chosen(sent(question, "Still coming? Call us."), "1")).toBeUndefined();
    expect(chosen(sent(question, "Still coming? Call us."), "Yes")).toBeUndefined();
    const beside = messageContent.parse({
      text: "Lunch?",
      richCard: { standaloneCard: { cardContent: { title: "L", suggestions: [reply("Soup")] } } },
    });
    expect(chosen(sent(beside), "1")).toBeUndefined();
  });

  it("means what it says where the author's own text holds the list", () => {
    const own = "Table at 8. Still coming?\r\nReply 1 for Yes, 2 for No, sorry\nThank you";
    expect(chosen(sent(question, own), "2")).toBe("chose No, sorry");
  });

  it("a list that was cut off to fit is not there", () => {
    const content = { text: "x".repeat(1_520), suggestions: [reply("Yes"), reply("No")] };
    expect(chosen(sent(content), "1")).toBeUndefined();
  });

  it("the number in front wins over a label that is a number; a label that two share chooses neither", () => {
    const numbers = { text: "How many?", suggestions: [reply("2"), reply("1")] };
    expect(chosen(sent(numbers), "1")).toBe("chose 2");
    const twins = { text: "Which?", suggestions: [reply("Yes", "a"), reply("yes", "b")] };
    expect(chosen(sent(twins), "Yes")).toBeUndefined();
    expect(chosen(sent(twins), "2")).toBe("b");
  });
});

const label = fc.string({ minLength: 1, maxLength: 25 }).filter((text) => text.trim() !== "");

it("every number that a derived text shows chooses its reply, and none beyond it", () => {
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 11 }), (labels) => {
      const suggestions = labels.map((text, index) => reply(text, `chose ${index}`));
      const shown = sent({ text: "Which?", suggestions });
      for (const index of labels.keys()) {
        expect(chosen(shown, String(index + 1))).toBe(`chose ${index}`);
      }
      const beyond = String(labels.length + 1);
      const isLabel = labels.some((text) => text.normalize("NFKC").includes(beyond));
      if (!isLabel) expect(chosen(shown, beyond)).toBeUndefined();
    }),
  );
});

it("any words over any text never throw, and choose only what is offered", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (sentText, written) => {
      const found = matchNumberedReply({ content: question, sentText }, written);
      expect(found === undefined || sentText.includes("Reply 1 for")).toBe(true);
    }),
  );
});
