/**
 * Waits between tries of one delivery, in milliseconds: about 75 hours in all.
 * Source: Standard Webhooks 1.0, "Deliverability and reliability", example schedule.
 */
export const deliveryDelaysMs: readonly number[] = [
  5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
];

/** An endpoint that has taken nothing for this long is disabled, in milliseconds (5 days). */
export const failingMsMax = 5 * 86_400_000;

/** Longest wait that an endpoint may ask for with `Retry-After`, in milliseconds (a day). */
const retryAfterMsMax = 86_400_000;

/** When a delivery that failed `attempts` times is tried again; undefined when that was the last try. */
export function nextDeliveryDelayMs(
  attempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  const delayMs = deliveryDelaysMs[attempts - 1];
  if (delayMs === undefined) return undefined;
  const askedMs = Math.min(retryAfterMs ?? 0, retryAfterMsMax);
  // Jitter only lengthens.
  return Math.ceil(Math.max(delayMs, askedMs) * (1 + random * 0.1));
}
