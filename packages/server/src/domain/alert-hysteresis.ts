import type { AlertKind, Mode } from "@richline/contract";

/** What an alert is about; at most one is open of each. */
export interface AlertKey {
  readonly mode: Mode;
  readonly kind: AlertKind;
  /** The provider, the endpoint, or `messages`. */
  readonly subject: string;
}

/** How many evaluations in a row found something bad, or found something open to be good again. */
export type Streaks = ReadonlyMap<string, number>;

/** Evaluations in a row that open and close an alert. Ours: half a minute of trouble, and longer of peace. */
const badToOpen = 2;
const goodToClose = 3;

/** Which alerts open and close now, so that what swings does not ring each time. */
export function weigh<Found extends AlertKey, Open extends AlertKey>(
  streaks: Streaks,
  found: readonly Found[],
  open: readonly Open[],
): {
  readonly streaks: Streaks;
  readonly opened: readonly Found[];
  readonly closed: readonly Open[];
} {
  const foundKeys = new Set(found.map(keyOf));
  const openKeys = new Set(open.map(keyOf));
  const bad = found.filter((one) => !openKeys.has(keyOf(one)));
  const good = open.filter((one) => !foundKeys.has(keyOf(one)));
  // Whatever is neither begins anew when it comes again.
  const next = new Map(
    [...bad, ...good].map((one) => [keyOf(one), (streaks.get(keyOf(one)) ?? 0) + 1]),
  );
  const lasts = (one: AlertKey, least: number) => (next.get(keyOf(one)) ?? 0) >= least;
  const opened = bad.filter((one) => lasts(one, badToOpen));
  const closed = good.filter((one) => lasts(one, goodToClose));
  for (const one of [...opened, ...closed]) next.delete(keyOf(one));
  return { streaks: next, opened, closed };
}

function keyOf({ mode, kind, subject }: AlertKey): string {
  return `${mode} ${kind} ${subject}`;
}
