import fc from "fast-check";
import { SegmentedMessage } from "sms-segments-calculator";
import { describe, expect, it } from "vitest";
import { segmentSms } from "./sms-segments.ts";

const gsm7 =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extension = "\f^{}\\[~]|€";
const isExtension = (character: string) => extension.includes(character);

/** Texts of GSM-7, about a third of them extension characters. */
const aGsmText = textOf(
  fc.oneof(fc.constantFrom(...gsm7, ...gsm7), fc.constantFrom(...extension)),
  500,
);
/** Letters and emoji, each of which is one character to the eye. */
const aPlainText = textOf(fc.constantFrom(..."abc xyz0ñ€[Ж中", "😀", "🚚"), 400);
const anyText = fc.oneof(aGsmText, aPlainText, fc.string({ unit: "binary", maxLength: 400 }));

function textOf(unit: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit, maxLength });
}

/** Octets of user data that a part takes, with the header of six in each of several. */
function octetsOf(part: string, encoding: string, isOneOfSeveral: boolean): number {
  const header = isOneOfSeveral ? 6 : 0;
  if (encoding === "UCS-2") return header + part.length * 2;
  const septets = [...part].reduce((sum, one) => sum + (isExtension(one) ? 2 : 1), 0);
  return header + Math.ceil((septets * 7) / 8);
}

describe("a text sent as SMS", () => {
  it.each([
    ["nothing", "", "GSM-7", 1],
    ["160 letters", "a".repeat(160), "GSM-7", 1],
    ["161 letters", "a".repeat(161), "GSM-7", 2],
    ["2 × 153 letters", "a".repeat(306), "GSM-7", 2],
    ["2 × 153 + 1 letters", "a".repeat(307), "GSM-7", 3],
    ["80 euro signs, two septets each", "€".repeat(80), "GSM-7", 1],
    ["81 euro signs", "€".repeat(81), "GSM-7", 2],
    ["70 units of another script", "Ж".repeat(70), "UCS-2", 1],
    ["71 units of another script", "Ж".repeat(71), "UCS-2", 2],
    ["35 emoji, two units each", "😀".repeat(35), "UCS-2", 1],
    ["36 emoji", "😀".repeat(36), "UCS-2", 2],
    ["one letter that GSM-7 lacks", `${"a".repeat(69)}ç`, "UCS-2", 1],
  ])("of %s takes the parts that the standard says", (_name, text, encoding, parts) => {
    expect(segmentSms(text)).toMatchObject({ encoding, parts });
  });

  it("is whole again when its parts are joined", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { texts, parts } = segmentSms(text);
        expect(texts.join("")).toBe(text);
        expect(texts).toHaveLength(parts);
      }),
    );
  });

  it("never has a part of more than 140 octets, nor one that the next could still have joined", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { encoding, texts } = segmentSms(text);
        for (const [index, part] of texts.entries()) {
          const several = texts.length > 1;
          expect(octetsOf(part, encoding, several)).toBeLessThanOrEqual(140);
          const [first] = texts[index + 1] ?? [];
          if (first !== undefined) {
            expect(octetsOf(part + first, encoding, several)).toBeGreaterThan(140);
          }
        }
      }),
    );
  });

  it("never has a part that begins or ends in the middle of a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        for (const part of segmentSms(text).texts) {
          expect(part).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
        }
      }),
    );
    // 152 septets are taken: escape and euro sign would fill the 153rd and the next part's first.
    expect(segmentSms(`${"a".repeat(152)}€${"b".repeat(9)}`).texts).toEqual([
      "a".repeat(152),
      `€${"b".repeat(9)}`,
    ]);
    expect(segmentSms(`${"Ж".repeat(66)}😀${"Ж".repeat(9)}`).texts).toEqual([
      "Ж".repeat(66),
      `😀${"Ж".repeat(9)}`,
    ]);
  });
});

describe("beside Twilio's calculator", () => {
  const theirs = (text: string) => {
    const message = new SegmentedMessage(text);
    return { encoding: message.encodingName, parts: message.segments.length };
  };

  it("it comes to the same where a character to the eye is one code point", () => {
    fc.assert(
      fc.property(fc.oneof(aGsmText, aPlainText), (text) => {
        const { encoding, parts } = segmentSms(text);
        expect({ encoding, parts }).toEqual(theirs(text));
      }),
    );
  });

  it("it stays within 140 octets where the library keeps marks with their letter at any price", () => {
    const piledUp = `a${"\u0301".repeat(140)}`;
    expect(segmentSms(piledUp).texts.map((part) => part.length)).toEqual([67, 67, 7]);
    // If this fails the library was repaired: read decision record 0017 again.
    const segments = new SegmentedMessage(piledUp).segments;
    expect(Math.max(...segments.map((one) => one.sizeInBits()))).toBeGreaterThan(140 * 8);
  });
});
