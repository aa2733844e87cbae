import type { ClaimedWatch } from "../store/store.ts";

/**
 * How long after the end of its time to live a message waits for the provider's own word of it, in
 * milliseconds. Ours: receipts come within seconds; a provider that says nothing is asked to take it back.
 */
export const expiryGraceMs = 5_000;

/** How long receipts may take to tell what became of an unknown outcome, in milliseconds. Ours: ten minutes, twice the last retry's delay. */
export const uncertainMs = 600_000;

/**
 * Until when a leg that its provider has is left alone, epoch ms: RCS until the grace after its time to live is
 * over. `undefined` for ever: an SMS is not taken back.
 */
export function leftAloneUntilMs({
  leg,
  message,
}: Pick<ClaimedWatch, "leg" | "message">): number | undefined {
  if (leg.channel === "sms" || message.expiresAtMs === null) return undefined;
  return message.expiresAtMs + expiryGraceMs;
}
