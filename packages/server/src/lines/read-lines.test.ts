import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileLine, readLines } from "./read-lines.ts";

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size);
}

async function read(text: string, format: "csv" | "jsonl", size = 7): Promise<FileLine[]> {
  const lines: FileLine[] = [];
  const options = { format, judgeColumns: () => undefined };
  for await (const line of readLines(inPieces(text, size), options)) lines.push(line);
  return lines;
}

describe("the lines of a file", () => {
  it("are the same in whatever pieces it comes", async () => {
    const values = [{ a: "ä€😀" }, { a: "x\ny", b: 1 }, []];
    const file = `\uFEFF${values.map((value) => JSON.stringify(value)).join("\r\n")}\n\n`;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (size) => {
        const lines = await read(file, "jsonl", size);
        expect(lines).toEqual(values.map((value, index) => ({ line: index + 1, value })));
      }),
    );
  });

  it("keep their number behind empty ones and quoted line breaks", async () => {
    const lines = await read('a,b\n\n"x\ny",1\n2\n', "csv");
    expect(lines).toEqual([
      { line: 4, value: { a: "x\ny", b: "1" } },
      { line: 5, problem: "It has 1 fields; the first line names 2." },
    ]);
  });

  it("that are too long are refused, and no more of them is kept than may be", async () => {
    const file = `{"a":"${"x".repeat(70_000)}"}\n{"a":1}\n"${"y".repeat(64_001)}"`;
    expect(await read(file, "jsonl", 1_000)).toEqual([
      { line: 1, problem: "It has more than 64000 characters." },
      { line: 2, value: { a: 1 } },
      { line: 3, problem: "It has more than 64000 characters." },
    ]);
    await expect(read(`a\n"${"x".repeat(70_000)}"`, "csv", 1_000)).rejects.toThrow(/no CSV/);
  });

  it.each(["csv", "jsonl"] as const)(
    "of %s that are not UTF-8 end the file with what to do",
    async (format) => {
      async function* latin1() {
        yield Buffer.from('name\n"Jos\u00e9"\n', "latin1");
      }
      const lines = readLines(latin1(), { format, judgeColumns: () => undefined });
      const readAll = async () => {
        for await (const line of lines) expect(line).toBeDefined();
      };
      await expect(readAll()).rejects.toThrow(/not UTF-8/);
    },
  );

  it.each([
    ['a\n"x', /opened and not closed/],
    ['a\n"x"y\n', /in the middle of a field/],
  ])("of a CSV with a wrong quote (%j) end it with what is wrong", async (file, words) => {
    await expect(read(file, "csv")).rejects.toThrow(words);
  });
});
