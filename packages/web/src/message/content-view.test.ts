import { describe, expect, it } from "vitest";
import { type BodyView, readContent } from "./content-view.ts";

const reply = (text: string) => ({ reply: { text, postbackData: `${text}_data` } });
const noUploads = () => undefined;

function buttonsOf(body: BodyView) {
  if (body.kind === "card") return [body.card.suggestions];
  return body.kind === "carousel" ? body.cards.map((card) => card.suggestions) : [];
}

describe("the index of a suggestion", () => {
  it("counts the buttons of a carousel card by card, then the chips", () => {
    const view = readContent(
      {
        richCard: {
          carouselCard: {
            cardContents: [
              { title: "A", suggestions: [reply("a0"), reply("a1")] },
              { title: "B" },
              { title: "C", suggestions: [reply("c0")] },
            ],
          },
        },
        suggestions: [reply("chip0"), reply("chip1")],
      },
      noUploads,
    );
    const labelled = [...buttonsOf(view.body).flat(), ...view.chips].map((one) => [
      one.index,
      one.text,
    ]);
    expect(labelled).toEqual([
      [0, "a0"],
      [1, "a1"],
      [2, "c0"],
      [3, "chip0"],
      [4, "chip1"],
    ]);
  });

  it("counts a standalone card's buttons before the chips", () => {
    const card = { title: "T", suggestions: [reply("button")] };
    const view = readContent(
      { richCard: { standaloneCard: { cardContent: card } }, suggestions: [reply("chip")] },
      noUploads,
    );
    expect(buttonsOf(view.body).flat()[0]?.index).toBe(0);
    expect(view.chips[0]?.index).toBe(1);
  });

  it("starts at 0 for the chips of a text", () => {
    const view = readContent({ text: "Hi", suggestions: [reply("Yes"), reply("No")] }, noUploads);
    expect(view.chips.map((chip) => chip.index)).toEqual([0, 1]);
  });

  it("is not moved by a suggestion that cannot be read", () => {
    const view = readContent({ text: "Hi", suggestions: [{ odd: true }, reply("No")] }, noUploads);
    expect(view.chips.map((chip) => [chip.index, chip.text])).toEqual([[1, "No"]]);
  });
});

describe("readContent", () => {
  it.each([undefined, null, 7, "x", [], {}, { richCard: 3 }, { richCard: { standaloneCard: [] } }])(
    "reads %j as something it cannot show, and does not throw",
    (value) => {
      expect(readContent(value, noUploads)).toEqual({ body: { kind: "unknown" }, chips: [] });
    },
  );

  it("takes media by contentInfo, by contentUrl and by upload", () => {
    const urlOf = (media: unknown) => {
      const content = { richCard: { standaloneCard: { cardContent: { media } } } };
      const { body } = readContent(content, (name) => `/_emulator/${name}`);
      return body.kind === "card" ? body.card.media?.url : undefined;
    };
    expect(urlOf({ contentInfo: { fileUrl: "https://a.example/1.png" } })).toBe(
      "https://a.example/1.png",
    );
    expect(urlOf({ contentUrl: "https://a.example/2.png" })).toBe("https://a.example/2.png");
    expect(urlOf({ uploadedRbmFile: { fileName: "files/uid" } })).toBe("/_emulator/files/uid");
    expect(urlOf({ contentInfo: { fileUrl: "javascript:alert(1)" } })).toBeUndefined();
  });

  it("puts the picture of a horizontal card left unless it says right", () => {
    const layoutOf = (card: object) => {
      const content = { richCard: { standaloneCard: { ...card, cardContent: { title: "T" } } } };
      const { body } = readContent(content, noUploads);
      return body.kind === "card" ? body.layout : undefined;
    };
    expect(layoutOf({})).toBe("vertical");
    expect(layoutOf({ cardOrientation: "HORIZONTAL" })).toBe("image-left");
    expect(layoutOf({ cardOrientation: "HORIZONTAL", thumbnailImageAlignment: "RIGHT" })).toBe(
      "image-right",
    );
  });

  it("opens no URL that is neither http nor https", () => {
    const action = {
      text: "Go",
      postbackData: "go",
      openUrlAction: { url: "javascript:alert(1)" },
    };
    const view = readContent({ text: "Hi", suggestions: [{ action }] }, noUploads);
    expect(view.chips[0]?.action).toMatchObject({ kind: "open-url", url: undefined });
  });

  it("reads an action with no kind as a plain postback", () => {
    const action = { text: "See details", postbackData: "product_123" };
    const view = readContent({ text: "Hi", suggestions: [{ action }] }, noUploads);
    expect(view.chips[0]?.action).toEqual({ kind: "postback" });
  });
});
