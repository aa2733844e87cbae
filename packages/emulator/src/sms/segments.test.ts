import { describe, expect, test } from "vitest";
import { encodingOf, splitSms } from "./segments.ts";

describe("a text", () => {
  test.each([
    ["160 letters", "a".repeat(160), [160]],
    ["161 letters", "a".repeat(161), [153, 8]],
    ["80 euro signs, which cost two each", "€".repeat(80), [80]],
    ["a euro sign at the end of a part", `${"a".repeat(152)}€${"a".repeat(20)}`, [152, 21]],
    ["70 letters beyond GSM", "ж".repeat(70), [70]],
    ["71 letters beyond GSM", "ж".repeat(71), [67, 4]],
    ["an emoji at the end of a part", `${"ж".repeat(66)}😀${"ж".repeat(10)}`, [66, 12]],
    ["nothing", "", [0]],
  ])("of %s is split so that nothing is torn apart", (_title, text, lengths) => {
    const parts = splitSms(text);
    expect(parts.map((part) => part.length)).toEqual(lengths);
    expect(parts.join("")).toBe(text);
  });

  test("is GSM unless one character is not", () => {
    expect(encodingOf("Zażółć")).toBe("ucs2");
    expect(encodingOf("{Ça coûte}")).toBe("ucs2");
    expect(encodingOf("{Ñandú}".replace("ú", "ù"))).toBe("gsm7");
  });
});
