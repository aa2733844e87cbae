/** Milliseconds, or a number with `ms`, `s`, `m`, `h` or `d`: `"10m"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Longest duration, in milliseconds (a year). Ours: what waits longer is no conversation. */
const durationMsMax = 366 * unitMs.d;

/** A duration in milliseconds; an error names what is wrong with it. */
export function toMs(duration: Duration): number {
  const ms = typeof duration === "number" ? duration : parse(duration);
  if (ms >= 0 && ms <= durationMsMax) return Math.round(ms);
  throw new RangeError(
    `${JSON.stringify(duration)} is no duration. Give milliseconds or "30s", "10m", "2h", "1d"; at most 366d.`,
  );
}

function parse(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  // SAFETY: the pattern knows the keys of `unitMs` and no other unit.
  return Number(number) * unitMs[(unit ?? "ms") as keyof typeof unitMs];
}
