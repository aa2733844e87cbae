import type { Host } from "../host.ts";

/** Shows a person how far long work has come; says nothing to a program. */
export interface Progress {
  readonly show: (done: number) => void;
  /** Takes the line away again. */
  readonly end: () => void;
}

const barCharsMax = 30;
const clearLine = "\r\u001b[K";

/** One line on the error output that is written over again and again. Without `total` it counts. */
export function createProgress(host: Host, total: number | undefined): Progress {
  const { stderr } = host;
  if (stderr.isTTY !== true) return { show: () => undefined, end: () => undefined };
  return {
    show: (done) => stderr.write(`${clearLine}${describe(done, total)}`),
    end: () => stderr.write(clearLine),
  };
}

function describe(done: number, total: number | undefined): string {
  if (total === undefined) return `${done} so far`;
  const filled = Math.round((Math.min(done, total) / Math.max(total, 1)) * barCharsMax);
  return `${"█".repeat(filled)}${"░".repeat(barCharsMax - filled)} ${done} of ${total}`;
}
