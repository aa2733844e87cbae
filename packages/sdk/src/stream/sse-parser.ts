/** One block of an event stream. A block with an id and no data still moves the cursor on. Source: WHATWG HTML, 9.2.6. */
export interface SseBlock {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
}

export interface SseParser {
  /** Takes the next piece of text and answers the blocks that it completes. */
  readonly push: (chunk: string) => readonly SseBlock[];
}

/** Longest block, in characters (4 Mi): sixteen of the largest messages. What is longer is not our stream. */
const blockCharsMax = 4 * 1024 * 1024;

interface PendingBlock {
  id: string | undefined;
  event: string | undefined;
  data: string[];
  chars: number;
}

/**
 * Reads server-sent events out of text that is cut anywhere, in the middle of a line ending too.
 * Written by hand because the SDK has no dependencies, and `EventSource` cannot send an Authorization header.
 */
export function createSseParser(): SseParser {
  let rest = "";
  let pending = emptyBlock();
  return {
    push: (chunk) => {
      const { lines, tail } = splitLines(rest + chunk);
      rest = tail;
      const blocks: SseBlock[] = [];
      for (const line of lines) {
        if (line !== "") {
          addLine(pending, line);
          continue;
        }
        const block = finish(pending);
        if (block !== undefined) blocks.push(block);
        pending = emptyBlock();
      }
      if (rest.length + pending.chars > blockCharsMax)
        throw new RangeError("An event is too long.");
      return blocks;
    },
  };
}

function emptyBlock(): PendingBlock {
  return { id: undefined, event: undefined, data: [], chars: 0 };
}

/** Whole lines, and what is left. A final CR is left too: the LF of the same ending may come next. */
function splitLines(text: string): { readonly lines: readonly string[]; readonly tail: string } {
  const held = text.endsWith("\r") ? "\r" : "";
  const parts = text.slice(0, text.length - held.length).split(/\r\n|\n|\r/);
  const last = parts.pop() ?? "";
  return { lines: parts, tail: last + held };
}

function addLine(block: PendingBlock, line: string): void {
  block.chars += line.length;
  const colon = line.indexOf(":");
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (field === "data") block.data.push(value);
  if (field === "event") block.event = value;
  if (field === "id" && !value.includes("\0")) block.id = value;
}

/** A comment alone, such as a keep-alive, is no block. */
function finish({ id, event, data }: PendingBlock): SseBlock | undefined {
  if (id === undefined && data.length === 0) return undefined;
  return { id, event, data: data.length === 0 ? undefined : data.join("\n") };
}
