/** An instant to the minute: YYMMDDhhmm, in UTC, as delivery receipts give it. Source: SMPP 3.4, appendix B. */
export function minuteOf(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-T:]/g, "").slice(2, 12);
}
