import { describe, expect, it } from "vitest";
import { linkText } from "./link-text.ts";

describe("linkText", () => {
  it("links what looks like a web address and keeps the punctuation behind it as text", () => {
    expect(linkText("Track it at https://example.com/t/1. Thanks!")).toEqual([
      { text: "Track it at " },
      { text: "https://example.com/t/1", href: "https://example.com/t/1" },
      { text: ". Thanks!" },
    ]);
  });

  it("leaves markup and other schemes as text", () => {
    const text = "<b>hi</b> javascript:alert(1)";
    expect(linkText(text)).toEqual([{ text }]);
  });

  it.each(["", "https://a.example", "a https://b.example, https://c.example)", "https://"])(
    "loses no character of %j",
    (text) => {
      expect(
        linkText(text)
          .map((run) => run.text)
          .join(""),
      ).toBe(text);
    },
  );
});
