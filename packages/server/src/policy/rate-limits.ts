import type { Mode, RateLimit } from "@richline/contract";
import { slotHoldMs } from "../domain/pacing.ts";
import type { RateLimitRow, RateShareRow } from "../domain/rate-shares.ts";
import { createBatcher } from "../kernel/batcher.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText, PlatformError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/logger.ts";
import type { RateLimiter } from "../kernel/rate-limiter.ts";
import type { Store } from "../store/store.ts";
import { acquireSlot } from "./acquire-slot.ts";
import { type Bucket, createBucket, shareLeaseMs } from "./bucket.ts";
import { createBucketGate, createUrgentGate } from "./bucket-gate.ts";

/** A bucket of the configuration. */
export interface ConfiguredLimit {
  readonly bucket: string;
  /** Calls a second; null for no limit. */
  readonly perSecond: number | null;
  /** Whether live traffic goes through it: then only a live key may change it. */
  readonly isLive: boolean;
}

export interface RateLimitsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This node, among those that share the store. */
  readonly node: string;
  readonly configured: readonly ConfiguredLimit[];
}

/**
 * Limits over all nodes, for sends and for requests (invariant 6).
 *
 * The store divides each limit into whole slots over the nodes that want some, and never hands out more of
 * them than the limit. What a node does with its slots is its own business (`domain/pacing-slots.ts`).
 */
export interface RateLimits extends RateLimiter {
  /** Learns which limits were changed; nothing is sent before. */
  start(): Promise<void>;
  /** Gives back the shares, when the last call has ended. */
  stop(): Promise<void>;
  list(): Promise<readonly RateLimit[]>;
  /** Changes a limit for all nodes; null for none. Undefined goes back to the configured one. */
  set(mode: Mode, bucket: string, perSecond: number | null | undefined): Promise<RateLimit>;
}

/** How often shares are renewed and changed limits are looked for, in milliseconds. Source: ours; eight tries before a share may be used no more. */
const renewMs = 500;
/** How soon a share is renewed of which a part is to be given up, in milliseconds. */
const giveUpMs = 100;
/** Most shares renewed in one transaction. */
const batchItemsMax = 256;
/** Most renewals that wait. Several may wait for the same one. */
const waitingMax = 10_000;
/** Most buckets known at once beside the configured ones: those of API keys. Idle ones are forgotten. */
const otherBucketsMax = 10_000;

export function createRateLimits(options: RateLimitsOptions): RateLimits {
  const { clock, store, logger } = options;
  const buckets = createBuckets(options);
  const renewals = createBatcher<Bucket, undefined>({
    commit: (batch) => renewShares(options, batch),
    itemsMax: batchItemsMax,
    waitingMax,
  });
  const renew = async (which: readonly Bucket[]): Promise<void> => {
    await Promise.all(which.map((bucket) => renewals.submit(bucket)));
  };
  const ticker = createTicker(options, async () => {
    buckets.override(await store.listRateLimits());
    await renew(buckets.listed(clock.now()));
    return buckets.listed(clock.now()).some((bucket) => bucket.isGivingUp()) ? giveUpMs : renewMs;
  });

  return {
    gate: (names, gateOptions) =>
      createBucketGate(buckets.all(names), { ...gateOptions, clock, renew }),
    urgentGate: (names, gateOptions) =>
      createUrgentGate(buckets.all(names), { ...gateOptions, clock, renew }),
    acquire: (names, acquireOptions) =>
      acquireSlot(buckets.all(names), { ...acquireOptions, clock, renew }),
    slowDown: (name, retryAfterMs) => {
      const bucket = buckets.get(name);
      if (bucket.limit === null) return;
      bucket.slots.slowDown(clock.now(), retryAfterMs);
      logger.warn({ bucket: name, retryAfterMs }, "too many messages; sending slows down");
    },
    admit: async (name, perSecond) => {
      const bucket = buckets.get(name, perSecond);
      const isStale = bucket.noteDemand(clock.now());
      if (isStale || (!bucket.isReady(clock.now()) && bucket.noteBacklog(clock.now()))) {
        await renew([bucket]);
      }
      const nowMs = clock.now();
      if (bucket.limit !== null && !bucket.isReady(nowMs)) return false;
      bucket.take(1, nowMs);
      // We are the provider here, and have counted it now.
      bucket.release(nowMs);
      return true;
    },
    start: async () => {
      buckets.override(await store.listRateLimits());
      ticker.start();
    },
    stop: async () => {
      await ticker.stop();
      await renewals.drain();
      await giveBackAll(options, buckets.listed(clock.now()));
    },
    list: () => listLimits(options),
    set: async (mode, name, perSecond) => {
      checkChange(options.configured, mode, name);
      await store.setRateLimit(name, perSecond, clock.now());
      logger.info({ bucket: name, perSecond }, "a limit was changed");
      buckets.override(await store.listRateLimits());
      const limit = (await listLimits(options)).find(({ bucket }) => bucket === name);
      if (limit === undefined) throw new PlatformError("not_found");
      return limit;
    },
  };
}

/** Renews again and again, as soon as each renewal says; one that fails is made again after the usual time. */
function createTicker({ clock, logger }: RateLimitsOptions, renew: () => Promise<number>) {
  let cancel: () => void = () => undefined;
  let ticking: Promise<void> = Promise.resolve();
  let isStopped = false;
  const tickAfter = (delayMs: number) => {
    cancel = clock.after(delayMs, () => {
      ticking = tick();
    });
  };
  async function tick(): Promise<void> {
    const delayMs = await renew().catch((error: unknown) => {
      logger.warn({ error: errorText(error) }, "shares of the limits were not renewed");
      return renewMs;
    });
    if (!isStopped) tickAfter(delayMs);
  }
  return {
    start: () => tickAfter(renewMs),
    stop: async () => {
      isStopped = true;
      cancel();
      await ticking;
    },
  };
}

function createBuckets({ configured, clock }: RateLimitsOptions) {
  const known = new Map<string, Bucket>();
  const overrides = new Map<string, number | null>();
  const make = (name: string, perSecond: number | null, isPaced: boolean): Bucket => {
    const bucket = createBucket({ name, configured: perSecond, isPaced, clock });
    bucket.override(overrides.get(name));
    known.set(name, bucket);
    return bucket;
  };
  function forgetIdle(): void {
    if (known.size < configured.length + otherBucketsMax) return;
    const nowMs = clock.now();
    for (const [name, bucket] of known) {
      if (!bucket.isPaced && !bucket.isListed(nowMs)) known.delete(name);
    }
  }
  for (const { bucket, perSecond } of configured) make(bucket, perSecond, true);
  /** A bucket that nobody configured has no limit, or that of the API key, whose requests are not paced. */
  function get(name: string, perSecond?: number): Bucket {
    const bucket = known.get(name);
    if (bucket !== undefined) return bucket;
    forgetIdle();
    return make(name, perSecond ?? null, perSecond === undefined);
  }
  return {
    get,
    all: (names: readonly string[]) => names.map((name) => get(name)),
    listed: (nowMs: number) => [...known.values()].filter((bucket) => bucket.isListed(nowMs)),
    override: (rows: readonly RateLimitRow[]) => {
      overrides.clear();
      for (const { bucket, perSecond } of rows) overrides.set(bucket, perSecond);
      for (const bucket of known.values()) bucket.override(overrides.get(bucket.name));
    },
  };
}

/** Renews the shares of these buckets, each once however many ask for it. */
async function renewShares(
  { store, clock, node }: RateLimitsOptions,
  batch: readonly Bucket[],
): Promise<readonly undefined[]> {
  const nowMs = clock.now();
  const buckets = [...new Set(batch)];
  const shares = await store.renewShares(
    buckets.map((bucket) => ({
      bucket: bucket.name,
      node,
      ...bucket.ask(nowMs),
      nowMs,
      untilMs: nowMs + shareLeaseMs,
    })),
  );
  for (const [index, bucket] of buckets.entries()) {
    const share = shares[index];
    if (share !== undefined) bucket.apply(share, nowMs);
  }
  return batch.map(() => undefined);
}

/** Lets others have the shares as soon as the last call is a second old. A share that cannot be given back runs out by itself. */
async function giveBackAll(
  { store, clock, node, logger }: RateLimitsOptions,
  buckets: readonly Bucket[],
): Promise<void> {
  if (buckets.length === 0) return;
  const nowMs = clock.now();
  for (const bucket of buckets) bucket.close();
  const untilMs = nowMs + slotHoldMs;
  try {
    await store.renewShares(
      buckets.map((bucket) => ({
        bucket: bucket.name,
        node,
        ...bucket.ask(nowMs),
        nowMs,
        untilMs,
      })),
    );
  } catch (error) {
    logger.warn({ error: errorText(error) }, "shares of the limits were not given back");
  }
}

/** Only what the configuration names can be changed, and a limit of live traffic only with a live key. */
function checkChange(configured: readonly ConfiguredLimit[], mode: Mode, name: string): void {
  const limit = configured.find(({ bucket }) => bucket === name);
  if (limit === undefined) throw new PlatformError("not_found");
  if (limit.isLive && mode !== "live") {
    throw new PlatformError("scope_missing", {
      publicMessage: "Live traffic has this limit too: change it with a live key.",
    });
  }
}

async function listLimits(options: RateLimitsOptions): Promise<readonly RateLimit[]> {
  const { store, clock, configured } = options;
  const [overrides, shares] = await Promise.all([
    store.listRateLimits(),
    store.listRateShares(clock.now()),
  ]);
  return configured.map(({ bucket, perSecond }) => {
    const row = overrides.find((one) => one.bucket === bucket);
    return {
      bucket,
      configured: perSecond,
      ...(row === undefined ? {} : { override: row.perSecond }),
      messagesPerSecond: row === undefined ? perSecond : row.perSecond,
      shares: shares.filter((share) => share.bucket === bucket).map(toShare),
    };
  });
}

function toShare({ node, slots }: RateShareRow): RateLimit["shares"][number] {
  return { node, messagesPerSecond: slots };
}
