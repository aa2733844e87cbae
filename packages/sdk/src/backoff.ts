/** The first wait, in milliseconds. Ours: long enough for a restart behind a load balancer, short enough not to be felt. */
const firstDelayMs = 500;

/** The wait before try number `retry` (0 is the first repeat): it doubles up to `delayMsMax`; up to a quarter of jitter comes on top. */
export function backoffMs(retry: number, delayMsMax: number, random: () => number): number {
  const delayMs = Math.min(firstDelayMs * 2 ** Math.min(retry, 20), delayMsMax);
  return Math.round(delayMs * (1 + random() / 4));
}

/** `Retry-After` in milliseconds: seconds or an HTTP date. Nothing when absent or unreadable. Source: RFC 9110, 10.2.3. */
export function retryAfterMs(headers: Headers, nowMs = Date.now()): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^[0-9]+$/.test(value)) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
