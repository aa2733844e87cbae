/** A JSON text that was read, with where each of its values begins; or why it cannot be read, and where. */
export type PlacedJson =
  | { readonly value: unknown; readonly offsets: ReadonlyMap<string, number> }
  | { readonly error: string; readonly offset: number };

/** How deep values may be nested. Ours: far more than a message has. */
const depthMax = 60;

/** Reads JSON and remembers the offset of each value by its path, such as `richCard.standaloneCard` or `suggestions[0]`. */
export function readPlacedJson(text: string): PlacedJson {
  const reader = new Reader(text);
  try {
    const value = reader.read("", 0);
    reader.end();
    return { value, offsets: reader.offsets };
  } catch (error) {
    if (error instanceof JsonFault) return { error: error.message, offset: error.offset };
    throw error;
  }
}

/** The line and the column of an offset, both from 1. */
export function placeOf(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

class JsonFault extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Where reading has come to. */
class Reader {
  readonly offsets = new Map<string, number>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(path: string, depth: number): unknown {
    this.#skip();
    if (depth > depthMax) throw this.#fault("The JSON is nested too deeply.");
    this.offsets.set(path, this.#at);
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(path, depth);
      case "[":
        return this.#array(path, depth);
      case '"':
        return this.#string();
      case undefined:
        throw this.#fault("The JSON ends where a value should stand.");
      default:
        return this.#literal();
    }
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.#fault("Something follows the JSON.");
  }

  #object(path: string, depth: number): unknown {
    const entries: [string, unknown][] = [];
    this.#list("}", () => {
      if (this.#text[this.#at] !== '"')
        throw this.#fault("A name in double quotes should stand here.");
      const nameAt = this.#at;
      const name = this.#string();
      this.#skip();
      if (this.#text[this.#at] !== ":") throw this.#fault("A colon is missing.");
      this.#at += 1;
      const inner = path === "" ? name : `${path}.${name}`;
      entries.push([name, this.read(inner, depth + 1)]);
      this.offsets.set(inner, nameAt);
    });
    return Object.fromEntries(entries);
  }

  #array(path: string, depth: number): unknown[] {
    const values: unknown[] = [];
    this.#list("]", () => {
      values.push(this.read(`${path}[${values.length}]`, depth + 1));
    });
    return values;
  }

  /** What stands between the opening bracket and `close`, with commas between. */
  #list(close: "}" | "]", readItem: () => void): void {
    this.#at += 1;
    this.#skip();
    if (this.#text[this.#at] === close) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#skip();
      readItem();
      this.#skip();
      const next = this.#text[this.#at];
      if (next !== "," && next !== close) throw this.#fault(`A comma or ${close} is missing.`);
      this.#at += 1;
      if (next === close) return;
      this.#skip();
      if (this.#text[this.#at] === close) throw this.#fault("A comma stands before the end.");
    }
  }

  #string(): string {
    const pattern = /"(?:[^"\\\n]|\\.)*"/y;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.#fault("This text has no closing quote.");
    return String(this.#parse(found));
  }

  #literal(): unknown {
    const pattern = /[^\s,:{}[\]"]+/y;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.#fault("A value should stand here.");
    return this.#parse(found);
  }

  #parse(found: string): unknown {
    try {
      const value: unknown = JSON.parse(found);
      this.#at += found.length;
      return value;
    } catch {
      throw this.#fault(`${found.slice(0, 30)} is no JSON value.`);
    }
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #fault(message: string): JsonFault {
    return new JsonFault(message, this.#at);
  }
}
