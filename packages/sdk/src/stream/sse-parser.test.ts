import { describe, expect, test } from "vitest";
import { createSseParser } from "./sse-parser.ts";

const text =
  ': keep-alive\n\nid: 1\nevent: message.sent\ndata: {"a":1}\n\nid:2\r\ndata: x\r\ndata:  y\r\n\r\nid: 3\r\rdata\n\n';
const blocks = [
  { id: "1", event: "message.sent", data: '{"a":1}' },
  { id: "2", event: undefined, data: "x\n y" },
  { id: "3", event: undefined, data: undefined },
  { id: undefined, event: undefined, data: "" },
];

describe("createSseParser", () => {
  test("reads every line ending, comments, joined data and blocks of an id alone", () => {
    expect(createSseParser().push(text)).toEqual(blocks);
  });

  test.each([1, 2, 3, 7])("cut into pieces of %d, the text reads the same", (size) => {
    const parser = createSseParser();
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
    expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(blocks);
  });

  test("a block that never ends is an error before it fills the memory", () => {
    const parser = createSseParser();
    const piece = `data: ${"x".repeat(1024 * 1024)}\n`;
    const pushMany = () => {
      for (let index = 0; index < 5; index += 1) parser.push(piece);
    };
    expect(pushMany).toThrow(RangeError);
  });
});
