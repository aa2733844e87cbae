import type { Reservation } from "../kernel/lane.ts";
import { agentBucket, providerBucket, type RateLimiter } from "../kernel/rate-limiter.ts";
import type { ClaimedSend } from "../store/store.ts";

/** Permissions for the calls of one send, one after the other. The first came with the claim. */
export interface SendPermits {
  /** The call before was answered; waits for permission to make one more. */
  next(waitMsMax: number): Promise<boolean>;
  /** The last call was answered or given up. */
  release(): void;
}

/** A send needs room at its agent and at its provider. What takes a message back does not: providers limit messages. */
export function bucketsOf(agentId: string, provider: string): readonly string[] {
  return [providerBucket(provider), agentBucket(agentId)];
}

interface PermitsOptions {
  readonly rateLimiter: RateLimiter;
  readonly signal: AbortSignal;
}

/** One at a time is held, so that a message of more calls than the limit gets them all, and none waits for itself. */
export function createSendPermits(
  { rateLimiter, signal }: PermitsOptions,
  { message, leg }: ClaimedSend,
  first: Reservation,
): SendPermits {
  const buckets = bucketsOf(message.agentId, leg.provider);
  let current = first;
  return {
    next: async (waitMsMax) => {
      current.release();
      const next = await rateLimiter.acquire(buckets, { waitMsMax, signal });
      if (next !== undefined) current = next;
      return next !== undefined;
    },
    release: () => current.release(),
  };
}
