import { describe, expect, test } from "vitest";
import { type FileFormat, type FilePiece, type FileText, splitFile } from "./split-file.ts";

async function split(file: FileText, format: FileFormat, bytesMax = 20): Promise<FilePiece[]> {
  const pieces: FilePiece[] = [];
  for await (const piece of splitFile(file, format, bytesMax)) pieces.push(piece);
  return pieces;
}

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size);
}

const csv = 'a,b\n1,"x\ny"\n2,ä€😀\n3,"say ""so"""\n4,z';

describe("pieces of a file", () => {
  test.each([1, 3, 7, 1_000])(
    "of a CSV are whole lines under the header, by %s bytes",
    async (size) => {
      const pieces = await split(inPieces(csv, size), "csv", 15);
      expect(pieces.map(({ text }) => text)).toEqual([
        'a,b\n1,"x\ny"\n',
        "a,b\n2,ä€😀\n",
        'a,b\n3,"say ""so"""\n',
        "a,b\n4,z",
      ]);
      expect(pieces.map(({ lineCount }) => lineCount)).toEqual([2, 1, 1, 1]);
      // Line 2 of each piece is the first behind its header.
      expect(pieces.map(({ toLine }) => toLine(2))).toEqual([2, 4, 5, 6]);
    },
  );

  test("of JSON lines end where lines end, whatever the quotes", async () => {
    const file = '{"a":"\\""}\n{"b":1}\n\n{"c":1}\n';
    const pieces = await split(new TextEncoder().encode(file), "jsonl");
    expect(pieces.map(({ text }) => text)).toEqual(['{"a":"\\""}\n{"b":1}\n\n', '{"c":1}\n']);
    expect(pieces.map(({ toLine }) => toLine(1))).toEqual([1, 4]);
  });

  test("of nothing are none, and of a header alone one", async () => {
    expect(await split("", "csv")).toEqual([]);
    expect(await split("", "jsonl")).toEqual([]);
    expect((await split("a,b", "csv")).map(({ text }) => text)).toEqual(["a,b\n"]);
  });

  test("of a quote that is never closed are refused without reading the rest again for each line", async () => {
    const lines = 150_000;
    const read = split(`a\n"${"x\n".repeat(lines)}`, "csv", 2 * lines);
    await expect(read).rejects.toThrow(/Is there a quote/);
  });

  test("hold a line that is as long as may be, and none that is longer", async () => {
    expect(await split("12345678901234567890\n1\n", "jsonl")).toHaveLength(2);
    await expect(split(`a\n"${"x\n".repeat(40_000)}`, "csv")).rejects.toThrow(
      /Line 2 has more than 20 characters\. Is there a quote/,
    );
  });
});
