import { type MessageContent, messageContent } from "@richline/contract";
import { describe, expect, it } from "vitest";
import { matchFormButton, toFormCard } from "./form-card.ts";

const url = "https://rcs.example/f/AAAAAAAAAAAAAAAAAAAAAA";
const aMessage = (form: object = {}, rest: object = {}) => ({
  id: "msg_1",
  content: messageContent.parse({
    form: { title: "Survey", fields: [{ type: "text", name: "name", label: "Name" }], ...form },
    ...rest,
  }),
});

describe("the card of a form", () => {
  it("has its words, and one button that opens its page in a webview", () => {
    const message = aMessage({ description: "Two questions", openLabel: "Begin" });
    expect(toFormCard(message, url, [])).toEqual({
      richCard: {
        standaloneCard: {
          cardContent: {
            title: "Survey",
            description: "Two questions",
            suggestions: [
              {
                action: {
                  text: "Begin",
                  postbackData: "form:msg_1",
                  openUrlAction: {
                    url,
                    application: "WEBVIEW",
                    webviewViewMode: "TALL",
                    description: "Survey",
                  },
                },
              },
            ],
          },
        },
      },
    });
  });

  it("is a message that the gateway itself would accept, with the chips beside it", () => {
    const chips = [{ reply: { text: "Later", postbackData: "later" } }];
    const card = toFormCard(aMessage({}, { suggestions: chips, text: "Survey" }), url, []);
    expect(messageContent.safeParse(card).success).toBe(true);
    expect(card).toMatchObject({ suggestions: chips, text: "Survey" });
    expect(card.form).toBeUndefined();
  });

  it("is in the language that the person prefers, and else in the first", () => {
    const message = aMessage({ title: { en: "Survey", "pt-BR": "Pesquisa" } });
    const titleFor = (...wanted: string[]) =>
      toFormCard(message, url, wanted).richCard?.standaloneCard?.cardContent.title;
    expect(titleFor("pt-PT")).toBe("Pesquisa");
    expect(titleFor("ja", "pt")).toBe("Pesquisa");
    expect(titleFor("ja")).toBe("Survey");
    expect(titleFor()).toBe("Survey");
  });

  it("leaves other messages as they are", () => {
    const content: MessageContent = { text: "Hello" };
    expect(toFormCard({ id: "msg_1", content }, url, [])).toBe(content);
  });

  it("tells its button from those of other forms, and keeps its address to itself", () => {
    expect(matchFormButton(aMessage(), "form:msg_1")).toEqual({
      interactionType: "ACTION_TAPPED",
      text: "Open form",
      uri: undefined,
    });
    expect(matchFormButton(aMessage(), "form:msg_2")).toBeUndefined();
    expect(matchFormButton({ id: "msg_1", content: { text: "x" } }, "form:msg_1")).toBeUndefined();
  });
});
