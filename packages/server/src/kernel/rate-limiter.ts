import type { LaneGate, Reservation } from "./lane.ts";

/** Keeps limits over all nodes. A bucket is what has a limit: a provider, an agent or an API key. */
export interface RateLimiter {
  /** Lets jobs go that need a slot of each of these buckets. */
  gate(buckets: readonly string[], options: GateOptions): LaneGate;
  /** The same for urgent jobs: some room is kept for those, and where that is used up they wait ahead of the others. */
  urgentGate(buckets: readonly string[], options: GateOptions): LaneGate;
  /**
   * A slot of each of these buckets for one more call of a job under way, ahead of all that would begin anew; at
   * once where nothing is limited. Undefined when none comes within `waitMsMax`, or before `signal` aborts.
   */
  acquire(buckets: readonly string[], options: AcquireOptions): Promise<Reservation | undefined>;
  /** The provider behind a bucket has asked for patience: nothing for `retryAfterMs` (1 s when not given), and then less. */
  slowDown(bucket: string, retryAfterMs: number | undefined): void;
  /** Whether something that happens now, such as a request to us, is within `perSecond`. */
  admit(bucket: string, perSecond: number): Promise<boolean>;
}

export interface AcquireOptions {
  readonly waitMsMax: number;
  readonly signal: AbortSignal;
}

export interface GateOptions {
  /** Whether any job of the lane is due. Asked before slots are set aside for one that had none last time, and before an urgent one waits. */
  readonly hasWork: () => Promise<boolean>;
  /** There may be room again: look now. */
  readonly onRoom: () => void;
}

export function providerBucket(name: string): string {
  return `provider:${name}`;
}

export function agentBucket(id: string): string {
  return `agent:${id}`;
}

export function apiKeyBucket(id: string): string {
  return `key:${id}`;
}
