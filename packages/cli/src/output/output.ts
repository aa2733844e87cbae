import pc from "picocolors";
import type { Host, TextSink } from "../host.ts";

export type Colors = ReturnType<typeof pc.createColors>;

/** How a command speaks: to a person in words, to a program in JSON, one value a line. */
export interface Output {
  readonly isJson: boolean;
  readonly colors: Colors;
  /** One result: as JSON, or in the words that `text` finds. */
  readonly result: (value: unknown, text: () => string) => void;
  /** Something beside the result, on the error output, so that pipes stay clean. */
  readonly note: (text: string) => void;
}

export interface OutputOptions {
  readonly json?: boolean;
  /** Words even into a pipe: for what runs in the foreground and is logged. */
  readonly wordsInPipes?: boolean;
}

/** JSON when asked for, and when no person reads. */
export function createOutput(host: Host, options: OutputOptions): Output {
  const { stdout } = host;
  const isJson = options.json ?? (stdout.isTTY !== true && options.wordsInPipes !== true);
  return {
    isJson,
    colors: colorsFor(stdout, host),
    result: (value, text) => {
      stdout.write(`${isJson ? JSON.stringify(value) : text()}\n`);
    },
    note: (text) => {
      host.stderr.write(`${text}\n`);
    },
  };
}

/** Colours on a terminal, unless NO_COLOR says otherwise. Source: no-color.org. */
export function colorsFor(sink: TextSink, host: Host): Colors {
  const refused = (host.env["NO_COLOR"] ?? "") !== "";
  return pc.createColors(sink.isTTY === true && !refused);
}
