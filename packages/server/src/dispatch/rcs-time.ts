import type { ClaimedSend } from "../store/store.ts";

type Claim = Pick<ClaimedSend, "message" | "leg">;

/** When the time ends in which this leg may be tried, epoch ms; `undefined` for none. It is RCS's time: an SMS that follows has its own. */
export function endOfTimeMs({ message, leg }: Claim): number | undefined {
  const isFallback = leg.channel === "sms" && leg.index > 0;
  return isFallback ? undefined : (message.expiresAtMs ?? undefined);
}

export function hasExpired(claim: Claim, nowMs: number): boolean {
  const endMs = endOfTimeMs(claim);
  return endMs !== undefined && endMs <= nowMs;
}

/** A message that waits is looked at when its time ends, so that its SMS does not come as late as its next retry. */
export function beforeExpiry(claim: Claim, dueAtMs: number): number {
  return Math.min(dueAtMs, endOfTimeMs(claim) ?? dueAtMs);
}
