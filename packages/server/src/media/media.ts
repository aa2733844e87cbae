import { limits } from "@richline/contract";
import type { Dispatcher } from "undici";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { createGuardedAgent, createOpenAgent } from "../kernel/guarded-agent.ts";
import { createLane } from "../kernel/lane.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Metrics } from "../kernel/metrics.ts";
import type { FileAccess, Provider } from "../providers/provider.ts";
import type { ClaimedMedia, MediaSettlement } from "../store/media-store.ts";
import type { Store } from "../store/store.ts";
import { type FetchResult, fetchFile } from "./fetch-file.ts";

export interface MediaOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** Fetches the files that people share, and deletes them when their time is over. */
export interface Media {
  start(): void;
  stop(): Promise<void>;
}

/** Most files at once. Ours: each holds a part of half a megabyte, and the store's commits are for messages first. */
const inFlightMax = 4;
/** How long one try may take, in milliseconds. Ours: shorter than a lease, at 20 MiB some 6 Mbit/s. */
const fetchTimeoutMs = 30_000;
/** When a file is tried again, in milliseconds. Ours: providers keep files for days. */
const retryDelaysMs: readonly number[] = [5_000, 30_000, 300_000, 1_800_000, 7_200_000];
/** How often old files are looked for, in milliseconds. */
const sweepMs = 600_000;
/** Most files deleted in one transaction, and most transactions of one sweep. */
const forgetMax = { files: 20, rounds: 100 } as const;

interface MediaContext extends MediaOptions {
  readonly dispatchers: { readonly own: Dispatcher; readonly guarded: Dispatcher };
  readonly signal: AbortSignal;
}

export function createMedia(options: MediaOptions): Media {
  const { store, clock, logger } = options;
  const breakOff = new AbortController();
  const dispatchers = { own: createOpenAgent(), guarded: createGuardedAgent() };
  const context: MediaContext = { ...options, dispatchers, signal: breakOff.signal };
  const lane = createLane<ClaimedMedia>({
    claim: (limit) => store.claimMedia({ nowMs: clock.now(), leaseMs: options.leaseMs, limit }),
    handle: (claimed) => handle(context, claimed),
    onError: (error) => logger.error({ error: errorText(error) }, "a file was not fetched"),
    inFlightMax,
    pollMs: options.pollMs,
    clock,
  });
  const sweep = createLane<never>({
    claim: async () => {
      await forgetOld(options);
      return [];
    },
    handle: () => Promise.resolve(),
    onError: (error) => logger.warn({ error: errorText(error) }, "old files not deleted"),
    inFlightMax: 1,
    pollMs: sweepMs,
    clock,
  });
  let forget: () => void = () => undefined;
  return {
    start: () => {
      forget = store.onHint((hint) => {
        if (hint === "media") lane.wake();
      });
      lane.start();
      sweep.start();
    },
    stop: async () => {
      forget();
      breakOff.abort();
      await Promise.all([lane.stop(), sweep.stop()]);
      await Promise.all(Object.values(dispatchers).map((agent) => agent.destroy()));
    },
  };
}

async function forgetOld({ store, clock }: MediaOptions): Promise<void> {
  const beforeMs = clock.now() - limits.inboundMediaKeptMsMax;
  for (let round = 0; round < forgetMax.rounds; round += 1) {
    if ((await store.forgetMedia(beforeMs, forgetMax.files)) < forgetMax.files) return;
  }
}

async function handle(context: MediaContext, claimed: ClaimedMedia): Promise<void> {
  const result = await fetchInTime(context, claimed);
  if (result === "broken_off") return context.store.releaseJobs([claimed]);
  const outcome = toOutcome(context, claimed, result);
  const { jobId, leaseToken, media } = claimed;
  await context.store.settleMedia({ jobId, leaseToken, mediaId: media.id, outcome });
  const label = outcome.kind === "failed" ? outcome.reason.code : outcome.kind;
  context.metrics.count("richline_media_total", { result: label });
}

/** A stop is not a failed try, and leaves what was written so far to the next one, which replaces it. */
async function fetchInTime(
  context: MediaContext,
  { media, leaseToken }: ClaimedMedia,
): Promise<FetchResult | "broken_off"> {
  const { store, clock, logger, signal } = context;
  if ((await store.sumMediaBytes()) > limits.inboundMediaTotalBytesMax) {
    logger.warn({ mediaId: media.id }, "people's files fill all the room there is for them");
    const detail = "The room for people's files is full.";
    return { kind: "failed", again: true, reason: { code: "no_room", detail } };
  }
  const deadline = new AbortController();
  const forget = clock.after(fetchTimeoutMs, () => deadline.abort());
  let place = 0;
  try {
    return await fetchFile({
      uri: media.sourceUri,
      mimeType: media.mimeType,
      accessTo: (uri) => accessTo(context, media.provider, uri),
      dispatchers: context.dispatchers,
      onChunk: async (bytes) => {
        const chunk = { mediaId: media.id, content: leaseToken, place };
        place += 1;
        await store.putMediaChunk({ ...chunk, bytes: bytes.toString("base64") });
      },
      signal: AbortSignal.any([signal, deadline.signal]),
    });
  } catch (error) {
    if (signal.aborted) return "broken_off";
    if (!deadline.signal.aborted) throw error;
    const detail = `The file did not come within ${fetchTimeoutMs / 1000} s.`;
    return { kind: "failed", again: true, reason: { code: "too_slow", detail } };
  } finally {
    forget();
  }
}

function accessTo({ providers }: MediaContext, name: string, uri: string): FileAccess {
  return providers.get(name)?.fileAccess?.(uri) ?? { isOwn: false, headers: {} };
}

function toOutcome(
  { clock }: MediaContext,
  { tries }: ClaimedMedia,
  result: FetchResult,
): MediaSettlement["outcome"] {
  if (result.kind === "stored") return result;
  const { reason, again } = result;
  const delayMs = again ? retryDelaysMs[tries] : undefined;
  return delayMs === undefined
    ? { kind: "failed", reason }
    : { kind: "later", dueAtMs: clock.now() + delayMs, tries: tries + 1, reason };
}
