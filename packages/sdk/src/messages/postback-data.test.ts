import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePostback, encodePostback, type PostbackObject } from "./postback-data.ts";

const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);
const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });

describe("an object as postback data", () => {
  test("comes back as it went", () => {
    fc.assert(
      fc.property(word, fc.dictionary(fc.string(), json), (type, rest) => {
        // SAFETY: fast-check makes JSON; -0 is the one number that JSON does not keep.
        const data = { ...JSON.parse(JSON.stringify(rest)), type } as PostbackObject;
        let encoded: string;
        try {
          encoded = encodePostback("data", data);
        } catch (error) {
          expect(String(error)).toContain("the limit is 2048");
          return;
        }
        expect(decodePostback(encoded)).toEqual(data);
      }),
    );
  });

  test("is short: the type stands beside the rest, and alone where there is none", () => {
    expect(encodePostback("data", { type: "buy", sku: "A1" })).toBe('rl1~buy~{"sku":"A1"}');
    expect(encodePostback("data", { type: "stop" })).toBe("rl1~stop");
    expect(encodePostback("data", { type: "stop", why: undefined })).toBe("rl1~stop");
  });

  test("is refused when it is too long, with the limit", () => {
    expect(() => encodePostback("reply.data", { type: "a", text: "x".repeat(2048) })).toThrow(
      /^reply\.data has \d+ characters; the limit is 2048/,
    );
  });

  test.each([
    ["data.when", { type: "a", when: new Date() }],
    ["data.list[1]", { type: "a", list: [1, Number.NaN] }],
    ["data.list[0]", { type: "a", list: [undefined] }],
    ["data.big", { type: "a", big: 1n }],
    ["data.type", { type: "two words" }],
    ["data.type", {}],
  ])("%s that JSON would change is refused by its name", (field, data) => {
    // SAFETY: what plain JavaScript can hand in, the types do not allow.
    expect(() => encodePostback("data", data as unknown as PostbackObject)).toThrow(field);
  });
});

describe("a string as postback data", () => {
  test("stays a string, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300 }), (data) => {
        fc.pre(!data.startsWith("rl1~"));
        expect(encodePostback("data", data)).toBe(data);
        expect(decodePostback(data)).toBeUndefined();
      }),
    );
  });

  test("that would come back as an object is refused", () => {
    expect(() => encodePostback("data", "rl1~buy")).toThrow("Give the object");
  });

  test.each([
    "rl1~",
    "rl1~two words",
    "rl1~a~",
    "rl1~a~[1]",
    "rl1~a~null",
    "rl1~a~{",
    'rl1~a~{"type":"b"}',
    `rl1~a~{"x":"${"x".repeat(2048)}"}`,
    "rl2~a",
  ])("%s was not encoded by a builder and is no object", (data) => {
    expect(decodePostback(data)).toBeUndefined();
  });
});
